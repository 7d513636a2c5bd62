package crash

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/taskherald/herald/progress/client"
	"github.com/taskherald/herald/progress/db/dbtest"
)

// The load of a soak.
const (
	singles  = 16 // connections that report one at a time
	bulks    = 4  // connections that report many at once
	crowds   = 3  // tasks that many people and workers change at once
	hustlers = 3  // who change them

	perSecond = 2600 // reports that are asked for; a start and a kill take their share of the time
)

// TestSoak kills the server at random moments under load.
func TestSoak(t *testing.T) {
	t.Parallel()
	kills, ok := long()
	if !ok {
		kills = 4
	}
	for _, dialect := range []string{dbtest.SQLite, dbtest.Postgres} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			s := newSoak(t, dbtest.URL(t, dialect))
			for n := range kills {
				s.life(n)
			}
			s.end(kills)
		})
	}
}

// load is one who works on the server.
type load interface {
	run(s *soak)         // until s.ctx ends
	check(t testing.TB)  // that what was answered is there; nothing runs meanwhile
	finish(t testing.TB) // the same at the end, more closely
}

// soak is a server under load.
type soak struct {
	*testing.T
	server *server
	ctx    context.Context //nolint:containedctx // of the whole test
	loads  []load
	still  sync.RWMutex // held for writing while the server is looked at
	quiet  bool         // it is
	pace   pace

	reports, commands atomic.Int64 // answered
	worked            time.Duration
}

func newSoak(t *testing.T, database string) *soak {
	t.Helper()
	s := &soak{T: t, server: newServer(t, database), ctx: t.Context()}
	s.server.start()
	for i := range singles {
		s.loads = append(s.loads, &line{s: s, name: fmt.Sprint("single", i), many: 1})
	}
	for i := range bulks {
		s.loads = append(s.loads, &line{s: s, name: fmt.Sprint("bulk", i), many: 60})
	}
	var crowd []*common
	for i := range crowds {
		crowd = append(crowd, newCommon(s, i))
	}
	for i := range hustlers {
		s.loads = append(s.loads, &hustler{s: s, name: fmt.Sprint("hustler", i), tasks: crowd})
	}
	for _, c := range crowd {
		s.loads = append(s.loads, c)
	}
	s.loads = append(s.loads, newPen(s))
	s.shut()
	var all sync.WaitGroup
	for _, l := range s.loads {
		all.Go(func() { l.run(s) })
	}
	s.Cleanup(func() {
		if s.quiet {
			s.open()
		}
		all.Wait()
	})
	return s
}

// shut has all wait, once what they do is answered or broken off.
func (s *soak) shut() {
	s.still.Lock()
	s.quiet = true
}

// open has all work.
func (s *soak) open() {
	s.quiet = false
	s.still.Unlock()
}

// life lets all work for a while, kills the server, starts it again and looks at
// what is there. Now and then a start is killed too.
func (s *soak) life(n int) {
	r := rand.New(rand.NewPCG(uint64(n), 7))
	begin := time.Now()
	s.open()
	time.Sleep(time.Duration(100+r.IntN(500)) * time.Millisecond) // how long it lives, no proof of anything
	s.server.kill()
	s.worked += time.Since(begin)
	s.shut()
	if r.IntN(8) == 0 {
		s.server.launch()
		time.Sleep(time.Duration(r.IntN(80)) * time.Millisecond) // as above
		s.server.kill()
	}
	s.server.start()
	for _, l := range s.loads {
		l.check(s)
	}
}

// end looks at everything once more.
func (s *soak) end(kills int) {
	s.open()
	for _, l := range s.loads {
		l.finish(s)
	}
	rate := float64(s.reports.Load()) / s.worked.Seconds()
	s.Logf("%d kills, %d answered reports (%.0f a second), %d answered commands and logs", kills, s.reports.Load(), rate, s.commands.Load())
	if s.reports.Load() < int64(50*kills) || s.commands.Load() < int64(kills) {
		s.Error("that is so little that nothing was put to the test")
	}
}

// unanswered reports whether a call was not decided, because the server was
// killed.
func unanswered(err error) bool {
	_, away := errors.AsType[*client.Away](err)
	return away
}

// pace shares a number of reports a second among all that report.
type pace struct {
	mu   sync.Mutex
	next time.Time
}

// take waits for the turn of n reports.
func (p *pace) take(ctx context.Context, n int) {
	p.mu.Lock()
	if early := time.Now().Add(-50 * time.Millisecond); p.next.Before(early) {
		p.next = early
	}
	wait := time.Until(p.next)
	p.next = p.next.Add(time.Duration(n) * time.Second / perSecond)
	p.mu.Unlock()
	select {
	case <-time.After(wait):
	case <-ctx.Done():
	}
}
