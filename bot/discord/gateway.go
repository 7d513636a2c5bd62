package discord

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"github.com/taskherald/herald/bot/chat"
)

// The gateway is ours, and not discordgo's. That one holds while it connects the lock that it
// takes to give a session up, and stands still for ever where Discord says then that there is
// none; notices a connection on which nothing comes any more after minutes; ends it with a code
// that ends the session too, and what came meanwhile with it; and calls for ever, as often as it
// can, with a token that Discord has refused. Of what it does we need a loop that reads, and
// heartbeats.

// The times of the gateway.
const (
	steadyFor = 15 * time.Second // after which a connection was a good one
)

// hand takes what Discord has sent: the kind of event, its number in the session (0 where there
// is none) and what it says. It never waits. Ok is false if there is no room for it. The same may
// come twice.
type hand func(kind string, seq int64, data json.RawMessage) (ok bool)

// gateway keeps a session with Discord.
type gateway struct {
	token   string
	door    func(ctx context.Context) (Entrance, error)
	dial    *websocket.Dialer
	hand    hand
	log     *slog.Logger
	rand    func() float64
	session session
	budget  budget
	us      atomic.Pointer[identity]
}

// identity is who Discord says that we are.
type identity struct {
	user string // the bot's id
	app  string // the application's id
}

// newGateway makes a gateway that asks where it is.
func newGateway(token string, at func(ctx context.Context) (Entrance, error), dial *websocket.Dialer, to hand, log *slog.Logger) *gateway {
	return &gateway{token: token, door: at, dial: dial, hand: to, log: log, rand: chat.Jitter}
}

// self is who we are; ok is false as long as Discord has not said so. It may be called from any
// goroutine.
func (g *gateway) self() (us identity, ok bool) {
	if is := g.us.Load(); is != nil {
		return *is, true
	}
	return us, false
}

// run keeps a session until ctx ends, over as many connections as it takes. It runs once at a
// time. Who runs next, here or on another machine, begins a session of their own.
func (g *gateway) run(ctx context.Context) {
	g.session.forget()
	fails := 0
	for ctx.Err() == nil {
		s, err := g.open(ctx)
		if err != nil {
			fails++
			_ = rest(ctx, g.refused(ctx, err, fails), nil) // of no other error than that of ctx
			continue
		}
		end := s.serve(ctx)
		if ctx.Err() != nil {
			return
		}
		fails = g.judge(s, end, fails)
		_ = rest(ctx, max(end.after, g.pause(fails)), nil) // likewise
	}
}

// judge is how many connections in a row were no good, after one has ended.
func (g *gateway) judge(s *visit, end ending, fails int) int {
	if s.resumes && !s.settled() {
		g.session.unheard++
	}
	if end.lost || g.session.unheard >= mostUnheard {
		g.session.forget()
	}
	lasted := s.lasted()
	switch {
	case end.do != "":
		g.log.Error("Discord ends the connection for good", "reason", end.why, "code", end.code, "do", end.do, "again_in", end.after)
	case lasted >= steadyFor:
		g.log.Debug("a connection to Discord has ended", "reason", end.why, "code", end.code)
		return 0
	default:
		g.log.Warn("a connection to Discord did not last", "reason", end.why, "code", end.code, "lasted", lasted.Round(time.Millisecond))
	}
	return fails + 1
}

// refused is for how long to rest after there was no connection.
func (g *gateway) refused(ctx context.Context, err error, fails int) time.Duration {
	if ctx.Err() != nil {
		return 0
	}
	do, after := turnedAway(err)
	if do != "" {
		g.log.Error("Discord refuses a connection for good", "error", err, "do", do, "again_in", chat.LongRest)
		return chat.LongRest
	}
	wait := max(after, g.pause(fails))
	g.log.Warn("there is no connection to Discord", "error", err, "again_in", wait.Round(time.Millisecond))
	return wait
}

// pause is for how long to rest after so many failures in a row; not at all after none.
func (g *gateway) pause(fails int) time.Duration {
	if fails == 0 {
		return 0
	}
	return chat.Rest(fails, g.rand())
}
