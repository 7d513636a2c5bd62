package slackfake

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// Kind is what something is that the app is sent, as Socket Mode calls it.
type Kind string

// The kinds.
const (
	Events      Kind = "events_api"
	Interactive Kind = "interactive"
	Command     Kind = "slash_commands"
)

// errUnacked is what a person sees who did something, and the app did not answer in time.
var errUnacked = errors.New("the app did not respond")

// Delivery is something that the app is sent: an event, a press, a command.
type Delivery struct {
	Kind    Kind
	Payload json.RawMessage
	Asked   string // of a press: what the button's own dialog asked before
	Opens   string // of a press: the address that the button opened

	slack    *Slack
	then     func(said json.RawMessage) error // what Slack does with the answer
	done     chan struct{}
	attempts int
	reason   string // why the last one failed
	answer   json.RawMessage
	took     time.Duration
	err      error
}

func newDelivery(s *Slack, kind Kind, payload any) *Delivery {
	text, err := json.Marshal(payload)
	if err != nil {
		panic(err) // the fake's own
	}
	return &Delivery{Kind: kind, Payload: text, slack: s, done: make(chan struct{})}
}

// taken ends it with what the app answered, with which something may be done.
func (d *Delivery) taken(took time.Duration, said json.RawMessage) {
	d.took, d.answer = took, said
	var err error
	if d.then != nil && d.answers() {
		err = d.then(said)
	}
	d.end(err)
}

// end says how it came out. It has the lock.
func (d *Delivery) end(err error) {
	d.err = err
	close(d.done)
}

// frame is what goes over a socket.
func (d *Delivery) frame(envelope string) []byte {
	a := answer{"envelope_id": envelope, "type": d.Kind, "payload": d.Payload, "accepts_response_payload": d.answers()}
	if d.Kind == Events {
		a["retry_attempt"], a["retry_reason"] = d.attempts-1, d.reason
	}
	text, err := json.Marshal(a)
	if err != nil {
		panic(err) // the fake's own
	}
	return text
}

// answers tells whether what it is acknowledged with means something.
func (d *Delivery) answers() bool {
	var p struct{ Type string }
	_ = json.Unmarshal(d.Payload, &p) // the fake's own
	return d.Kind == Command || p.Type == "view_submission"
}

// Wait waits until the app has acknowledged it. The error is that of ctx, or says that the
// app did not: an event was sent four times then, anything else once, and the person saw
// that it did not work.
func (d *Delivery) Wait(ctx context.Context) error {
	select {
	case <-d.done:
		return d.err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Took is how long the app needed to acknowledge it, and how often it was sent. It is 0
// if the app has not.
func (d *Delivery) Took() (took time.Duration, attempts int) {
	d.slack.mu.Lock()
	defer d.slack.mu.Unlock()
	return d.took, d.attempts
}

// Answer is what the app acknowledged it with, nil for nothing.
func (d *Delivery) Answer() json.RawMessage {
	d.slack.mu.Lock()
	defer d.slack.mu.Unlock()
	return d.answer
}
