package discord

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/gorilla/websocket"

	"github.com/taskherald/herald/bot/chat"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/ticket"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/discordcard"
)

// Options are what a platform stands on. Its funcs are called from many goroutines. What may
// be left out says so.
type Options struct {
	chat.Options

	Client *Client
	Cards  *discordcard.Layout
	Sealer *ticket.Sealer // of the buttons

	Server string            // the id of the server, "" for the only one that the bot is in
	Groups map[string]string // groups of Herald by the ids of roles whose members are in them; nil for none

	// Keep keeps what a button says that is too long for one, under a key until a time; Kept
	// is what was kept, "" for nothing.
	Keep func(ctx context.Context, key, full string, until time.Time) error
	Kept func(ctx context.Context, key string) (full string, err error)

	// Find are the newest tasks that somebody may see and that have all words of a text in
	// their titles, at most so many; nil: none.
	Find func(ctx context.Context, who progress.Actor, text string, most int) ([]templates.Subject, error)

	Dialer *websocket.Dialer // of the gateway; nil for one of its own
}

// Platform is how people talk with Herald in Discord: what they say and press comes in by the
// gateway or by signed requests, is answered first before anything else is done, and worked on
// afterwards. It may be used from any goroutine.
type Platform struct {
	line     *chat.Inbox
	listen   func(ctx context.Context)
	endpoint *endpoint // nil where the gateway brings what is pressed
}

// New makes a platform that hears by the gateway while Run runs.
func New(o Options) *Platform {
	o, in := o.settled()
	dial := o.Dialer
	if dial == nil {
		dial = newDialer()
	}
	e := newEar(o, in)
	g := newGateway(o.Client.token, o.Client.GatewayBot, dial, e.take, o.Log)
	e.self = g.self
	return &Platform{line: in, listen: g.run}
}

// NewSigned makes a platform that hears by signed requests while Run runs. The error is that the
// public key of the application is none: 64 digits and letters from a to f.
func NewSigned(o Options, key string) (*Platform, error) {
	if key == "" {
		return nil, errors.New("discord: there is no public key")
	}
	o, in := o.settled()
	end, err := newEndpoint(key, newEar(o, in).take, o.Now)
	if err != nil {
		return nil, err
	}
	return &Platform{line: in, listen: func(context.Context) {}, endpoint: end}, nil
}

// settled are the options with what was left out, and the inbox of a platform.
func (o Options) settled() (Options, *chat.Inbox) {
	o.Options = o.Whole()
	if o.Find == nil {
		o.Find = func(context.Context, progress.Actor, string, int) ([]templates.Subject, error) { return nil, nil }
	}
	return o, chat.NewInbox("Discord", o.Log, o.Now)
}

// Run listens and answers until ctx ends. What has come in by then, and was answered first, it
// still works on, for ten seconds at most: what it stands on has to stay open until it returns.
// Then it may be called again. The error is that it runs already.
func (p *Platform) Run(ctx context.Context) error { return p.line.Run(ctx, p.listen) }

// Interactions takes what is pressed over HTTP, while Run runs: Discord signs each request. It
// answers at once. Without a key nothing is let in.
func (p *Platform) Interactions() http.Handler {
	if p.endpoint == nil {
		return http.NotFoundHandler()
	}
	return p.endpoint
}

// Turned is how much has come in since the start for which there was no room.
func (p *Platform) Turned() int64 { return p.line.Turned() }
