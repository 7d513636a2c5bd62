package app

import (
	"context"
	"errors"

	"github.com/taskherald/herald/bot/slack"
)

// ears are the roads in from Slack; the zero value hears nothing. A socket is kept by the node
// that works the lanes to Slack, while it does, each time by a platform of its own. Signed
// requests come to any node, so each answers those that come to it.
type ears struct {
	o      slack.Options
	socket bool
	plain  *slack.Client   // without an app token; nil where this server is not in Slack
	signed *slack.Platform // nil where no requests come
}

// listening makes them; plain is a client without an app token. The error is that Slack could
// not reach this server.
func listening(o slack.Options, socket bool, plain *slack.Client) (e ears, err error) {
	e = ears{o: o, socket: socket, plain: plain}
	if _, err = slack.New(o); err != nil || o.SigningSecret == "" {
		return e, err
	}
	o.Client = plain
	e.signed, err = slack.New(o)
	return e, err
}

// hold keeps a socket until ctx ends.
func (e *ears) hold(ctx context.Context) {
	if !e.socket {
		return
	}
	p, err := slack.New(e.o)
	if err == nil {
		err = p.Run(ctx)
	}
	e.deaf(err)
}

// answer answers requests until ctx ends.
func (e *ears) answer(ctx context.Context) {
	if e.signed != nil {
		e.deaf(e.signed.Run(ctx))
	}
}

// close lets go of the connections of who answers requests.
func (e *ears) close() {
	if e.plain != nil {
		e.plain.Close()
	}
}

// deaf says in the log why nothing comes in any more.
func (e *ears) deaf(err error) {
	if err != nil && !errors.Is(err, context.Canceled) {
		e.o.Log.Error("nothing is heard from Slack any more", "error", err)
	}
}
