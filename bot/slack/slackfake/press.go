package slackfake

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Press presses a button of a message as they saw it: by its action_id, its value or its
// label, or the option of a menu likewise. A message that was changed since can be pressed
// too, as by somebody whose screen is behind; one that is gone cannot. If the button asks first, they say yes.
func (u *User) Press(m Message, what string) (*Delivery, error) {
	u.slack.mu.Lock()
	defer u.slack.mu.Unlock()
	w := u.slack.work
	r := w.room(m.Channel)
	if r == nil || !r.member(u.id) || m.Only != "" && m.Only != u.id {
		return nil, ErrNotThere
	}
	found, ok := find(m.Blocks, what, u.id)
	if !ok {
		return nil, fmt.Errorf("%w: %q", ErrNoButton, what)
	}
	now := r.any(m.TS)
	if now == nil || now.tomb {
		return nil, ErrNotThere
	}
	a := interaction(u, "block_actions")
	container := answer{"type": "message", "message_ts": m.TS, "channel_id": r.ID, "is_ephemeral": m.Only != ""}
	if m.Thread != "" {
		container["thread_ts"] = m.Thread
	}
	a["container"] = container
	a["channel"] = answer{"id": r.ID, "name": r.called()}
	a["response_url"] = hookFor(u.slack, "actions", r, u.id, now)
	a["state"] = answer{"values": answer{}}
	if m.Only == "" {
		a["message"] = now.shape(w, r, true)
	}
	return act(u, a, found), nil
}

// PressIn presses a button of a Home or a modal, likewise.
func (u *User) PressIn(v View, what string) (*Delivery, error) {
	u.slack.mu.Lock()
	defer u.slack.mu.Unlock()
	found, ok := find(v.Blocks, what, u.id)
	if !ok || v.User != u.id {
		return nil, fmt.Errorf("%w: %q", ErrNoButton, what)
	}
	a := interaction(u, "block_actions")
	a["container"] = answer{"type": "view", "view_id": v.ID}
	if now := u.slack.work.views.open(u.id, v.ID); now != nil {
		a["view"] = now.shape()
	}
	return act(u, a, found), nil
}

// act sends the press.
func act(u *User, a answer, found pressed) *Delivery {
	found.action["action_ts"] = u.slack.work.ts()
	a["actions"] = []map[string]any{found.action}
	d := newDelivery(u.slack, Interactive, a)
	d.Asked, d.Opens = found.asked, found.opens
	u.slack.hub.deliver(d)
	return d
}

// interaction is what all interactions say.
func interaction(u *User, kind string) answer {
	w := u.slack.work
	p := w.people[u.id]
	a := answer{
		"type": kind, "token": "fake-verification-token", "api_app_id": App, "trigger_id": w.trigger(u.id), "is_enterprise_install": false, "enterprise": nil,
		"team": answer{"id": w.team(u.id), "domain": "herald"}, "user": answer{"id": u.id, "username": p.Name, "name": p.Name, "team_id": w.team(u.id)},
	}
	if e := w.opts.Enterprise; e != "" {
		a["enterprise"] = answer{"id": e, "name": "Grid"}
	}
	return a
}

// called is the name that interactions and commands have for a conversation.
func (r *room) called() string {
	switch {
	case r.im != "":
		return "directmessage"
	case r.Private:
		return "privategroup"
	}
	return r.Name
}

// pressed is a button that was found.
type pressed struct {
	action map[string]any // as the app is told of it
	asked  string         // what its dialog asks
	opens  string         // the address that it opens
}

// find looks for a button, or an option of a menu.
func find(blocks json.RawMessage, what, user string) (found pressed, ok bool) {
	var list []map[string]any
	if json.Unmarshal(blocks, &list) != nil {
		return found, false
	}
	for _, b := range list {
		id, _ := b["block_id"].(string)
		for _, e := range elements(b) {
			if option, hit := meant(e, what, user); hit {
				return press(e, id, option), true
			}
		}
	}
	return found, false
}

// elements are all things in a block that can be pressed.
func elements(v any) (found []map[string]any) {
	switch v := v.(type) {
	case []any:
		for _, part := range v {
			found = append(found, elements(part)...)
		}
	case map[string]any:
		if id, _ := v["action_id"].(string); id != "" {
			return []map[string]any{v}
		}
		for _, name := range []string{"elements", "accessory", "element", "actions", "tasks"} {
			found = append(found, elements(v[name])...)
		}
	}
	return found
}

// meant tells whether an element is the one, or has the option, that a person means.
func meant(e map[string]any, what, user string) (option map[string]any, hit bool) {
	if only, ok := e["visible_to_user_ids"].([]any); ok && !slices.Contains(only, any(user)) {
		return nil, false
	}
	if e["type"] == "button" {
		return nil, e["action_id"] == what || e["value"] == what || label(e) == what
	}
	options, _ := e["options"].([]any)
	for _, o := range options {
		if option, _ := o.(map[string]any); option != nil && (option["value"] == what || label(option) == what) {
			return option, true
		}
	}
	return nil, false
}

func label(e map[string]any) string {
	text, _ := e["text"].(map[string]any)
	s, _ := text["text"].(string)
	return s
}

// press is what the app is told of a press.
func press(e map[string]any, block string, option map[string]any) (p pressed) {
	p.action = map[string]any{"type": e["type"], "action_id": e["action_id"], "block_id": block}
	if option != nil {
		p.action["selected_option"] = option
	} else {
		for _, name := range []string{"text", "value", "style", "url"} {
			if e[name] != nil {
				p.action[name] = e[name]
			}
		}
	}
	p.opens, _ = e["url"].(string)
	if confirm, _ := e["confirm"].(map[string]any); confirm != nil {
		p.action["confirm"] = confirm
		p.asked = label(confirm)
	}
	return p
}
