package slack

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/taskherald/herald/bot/chat"
)

// The socket is ours, and not slack-go's. That one closes the old connection before it opens
// a new one, and what came in meanwhile with it; drops without an acknowledgement what it
// cannot parse; hands events to a channel whose reader, if it is slow, stops the answers to
// pings; comes back at once, for ever, to a server that says "disconnect" at once; and writes
// an acknowledgement to whichever connection it has by then. What is left of it is a loop
// that reads, so here is one that does.

// The times of a socket.
const (
	helloWithin = 15 * time.Second // of a new connection
	quietFor    = 45 * time.Second // without a frame or a ping: the connection is dead
	pingEvery   = 15 * time.Second
	overlap     = 20 * time.Second // for which the old connection is read beside the new one
	steadyFor   = time.Minute      // after which a connection was a good one
)

// socket keeps a connection open that Slack sends frames on.
type socket struct {
	client *Client
	dial   *websocket.Dialer
	inbox  *inbox
	log    *slog.Logger
	rand   func() float64
}

// run keeps a connection open until ctx ends. When Slack asks for a new one, it is there
// before the old one goes.
func (s *socket) run(ctx context.Context) {
	var all sync.WaitGroup
	defer all.Wait()
	fails := 0
	var old *line // which Slack wants to be replaced, and which is read until it is
	for ctx.Err() == nil {
		l, err := s.open(ctx, &all)
		if err != nil {
			fails++
			s.rest(ctx, s.refused(ctx, err, fails))
			continue
		}
		if old != nil {
			old.retire()
		}
		s.connected(fails)
		why := l.wait(ctx)
		if fails = s.judge(ctx, l, why, fails); fails > 0 {
			s.rest(ctx, s.pause(fails, why))
		}
		old = l
	}
}

// open makes a connection that has said hello. It ends with ctx.
func (s *socket) open(ctx context.Context, all *sync.WaitGroup) (*line, error) {
	address, err := s.client.OpenSocketURL(ctx)
	if err != nil {
		return nil, err
	}
	l, err := dialLine(ctx, s.dial, address)
	if err != nil {
		return nil, err
	}
	all.Go(func() {
		defer context.AfterFunc(ctx, l.close)()
		l.read(s.inbox)
	})
	all.Go(l.ping)
	if err := l.greeted(ctx); err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

// judge is how many connections in a row were no good, after one has ended or asks for
// another.
func (s *socket) judge(ctx context.Context, l *line, why string, fails int) int {
	lived := time.Since(l.since)
	switch {
	case ctx.Err() != nil:
		return 0
	case why == disabled:
		s.log.Error("Socket Mode is switched off for the Slack app: switch it on under Socket Mode in its settings at api.slack.com/apps")
	case lived >= steadyFor:
		s.log.Debug("Slack wants another connection", "reason", why)
		return 0
	default:
		s.log.Warn("a connection to Slack did not last", "reason", why, "lasted", lived.Round(time.Millisecond))
	}
	return fails + 1
}

// refused is for how long to rest after Slack has given no connection.
func (s *socket) refused(ctx context.Context, err error, fails int) time.Duration {
	if ctx.Err() != nil {
		return 0
	}
	if do := hopeless(CodeOf(err)); do != "" {
		s.log.Error("Slack refuses a connection for good", "error", err, "do", do, "again_in", chat.LongRest)
		return chat.LongRest
	}
	wait := s.pause(fails, "")
	if p, ok := errors.AsType[*Problem](err); ok {
		wait = max(wait, p.After)
	}
	s.log.Warn("there is no connection to Slack", "error", err, "again_in", wait.Round(time.Millisecond))
	return wait
}

func (s *socket) connected(fails int) {
	if fails > 0 {
		s.log.Info("connected to Slack again", "after_tries", fails)
		return
	}
	s.log.Debug("connected to Slack")
}

// pause is for how long to rest after so many failures in a row. What only an operator can put right is looked at seldom.
func (s *socket) pause(fails int, why string) time.Duration {
	if why == disabled {
		fails = chat.Often
	}
	return chat.Rest(fails, s.rand())
}

func (s *socket) rest(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// disabled is the reason of a disconnect after which no connection is given.
const disabled = "link_disabled"

// hopeless is what to do where Slack refuses for a reason that does not go away by itself,
// "" for any other.
func hopeless(code string) string {
	switch code {
	case "invalid_auth", "not_authed", "token_revoked", "token_expired":
		return "make a new app-level token under Basic Information of the app, and set it as slack.app_token"
	case "not_allowed_token_type", "missing_scope", "no_permission":
		return "make an app-level token with the scope connections:write, and set it as slack.app_token"
	case "account_inactive", "app_uninstalled", "team_access_not_granted":
		return "install the app in the workspace again, and set its new token as slack.bot_token"
	case "socket_mode_not_enabled", disabled:
		return "switch Socket Mode on in the settings of the app"
	}
	return ""
}
