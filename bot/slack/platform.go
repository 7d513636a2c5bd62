package slack

import (
	"context"
	"errors"

	"github.com/taskherald/herald/bot/chat"
)

// Platform is how people talk with Herald in Slack: what they say and press comes in by
// Socket Mode or by signed requests, is acknowledged before anything else is done, and
// answered afterwards.
type Platform struct {
	line   *chat.Inbox
	inbox  *inbox
	socket *socket // nil without an app token
	secret []byte
}

// New makes a platform, which listens while Run runs. The error is that Slack could not reach it:
// there is neither an app token nor a signing secret.
func New(o Options) (*Platform, error) {
	o = o.whole()
	if o.Client.app == "" && o.SigningSecret == "" {
		return nil, errors.New("slack: neither an app token for Socket Mode nor a signing secret for HTTP")
	}
	in := chat.NewInbox("Slack", o.Log, o.Now)
	p := &Platform{line: in, secret: []byte(o.SigningSecret), inbox: &inbox{line: in, ear: newEar(o, in), log: o.Log, now: o.Now}}
	if o.Client.app != "" {
		p.socket = &socket{client: o.Client, dial: o.Dialer, inbox: p.inbox, log: o.Log, rand: chat.Jitter}
	}
	return p, nil
}

// Run listens and answers until ctx ends. What has come in by then, and is acknowledged, it
// still answers, for ten seconds at most: what it stands on has to stay open until it
// returns. Then it may be called again. The error is that it runs already.
func (p *Platform) Run(ctx context.Context) error {
	return p.line.Run(ctx, func(ctx context.Context) {
		if p.socket != nil {
			p.socket.run(ctx)
		}
	})
}

// Turned is how much has come in since the start for which there was no room.
func (p *Platform) Turned() int64 { return p.line.Turned() }
