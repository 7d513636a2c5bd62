package discord

import (
	"context"
	"encoding/json"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket"
	"github.com/taskherald/herald/bot/chat"
)

// The bounds of a session.
const (
	helloWithin = 15 * time.Second
	readyWithin = 5 * time.Minute // after who we are was said: where Discord has trouble it may take its time
	mostResumes = 3               // tries at the address for that, before the one for all is tried
	mostUnheard = 3               // connections on which it was not resumed, before another is begun
	noSession   = time.Second     // rest after Discord says that there is no session, and up to four more
	noSessionIn = 4 * time.Second
)

// intents are what we want to hear of: messages, none of which is told us in full that is not
// for us. What is pressed is told without being asked for.
const intents = discordgo.IntentGuildMessages | discordgo.IntentDirectMessages

// session is what Discord knows us by. It outlives connections: what comes between two of them
// is sent again.
type session struct {
	id      string       // "" for none
	at      string       // where it is resumed
	seq     atomic.Int64 // of the last event that was handed on
	tries   int          // to resume it since that last worked
	unheard int          // connections since then on which it did not
}

// forget has the next connection begin another session.
func (s *session) forget() {
	s.id, s.at, s.tries, s.unheard = "", "", 0, 0
	s.seq.Store(0)
}

// resume is where it is resumed; ok is false if there is no such place.
func (s *session) resume() (at string, ok bool) {
	if s.id == "" || s.at == "" || s.tries >= mostResumes {
		return "", false
	}
	s.tries++
	return s.at, true
}

// visit is one connection within a session.
type visit struct {
	*gateway
	line    *line
	beating sync.WaitGroup
	secure  bool
	greeted bool
	resumes bool
	bad     int       // frames that cannot be read
	since   time.Time // that the session is there; zero before
}

// open connects.
func (g *gateway) open(ctx context.Context) (*visit, error) {
	at, err := g.address(ctx)
	if err != nil {
		return nil, err
	}
	l, err := dialLine(ctx, g.dial, at)
	if err != nil {
		return nil, err
	}
	return &visit{gateway: g, line: l, secure: secure(at)}, nil
}

// serve takes what comes until the connection ends. If it is ended from here it is with a code
// after which the session lives on; but not at the end of ctx: whoever is next begins another
// session, and as long as this one lives, people see a bot that is there and hears nothing.
func (s *visit) serve(ctx context.Context) ending {
	defer s.beating.Wait()
	defer close(s.line.gone)
	defer context.AfterFunc(ctx, func() { s.line.drop("the server stops", websocket.CloseNormalClosure) })()
	s.line.within(helloWithin)
	for {
		f, err := s.line.next()
		if err != nil {
			s.line.drop("", closeKept)
			if s.line.why != "" {
				return ending{why: s.line.why}
			}
			return broken(err)
		}
		if end, over := s.take(&f); over {
			s.line.drop(end.why, closeKept)
			return end
		}
	}
}

// take takes a frame; over is true if no more is to be taken.
func (s *visit) take(f *frame) (end ending, over bool) {
	if f.Op == nil {
		if s.bad++; s.bad&(s.bad-1) == 0 {
			s.log.Warn("Discord has sent what cannot be read", "on_this_connection", s.bad)
		}
		return ending{}, false
	}
	switch *f.Op {
	case opDispatch:
		if s.greeted {
			s.dispatch(f)
		}
	case opHeartbeat:
		s.line.pulse(s.session.seq.Load(), askedGap)
	case opAck:
		s.line.owes.Store(false)
	case opHello:
		s.greet(f.Data)
	case opReconnect:
		return ending{why: "Discord asks for another one"}, true
	case opInvalid:
		var lives bool
		_ = json.Unmarshal(f.Data, &lives) // what is no yes is a no
		rest := noSession + time.Duration(s.rand()*float64(noSessionIn))
		return ending{why: "Discord knows no such session", after: rest, lost: !lives}, true
	}
	return ending{}, false
}

// greet begins the heartbeats, and says who we are.
func (s *visit) greet(data json.RawMessage) {
	if s.greeted {
		return
	}
	s.greeted = true
	var hello struct {
		Every float64 `json:"heartbeat_interval"` // in milliseconds
	}
	_ = chat.Lax(data, &hello) // one that says nothing has the shortest interval that there is
	every := time.Duration(min(max(hello.Every, float64(minBeat/time.Millisecond)), float64(maxBeat/time.Millisecond)) * float64(time.Millisecond))
	first := time.Duration(s.rand() * float64(every))
	s.beating.Go(func() { s.line.beats(every, first, &s.session.seq) })
	s.line.within(readyWithin)
	if s.resumes = s.session.id != ""; s.resumes {
		s.line.send(opResume, map[string]any{"token": s.token, "session_id": s.session.id, "seq": s.session.seq.Load()})
		return
	}
	s.budget.spend(time.Now())
	s.line.send(opIdentify, map[string]any{
		"token": s.token, "intents": int(intents),
		"properties": map[string]string{"os": runtime.GOOS, "browser": "herald", "device": "herald"},
	})
}

// dispatch hands an event on. Only after that it counts as having come: what is resumed begins
// behind it.
func (s *visit) dispatch(f *frame) {
	switch f.Kind {
	case "READY":
		s.begun(f.Data)
	case "RESUMED":
		s.settle()
	case "":
	default:
		s.hand(f.Kind, f.Seq, f.Data)
	}
	if f.Seq > s.session.seq.Load() {
		s.session.seq.Store(f.Seq)
	}
}

// begun notes the session that Discord has begun.
func (s *visit) begun(data json.RawMessage) {
	var ready struct {
		Session string `json:"session_id"`
		At      string `json:"resume_gateway_url"`
		User    struct {
			ID string `json:"id"`
		} `json:"user"`
		App struct {
			ID string `json:"id"`
		} `json:"application"`
	}
	_ = chat.Lax(data, &ready) // what it does not say is not known
	at, _ := socketURL(ready.At)
	if s.secure && !secure(at) {
		at = "" // the token is not shown to the network
	}
	s.session.forget()
	s.session.id, s.session.at = ready.Session, at
	s.us.Store(&identity{user: ready.User.ID, app: ready.App.ID})
	s.log.Info("a session with Discord has begun")
	s.settle()
}

// settle notes that the session is there.
func (s *visit) settle() {
	if s.settled() {
		return
	}
	s.since = time.Now()
	s.session.tries, s.session.unheard = 0, 0
	s.line.within(0)
	s.log.Debug("connected to Discord", "resumed", s.resumes)
}

func (s *visit) settled() bool { return !s.since.IsZero() }

// lasted is for how long the session was there.
func (s *visit) lasted() time.Duration {
	if !s.settled() {
		return 0
	}
	return time.Since(s.since)
}
