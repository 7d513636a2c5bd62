package slack

import (
	"context"

	"github.com/gorilla/websocket"

	"github.com/taskherald/herald/bot/chat"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates/slackcard"
)

// Options are what a platform stands on. Its funcs are called from many goroutines. What may
// be left out says so.
type Options struct {
	chat.Options

	Client        *Client // with an app token the platform listens by Socket Mode
	SigningSecret string  // of requests over HTTP; "" for none
	Cards         *slackcard.Layout

	// Groups are groups of Herald by the ids of the user groups of Slack whose members are
	// in them; nil for none.
	Groups map[string]string

	// Spoke reports whether a task was spoken of in a thread; nil: only what was said
	// since the start is known.
	Spoke func(ctx context.Context, room, thread string) (bool, error)

	// Seal makes the buttons of a task as it is: [Channel.Seal]. Nil: Homes have none.
	Seal func(t *progress.Task) slackcard.Seal

	Dialer *websocket.Dialer // of the socket; nil for one of its own
}

// whole are the options with what was left out.
func (o Options) whole() Options {
	o.Options = o.Whole()
	if o.Spoke == nil {
		o.Spoke = func(context.Context, string, string) (bool, error) { return false, nil }
	}
	if o.Dialer == nil {
		o.Dialer = newDialer()
	}
	return o
}
