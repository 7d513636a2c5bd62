package slackfake

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// longest is how many characters the text of a message may have.
const longest = 40_000

// tooLong tells whether a text is longer than any message.
func tooLong(text string) bool { return utf8.RuneCountInString(text) > longest }

// target finds where a message is to go: an id, a name, a person.
func (c *call) target(to string) (*room, *refusal) {
	r := c.room(to)
	switch {
	case r != nil:
	case c.people[to] != nil:
		if p := c.people[to]; p.Deleted || p.Bot {
			return nil, no("channel_not_found")
		}
		r = c.direct(to)
	default:
		r = c.named(to)
	}
	switch {
	case r == nil, r.Private && r.im == "" && !r.Bot:
		return nil, no("channel_not_found")
	case r.Archived:
		return nil, no("is_archived")
	}
	return r, nil
}

// content reads and checks what a message says.
func (c *call) content() (*post, *refusal) {
	p := &post{text: c.args["text"], user: Bot, bot: BotID}
	if tooLong(p.text) {
		return nil, no("msg_too_long")
	}
	if c.args["attachments"] != "" && c.args["attachments"] != "[]" {
		return nil, no("invalid_attachments") // Slack takes them; nobody here should
	}
	blocks, bad := c.blocks()
	if bad != nil {
		return nil, bad
	}
	p.blocks = blocks
	if strings.TrimSpace(p.text) == "" && p.blocks == nil {
		return nil, no("no_text")
	}
	if text := c.args["metadata"]; text != "" {
		if refused := c.metadata(p, text); refused != nil {
			return nil, refused
		}
	}
	p.loud = c.args.flag("link_names") || c.args["parse"] == "full"
	p.unfurl = c.args["unfurl_links"] == "true" || c.args["unfurl_media"] != "false"
	return p, nil
}

func (c *call) metadata(p *post, text string) *refusal {
	var m struct {
		Type    string                     `json:"event_type"`
		Payload map[string]json.RawMessage `json:"event_payload"`
	}
	switch {
	case json.Unmarshal([]byte(text), &m) != nil:
		return no("invalid_metadata_format")
	case m.Type == "" && m.Payload == nil: // {} takes it away
		p.metadata = nil
		return nil
	case m.Type == "" || m.Payload == nil:
		return no("invalid_metadata_schema")
	}
	p.metadata = json.RawMessage(text)
	return nil
}

func postMessage(c *call) (answer, *refusal) {
	r, refused := c.target(c.args["channel"])
	if refused != nil {
		return nil, refused
	}
	if !r.Bot && c.token.lacks([]string{"chat:write.public"}) != "" {
		return nil, no("not_in_channel")
	}
	p, refused := c.content()
	if refused != nil {
		return nil, refused
	}
	if refused := c.answers(r, p, c.args["thread_ts"]); refused != nil {
		return nil, refused
	}
	p.broadcast = p.thread != "" && c.args.flag("reply_broadcast")
	r.open = true
	c.add(r, p)
	c.posted(r, p)
	return answer{"channel": r.ID, "ts": p.ts, "message": p.shape(c.workspace, r, true)}, nil
}

// answers puts a message into a thread. A reply to a reply stands in the same thread; one
// to what is no message is refused, and one to what was deleted stands for itself.
func (c *call) answers(r *room, p *post, thread string) *refusal {
	if thread == "" {
		return nil
	}
	if !isTS(thread) {
		return no("invalid_thread_ts")
	}
	root := r.find(thread)
	switch {
	case root == nil && len(r.below(thread)) > 0:
		p.thread = thread
	case root == nil:
	case root.thread != "":
		p.thread = root.thread
	default:
		p.thread = thread
	}
	return nil
}

// isTS tells a timestamp by its form.
func isTS(s string) bool {
	whole, part, ok := strings.Cut(s, ".")
	digits := func(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
	return ok && digits(whole) && digits(part) && len(part) == 6
}

// own finds a message that the app wrote.
func (c *call) own(not string) (*room, *post, *refusal) {
	r := c.room(c.args["channel"])
	switch {
	case r == nil, r.Private && r.im == "" && !r.Bot:
		return nil, nil, no("channel_not_found")
	case r.Archived:
		return nil, nil, no("is_archived")
	case !r.Bot && c.token.lacks([]string{"chat:write.public"}) != "":
		return nil, nil, no("not_in_channel")
	}
	p := r.find(c.args["ts"])
	switch {
	case p == nil:
		return nil, nil, no("message_not_found")
	case p.user != Bot:
		return nil, nil, no(not)
	}
	return r, p, nil
}

func permalink(c *call) (answer, *refusal) {
	r := c.room(c.args["channel"])
	if r == nil {
		return nil, no("channel_not_found")
	}
	p := r.find(c.args["message_ts"])
	if p == nil {
		return nil, no("message_not_found")
	}
	link := "https://herald.slack.com/archives/" + r.ID + "/p" + strings.ReplaceAll(p.ts, ".", "")
	if p.thread != "" {
		link += "?thread_ts=" + p.thread + "&cid=" + r.ID
	}
	return answer{"channel": r.ID, "permalink": link}, nil
}

func authTest(c *call) (answer, *refusal) {
	a := answer{"url": "https://herald.slack.com/", "team": "Herald", "team_id": Team, "user": "herald", "user_id": Bot, "bot_id": BotID, "is_enterprise_install": false}
	if c.opts.Enterprise != "" {
		a["enterprise_id"] = c.opts.Enterprise
	}
	if c.token.app {
		return answer{"app_name": "Herald", "app_id": App}, nil
	}
	return a, nil
}
