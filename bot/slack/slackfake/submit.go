package slackfake

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// Modal is the modal that the person sees, the one on top; ok is false if there is none.
func (u *User) Modal() (v View, ok bool) {
	u.slack.mu.Lock()
	defer u.slack.mu.Unlock()
	top := u.slack.work.views.top(u.id)
	if top == nil {
		return View{}, false
	}
	return top.seen(), true
}

// Home is the person's Home of the app, as it was last published; ok is false if it never was.
func (u *User) Home() (v View, ok bool) {
	u.slack.mu.Lock()
	defer u.slack.mu.Unlock()
	home := u.slack.work.views.homes[u.id]
	if home == nil {
		return View{}, false
	}
	return home.seen(), true
}

// Close closes the modal on top.
func (u *User) Close() {
	u.slack.mu.Lock()
	defer u.slack.mu.Unlock()
	u.slack.work.views.pop(u.id)
}

// Submit submits the modal on top with what they wrote, by the block_id or action_id of
// each input. What Slack checks itself is an error here: an input that must be filled, a
// text that is too long. What the app then wants of the modal is done when it has
// acknowledged.
func (u *User) Submit(values map[string]string) (*Delivery, error) {
	u.slack.mu.Lock()
	defer u.slack.mu.Unlock()
	v := u.slack.work.views.top(u.id)
	if v == nil {
		return nil, fmt.Errorf("slackfake: %s sees no modal", u.id)
	}
	state, err := filled(v.blocks, values)
	if err != nil {
		return nil, err
	}
	v.state, v.errors = answer{"values": state}, nil
	a := interaction(u, "view_submission")
	a["view"], a["response_urls"] = v.shape(), []string{}
	d := newDelivery(u.slack, Interactive, a)
	d.then = func(said json.RawMessage) error { return submitted(u, v, said) }
	u.slack.hub.deliver(d)
	return d, nil
}

// filled is the state of a modal's inputs.
func filled(blocks json.RawMessage, values map[string]string) (answer, error) {
	var list []struct {
		Type     string
		ID       string `json:"block_id"`
		Optional bool
		Element  struct {
			Type string
			ID   string `json:"action_id"`
			Min  int    `json:"min_length"`
			Max  int    `json:"max_length"`
		}
	}
	if err := json.Unmarshal(blocks, &list); err != nil {
		return nil, err
	}
	state := answer{}
	for _, b := range list {
		if b.Type != "input" {
			continue
		}
		text, ok := values[b.ID]
		if !ok {
			text = values[b.Element.ID]
		}
		length := utf8.RuneCountInString(text)
		if text == "" && !b.Optional || text != "" && length < b.Element.Min || b.Element.Max > 0 && length > b.Element.Max {
			return nil, fmt.Errorf("slackfake: the input %s does not take %d characters", b.ID, length)
		}
		value := answer{"type": b.Element.Type, "value": text}
		if text == "" {
			value["value"] = nil
		}
		state[b.ID] = answer{b.Element.ID: value}
	}
	return state, nil
}

// submitted does with the modal what the app said.
func submitted(u *User, v *view, said json.RawMessage) error {
	var a struct {
		Action string            `json:"response_action"`
		Errors map[string]string `json:"errors"`
		View   json.RawMessage   `json:"view"`
	}
	if len(said) > 0 && json.Unmarshal(said, &a) != nil {
		return errUnacked
	}
	w := u.slack.work
	switch a.Action {
	case "":
		w.views.pop(u.id)
	case "clear":
		delete(w.views.stacks, u.id)
	case "errors":
		v.errors = a.Errors
		return inputsOf(v, a.Errors)
	case "update", "push":
		fresh, refused := (&call{workspace: w, args: args{"view": string(a.View)}}).view("modal")
		if refused != nil {
			return errUnacked
		}
		if a.Action == "update" {
			v.replace(fresh)
		} else if w.views.push(u.id, fresh) != nil {
			return errUnacked
		}
	default:
		return errUnacked
	}
	return nil
}

// inputsOf sees that each error is about an input: of another Slack says only that it had
// trouble.
func inputsOf(v *view, wrong map[string]string) error {
	var list []struct {
		Type string
		ID   string `json:"block_id"`
	}
	if err := json.Unmarshal(v.blocks, &list); err != nil {
		return err
	}
	for _, b := range list {
		if b.Type == "input" && wrong[b.ID] != "" {
			return nil
		}
	}
	return errUnacked
}
