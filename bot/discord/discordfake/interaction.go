package discordfake

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// Kind is what somebody did.
type Kind int

// The kinds, as Discord counts them.
const (
	Command      Kind = 2
	Press        Kind = 3
	Autocomplete Kind = 4
	Submit       Kind = 5
)

// The first responses to them.
const (
	respondMessage  = 4
	respondLater    = 5
	respondUpdating = 6
	respondUpdate   = 7
	respondChoices  = 8
	respondModal    = 9
)

// The times of an interaction.
const (
	patience  = 3 * time.Second  // in which the app has to respond
	tokenLife = 15 * time.Minute // in which it may go on
)

// ErrUnanswered is what a person sees who did something that the app did not respond to
// in time.
var ErrUnanswered = errors.New("the application did not respond")

// Interaction is something that a person did and the app is told of: a command, a press, a
// modal, the typing of a command.
type Interaction struct {
	ID, Token string
	Kind      Kind
	CustomID  string // of a press or a modal
	Payload   json.RawMessage

	fake    *Discord
	user    string
	room    *room
	source  *post // the message that was pressed, nil for none
	done    chan struct{}
	timer   *time.Timer
	taken   bool // the app has responded
	late    bool // or did not in time
	took    time.Duration
	said    int             // the type of its response
	data    json.RawMessage // and what was in it
	private bool            // what it says later is for that person alone

	original  *post // what the response shows
	followups []*post
	err       error
}

// Wait waits until the app has responded. The error is that of ctx, or says that the app
// did not respond in time, or not with what can be.
func (i *Interaction) Wait(ctx context.Context) error {
	select {
	case <-i.done:
		return i.err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Took is how long the app needed for its first response. It is 0 if there was none.
func (i *Interaction) Took() time.Duration {
	defer locked(i.fake)()
	return i.took
}

// Response is the type of the app's first response, as Discord counts them, and what was
// in it; 0 if there was none.
func (i *Interaction) Response() (kind int, data json.RawMessage) {
	defer locked(i.fake)()
	return i.said, i.data
}

// Answers are the messages that came of it so far, as the person sees them now: what the
// response shows, and what followed.
func (i *Interaction) Answers() []Message {
	defer locked(i.fake)()
	var all []Message
	posts := i.followups
	if i.original != nil && i.original != i.source {
		posts = append([]*post{i.original}, posts...)
	}
	for _, p := range posts {
		if i.room.any(p.id) != nil {
			all = append(all, p.message(i.fake.world, i.room))
		}
	}
	return all
}

// Choice is one that is offered to somebody who types a command.
type Choice struct {
	Name  string
	Value any
}

// Choices are what the app offers to somebody who types.
func (i *Interaction) Choices() []Choice {
	defer locked(i.fake)()
	var said struct{ Choices []Choice }
	_ = json.Unmarshal(i.data, &said) // it was looked at
	return said.Choices
}

// act makes an interaction of what somebody does, and tells the app.
func act(u *User, r *room, kind Kind, source *post, data object) *Interaction {
	d, w := u.fake, u.fake.world
	i := &Interaction{ID: w.id(), Token: w.secret("interaction"), Kind: kind, fake: d, user: u.id, room: r, source: source, done: make(chan struct{})}
	i.CustomID, _ = data["custom_id"].(string)
	text, err := json.Marshal(i.shape(w, data))
	if err != nil {
		panic(err) // the fake's own
	}
	i.Payload = text
	w.acts[i.Token] = i
	i.timer = d.hub.timers.After(patience, i.missed)
	d.hub.sent = append(d.hub.sent, i)
	d.hub.deliver(i)
	return i
}

// shape is what the app is told.
func (i *Interaction) shape(w *world, data object) object {
	p := w.person(i.user)
	o := object{
		"id": i.ID, "application_id": App, "type": int(i.Kind), "token": i.Token, "version": 1, "data": data, "locale": locale(p), "entitlements": []object{},
		"channel_id": i.room.ID, "channel": i.room.shape(w), "attachment_size_limit": mostBytes, "context": 0,
		"authorizing_integration_owners": object{"0": Guild}, "app_permissions": decimalOf(w.permissions(Bot, i.room)),
	}
	if w.opts.UserInstalled {
		o["authorizing_integration_owners"] = object{"1": i.user}
	}
	if i.room.with != "" {
		o["user"], o["context"], o["authorizing_integration_owners"] = w.user(i.user), 1, object{"0": "0"}
	} else {
		member := w.memberShape(p, true)
		member["permissions"] = decimalOf(w.permissions(i.user, i.room))
		o["member"], o["guild_id"], o["guild_locale"] = member, Guild, "en-US"
		o["guild"] = object{"id": Guild, "locale": "en-US", "features": []string{}}
	}
	if i.source != nil {
		o["message"] = i.source.shape(w, i.room)
	}
	return o
}

// missed ends an interaction that the app did not respond to.
func (i *Interaction) missed() {
	if i.taken || i.late {
		return
	}
	i.late = true
	i.fake.hub.unanswered = append(i.fake.hub.unanswered, i)
	i.end(ErrUnanswered)
}

// responded notes the first response.
func (i *Interaction) responded(kind int, data json.RawMessage) {
	i.taken, i.said, i.data = true, kind, data
	i.took = time.Since(Time(i.ID))
	i.fake.hub.timers.Stop(i.timer)
	i.fake.hub.acks = append(i.fake.hub.acks, i.took)
	i.end(nil)
}

func (i *Interaction) end(err error) {
	i.err = err
	close(i.done)
}

// old tells whether the token has lapsed.
func (i *Interaction) old() bool { return time.Since(Time(i.ID)) >= tokenLife }
