package slackfake

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Command gives a slash command in a channel or a direct message; in a thread nobody can.
// What the app answers with appears where it was given.
func (u *User) Command(name, text, channel string) (*Delivery, error) {
	u.slack.mu.Lock()
	defer u.slack.mu.Unlock()
	w := u.slack.work
	r := w.room(channel)
	switch {
	case r == nil || !r.member(u.id) || r.Archived:
		return nil, ErrNotThere
	case !slices.Contains(w.opts.Commands, name) || !granted(w, "commands"):
		return nil, fmt.Errorf("slackfake: %s is not a valid command", name)
	}
	p := w.people[u.id]
	a := answer{
		"token": "fake-verification-token", "team_id": w.team(u.id), "team_domain": "herald", "channel_id": r.ID, "channel_name": r.called(),
		"user_id": u.id, "user_name": p.Name, "command": name, "text": text, "api_app_id": App, "is_enterprise_install": "false",
		"response_url": hookFor(u.slack, "commands", r, u.id, nil), "trigger_id": w.trigger(u.id),
	}
	if w.opts.Enterprise != "" {
		a["enterprise_id"], a["enterprise_name"] = w.opts.Enterprise, "Grid"
	}
	d := newDelivery(u.slack, Command, a)
	d.then = func(said json.RawMessage) error { return answered(u, r, said) }
	u.slack.hub.deliver(d)
	return d, nil
}

// answered shows what the app answers a command with. A body that is no JSON is the text.
func answered(u *User, r *room, said json.RawMessage) error {
	if len(said) == 0 || string(said) == "{}" || string(said) == `""` {
		return nil
	}
	c := &call{workspace: u.slack.work, name: string(Command), args: args{}}
	if refused := c.args.object(said); refused != nil {
		c.args["text"] = string(said)
	}
	p, refused := c.content()
	if refused != nil {
		return fmt.Errorf("%w: %s", errUnacked, refused.code)
	}
	reply(c, &hook{room: r, user: u.id}, p)
	return nil
}

// OpenHome opens the app's Home; the app is told. It is the Home tab, "messages" would be
// the direct messages.
func (u *User) OpenHome() error {
	u.slack.mu.Lock()
	defer u.slack.mu.Unlock()
	w := u.slack.work
	if w.opts.NoHome {
		return fmt.Errorf("slackfake: the app has no Home")
	}
	body := answer{"type": "app_home_opened", "user": u.id, "channel": w.direct(u.id).ID, "event_ts": w.ts(), "tab": "home"}
	if home := w.views.homes[u.id]; home != nil {
		body["view"] = home.shape()
	}
	w.tell(happening{event: "app_home_opened", body: body})
	return nil
}

// Reload loads the person's client again: what was for them alone is gone.
func (u *User) Reload() {
	u.slack.mu.Lock()
	defer u.slack.mu.Unlock()
	for _, r := range u.slack.work.rooms {
		r.messages = slices.DeleteFunc(r.messages, func(p *post) bool { return p.only == u.id })
	}
}
