package slackfake

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// hook is a response_url: it is good for five answers in half an hour.
type hook struct {
	room    *room
	user    string
	message *post // that was acted on, nil for none
	uses    int
	at      time.Time
}

const (
	hookUses = 5
	hookLife = 30 * time.Minute
)

// hookFor makes a response_url for what a person does.
func hookFor(s *Slack, kind string, r *room, user string, message *post) string {
	id := s.work.id(Team + "/secret")
	s.work.hooks[id] = &hook{room: r, user: user, message: message, at: time.Now()}
	return place(s.addr).url("hooks.slack.com", "/"+kind+"/"+id)
}

// serveHook takes an answer.
func serveHook(s *Slack, w http.ResponseWriter, r *http.Request) {
	a, bad := read(r)
	fault := s.faults.meet(ResponseURL, a.args)
	_, id, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	var refused *refusal
	if fault.Keep {
		respond(s, id, a, bad)
	}
	if !fault.wait(r) {
		return
	}
	if fault.stops() {
		fault.write(w, http.StatusOK, answer{})
		return
	}
	if !fault.Keep {
		refused = respond(s, id, a, bad)
	}
	switch {
	case refused == nil:
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("ok")) // who asked may be gone
	case refused.code == "expired_url" || refused.code == "used_url":
		write(w, http.StatusNotFound, refused.body(), "")
	default:
		write(w, http.StatusOK, refused.body(), "")
	}
}

// respond does what an answer asks for.
func respond(s *Slack, id string, a asked, bad *refusal) *refusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.work.hooks[id]
	switch {
	case h == nil:
		return no("expired_url")
	case time.Since(h.at) > hookLife:
		return no("expired_url")
	case h.uses >= hookUses:
		return no("used_url")
	case bad != nil || !a.json:
		return no("invalid_payload")
	}
	c := &call{workspace: s.work, name: ResponseURL, args: a.args}
	s.work.calls = append(s.work.calls, Call{Method: ResponseURL, At: time.Now(), Args: a.args})
	refused := respondTo(c, h)
	if refused == nil {
		h.uses++
	}
	return refused
}

// respondTo writes the answer where it is meant to stand.
func respondTo(c *call, h *hook) *refusal {
	if c.args.flag("delete_original") {
		if h.message == nil {
			return no("invalid_payload")
		}
		h.room.drop(h.message)
		return nil
	}
	p, refused := c.content()
	if refused != nil {
		return refused
	}
	if c.args.flag("replace_original") && h.message != nil && slices.Contains(h.room.messages, h.message) {
		before := h.message.shape(c.workspace, h.room, true)
		h.message.text, h.message.blocks = p.text, p.blocks
		h.message.edits++
		if h.message.only == "" {
			c.changed(h.room, h.message, before)
		}
		return nil
	}
	reply(c, h, p)
	return nil
}

// reply writes a new message, for who acted alone unless it says otherwise.
func reply(c *call, h *hook, p *post) {
	p.thread = c.args["thread_ts"]
	if c.args["response_type"] == "in_channel" {
		c.add(h.room, p)
		c.posted(h.room, p)
		return
	}
	p.only = h.user
	c.add(h.room, p)
}
