package slackfake

import (
	"encoding/json"
	"slices"
	"time"
)

// updateMessage changes a message. What is not sent stays; but a text that is sent
// without blocks takes the blocks away.
func updateMessage(c *call) (answer, *refusal) {
	r, p, refused := c.own("cant_update_message")
	if refused != nil {
		return nil, refused
	}
	if w := c.opts.EditWindow; w > 0 && time.Since(stamped(p.ts)) > w {
		return nil, no("edit_window_closed")
	}
	if _, ok := c.args["text"]; !ok && c.args["blocks"] == "" && c.args["metadata"] == "" {
		return nil, no("no_text")
	}
	before := p.shape(c.workspace, r, true)
	if refused := change(c, p); refused != nil {
		return nil, refused
	}
	p.edits++
	c.changed(r, p, before)
	return answer{"channel": r.ID, "ts": p.ts, "text": p.text, "message": p.shape(c.workspace, r, true)}, nil
}

// change reads what is to be different.
func change(c *call, p *post) *refusal {
	text, hasText := c.args["text"]
	if tooLong(text) {
		return no("msg_too_long")
	}
	blocks, bad := c.blocks()
	if bad != nil {
		return bad
	}
	if hasText && text == "" && blocks == nil && c.args["metadata"] == "" {
		return no("no_text")
	}
	if m := c.args["metadata"]; m != "" {
		if refused := c.metadata(p, m); refused != nil {
			return refused
		}
	}
	if hasText || blocks != nil {
		p.blocks = blocks
	}
	if hasText {
		p.text = text
	}
	if blocks == nil && hasText {
		p.edited = c.ts()
	}
	return nil
}

func deleteMessage(c *call) (answer, *refusal) {
	r, p, refused := c.own("cant_delete_message")
	if refused != nil {
		return nil, refused
	}
	c.deleted(r, p)
	return answer{"channel": r.ID, "ts": p.ts}, nil
}

// deleted takes a message away. Of one with replies a tombstone stays.
func (w *workspace) deleted(r *room, p *post) {
	before := p.shape(w, r, true)
	if len(r.below(p.ts)) > 0 {
		p.user, p.bot, p.text, p.blocks, p.metadata, p.files, p.tomb = "USLACKBOT", "", "This message was deleted.", nil, nil, nil, true
		p.edited = ""
	} else {
		r.drop(p)
	}
	now := w.ts()
	w.message(r, answer{
		"type": "message", "subtype": "message_deleted", "hidden": true, "channel": r.ID, "channel_type": r.kind(),
		"ts": now, "event_ts": now, "deleted_ts": p.ts, "previous_message": before,
	})
}

// drop takes a message away.
func (r *room) drop(p *post) {
	r.messages = slices.DeleteFunc(r.messages, func(other *post) bool { return other == p })
	if p.thread != "" && p.only == "" {
		r.replies[p.thread]--
	}
}

// postEphemeral shows a message to one person, until they look again.
func postEphemeral(c *call) (answer, *refusal) {
	r := c.room(c.args["channel"])
	if r == nil {
		r = c.named(c.args["channel"])
	}
	user := c.args["user"]
	switch {
	case r == nil, r.Private && r.im == "" && !r.Bot:
		return nil, no("channel_not_found")
	case r.Archived:
		return nil, no("is_archived")
	case !r.Bot:
		return nil, no("not_in_channel")
	case c.people[user] == nil:
		return nil, no("user_not_found")
	case !r.member(user):
		return nil, no("user_not_in_channel")
	}
	p, refused := c.content()
	if refused != nil {
		return nil, refused
	}
	p.only, p.thread = user, c.args["thread_ts"]
	c.add(r, p)
	return answer{"message_ts": p.ts}, nil
}

// stamped is when a message was written.
func stamped(ts string) time.Time {
	at := json.Number(ts)
	seconds, err := at.Float64()
	if err != nil {
		return time.Time{}
	}
	return time.UnixMicro(int64(seconds * 1e6))
}
