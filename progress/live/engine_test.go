package live

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/bus"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/dbtest"
	"github.com/taskherald/herald/progress/engine"
	"github.com/taskherald/herald/progress/store"
)

// sourceOf are a hub's options on a real engine and its store.
func sourceOf(e *engine.Engine, s *store.Store, bell Bell, ids ...progress.TaskID) Options {
	return Options{
		Bell: bell, Task: e.Task, Events: s.Events,
		Lines: func(ctx context.Context, id progress.TaskID, since int64, limit int) ([]progress.LogLine, error) {
			return s.Lines(ctx, store.Logs{Task: id, Since: since, Limit: limit})
		},
		Live: func(ctx context.Context) (out []progress.Task, _ error) {
			for _, id := range ids {
				t, err := e.Task(ctx, id)
				if progress.CodeOf(err) == progress.NotFound {
					continue
				}
				if err != nil {
					return nil, err
				}
				if !t.Status.Ended() {
					out = append(out, t)
				}
			}
			return out, nil
		},
	}
}

// crowd is a hub on a real engine, reached over real connections, and what the
// readers of it have seen.
type crowd struct {
	testing.TB
	*engine.Engine
	keep *store.Store
	hub  *Hub
	url  string
	ids  []progress.TaskID
	over chan struct{}                     // closed when no more commands come
	last map[progress.TaskID]progress.Task // then

	mu     sync.Mutex
	sights []*sight
}

// TestRandomLives is that every reader, however slow, whenever it comes and
// however often it drops off, is told every event of its tasks once and in
// order, and ends on the last version.
func TestRandomLives(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := open(t, d)
		var lives, readers sync.WaitGroup
		for i := range 5 {
			seed := uint64(i)
			if i < 3 {
				readers.Go(func() { c.readAll(seed, true) })
			}
			for _, id := range c.ids {
				readers.Go(func() { c.read(id, seed) })
			}
		}
		c.await(3)
		for i, id := range c.ids {
			readers.Go(func() { c.readAll(uint64(i), false) })
			for k := range 3 {
				lives.Go(func() { c.live(id, rand.New(rand.NewPCG(uint64(i), uint64(k)))) })
			}
		}
		lives.Wait()
		c.finish()
		late := time.AfterFunc(time.Minute, func() { t.Error("some readers do not get to the end:", c.behind()) })
		defer late.Stop()
		readers.Wait()
	})
}

// await waits until so many readers of all tasks have started.
func (c *crowd) await(n int) {
	for started := 0; started < n; time.Sleep(time.Millisecond) {
		started = 0
		c.hub.mu.Lock()
		for _, over := range c.hub.audience.members {
			if over {
				started++
			}
		}
		c.hub.mu.Unlock()
	}
}

func open(t testing.TB, d *db.DB) *crowd {
	bell := bus.NewLocal()
	c := &crowd{TB: t, keep: store.New(d), over: make(chan struct{})}
	for i := range 4 {
		c.ids = append(c.ids, progress.TaskID(fmt.Sprint("t", i)))
	}
	e := engine.New(c.keep, engine.Options{Ring: bell.Ring})
	c.Engine = e
	c.hub = New(sourceOf(e, c.keep, bell, c.ids...))
	up := NewUpgrader(nil)
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := Subscription{Task: progress.TaskID(r.URL.Path[1:]), Actor: ann}
		if since := r.URL.Query().Get("since"); since != "" {
			s.Since = new(int64)
			_, _ = fmt.Sscan(since, s.Since)
		}
		if conn, err := up.Upgrade(w, r, nil); err == nil {
			c.hub.ServeSocket(conn, s)
		}
	}))
	c.url = "ws" + strings.TrimPrefix(web.URL, "http")
	t.Cleanup(func() {
		c.hub.Close()
		web.Close()
		e.Close()
	})
	return c
}

// finish says that no more commands come.
func (c *crowd) finish() {
	c.last = map[progress.TaskID]progress.Task{}
	for _, id := range c.ids {
		t, err := c.Task(context.Background(), id)
		if err != nil {
			c.Error(err)
		}
		c.last[id] = t
	}
	close(c.over)
}

// live gives a task commands, many of which are refused.
func (c *crowd) live(id progress.TaskID, r *rand.Rand) {
	_, _ = c.Execute(c.Context(), progress.Command{Task: id, By: root, Do: created("a", "b", "c", "d")})
	for range 100 {
		step := progress.StepRef{Order: 1 + r.IntN(4)}
		reports := []progress.Report{
			{Step: step, StepStatus: progress.StepRunning}, {Step: step, StepStatus: progress.StepCompleted},
			{Step: step, StepProgress: new(r.Float64() * 100)}, {Step: step, StepProgress: new(r.Float64() * 100)},
			{Step: step, Message: new(fmt.Sprint(r.Uint32()))}, {Progress: new(r.Float64() * 100)},
			{Step: step, Substep: fmt.Sprint(r.IntN(3)), SubstepDone: new(true)}, {Step: step, StepStatus: progress.StepFailed},
			{Status: progress.Completed}, {Step: progress.StepRef{Name: fmt.Sprint("more ", r.IntN(5))}, StepStatus: progress.StepSkipped},
		}
		wishes := []progress.Change{
			progress.Pause{}, progress.Resume{}, progress.Cancel{}, progress.Restart{}, progress.Restart{}, progress.Retry{}, progress.Skip{},
			progress.Approve{}, progress.Reject{}, progress.Ask{Step: step}, progress.Log{Lines: []progress.LogLine{{Line: "x"}}},
		}
		var do progress.Change = reports[r.IntN(len(reports))]
		if r.IntN(3) == 0 {
			do = wishes[r.IntN(len(wishes))]
		}
		_, err := c.Execute(c.Context(), progress.Command{Task: id, By: root, Do: do})
		if code := progress.CodeOf(err); code == progress.Unavailable || code == progress.Internal {
			c.Error(err)
		}
		if r.IntN(4) == 0 {
			time.Sleep(time.Duration(r.IntN(5)) * time.Millisecond)
		}
	}
}

// sight is what one reader has seen of one task.
type sight struct {
	*crowd
	id      progress.TaskID
	seq     int64 // of the newest event; -1 for nothing
	version int64
	shown   bool             // by the newest frame, a snapshot
	types   map[int64]string // of the lifecycle frames, by seq
	newest  []string         // frames, for what is said of a failure
}

func (c *crowd) sight(id progress.TaskID, seq int64) *sight {
	s := &sight{crowd: c, id: id, seq: seq, types: map[int64]string{}}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sights = append(c.sights, s)
	return s
}

// behind says who has not seen all.
func (c *crowd) behind() (out []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.sights {
		if last := c.last[s.id]; s.seq != last.Seq || s.version != last.Version {
			out = append(out, fmt.Sprintf("%s at %d/%d of %d/%d", s.id, s.seq, s.version, last.Seq, last.Version))
		}
	}
	return out
}

// see holds that the frame may follow.
func (s *sight) see(f said) bool {
	s.newest = append(s.newest[max(0, len(s.newest)-8):], fmt.Sprintf("%s %d/%d", f.Type, f.Seq, f.Version))
	terminal := f.Type == "task_complete" || f.Type == "task_failed" || f.Type == "task_cancelled"
	lifecycle := f.Type != "snapshot" && f.Type != "progress"
	switch {
	case f.Version < s.version, f.Seq < s.seq:
		s.Errorf("%s goes back: %s", s.id, s.newest)
	case f.Type == "progress" && f.Seq != s.seq:
		s.Errorf("%s misses something before a progress frame: %s", s.id, s.newest)
	case lifecycle && s.seq >= 0 && f.Seq != s.seq+1 && !(terminal && s.shown && f.Seq == s.seq):
		s.Errorf("%s misses something, or has it twice: %s", s.id, s.newest)
	}
	if lifecycle {
		s.types[f.Seq] = f.Type
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seq, s.version, s.shown = f.Seq, f.Version, f.Type == "snapshot"
	return !s.Failed()
}

// check compares the lifecycle frames with the events that are stored.
func (s *sight) check() {
	events, err := s.keep.Events(context.Background(), s.id, 0, 1<<20)
	if err != nil {
		s.Error(err)
	}
	for _, e := range events {
		info, _ := e.Kind.Info()
		if got, ok := s.types[e.Seq]; ok && got != info.Frame {
			s.Errorf("%s: frame %d is a %s, the event a %s", s.id, e.Seq, got, e.Kind)
		}
	}
}

// began reports whether anything has been seen.
func (s *sight) began() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seq >= 0
}

// final reports whether all has been seen that will ever be.
func (s *sight) final() bool {
	select {
	case <-s.over:
	default:
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	last := s.last[s.id]
	return s.version == last.Version && s.seq == last.Seq
}

// read reads one task until its last version, and now and then drops off.
func (c *crowd) read(id progress.TaskID, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 99))
	s := c.sight(id, -1)
	defer s.check()
	for !s.final() && !c.Failed() {
		url := fmt.Sprint(c.url, "/", id)
		if s.seq >= 0 {
			url += fmt.Sprint("?since=", s.seq)
		}
		conn, _, err := websocket.DefaultDialer.Dial(url, nil)
		if err != nil {
			c.Error(err)
			return
		}
		ok := s.readSome(conn, r, seed > 1)
		conn.Close()
		if !ok {
			return
		}
		time.Sleep(time.Duration(r.IntN(20)) * time.Millisecond)
	}
}

// readSome reads a while, slowly or not. It reports whether all is well.
func (s *sight) readSome(conn *websocket.Conn, r *rand.Rand, slow bool) bool {
	for n := r.IntN(200); n > 0 && !s.final(); n-- {
		_ = conn.SetReadDeadline(time.Now().Add(300 * time.Millisecond))
		_, text, err := conn.ReadMessage()
		if err != nil {
			end, closed := errors.AsType[*websocket.CloseError](err)
			return !closed || end.Code == 1000 || end.Code == 1008 && s.seq < 0 || s.bad(end)
		}
		if !s.see(parse(s, string(text))) {
			return false
		}
		if slow && r.IntN(4) == 0 {
			time.Sleep(time.Duration(r.IntN(10)) * time.Millisecond)
		}
	}
	return true
}

func (s *sight) bad(end *websocket.CloseError) bool {
	s.Errorf("%s: closed with %v", s.id, end)
	return false
}

// readAll reads all tasks until the last version of each. Who was there from the
// beginning misses nothing of any.
func (c *crowd) readAll(seed uint64, early bool) {
	r := rand.New(rand.NewPCG(seed, 7))
	if !early {
		time.Sleep(time.Duration(100+r.IntN(300)) * time.Millisecond)
	}
	conn, _, err := websocket.DefaultDialer.Dial(c.url+"/", nil)
	if err != nil {
		c.Error(err)
		return
	}
	defer conn.Close()
	seen := map[progress.TaskID]*sight{}
	for _, id := range c.ids {
		seen[id] = c.sight(id, -1)
		if early {
			seen[id].seq = 0
		}
		defer seen[id].check()
	}
	go func() { // hangs up once all is seen
		for <-c.over; !c.finalAll(seen, early) && !c.Failed(); {
			time.Sleep(10 * time.Millisecond)
		}
		conn.Close()
	}()
	for {
		_, text, err := conn.ReadMessage()
		if err != nil {
			if !c.finalAll(seen, early) {
				c.Errorf("reader of all: %v", err)
			}
			return
		}
		f := parse(c, string(text))
		if !seen[f.Task].see(f) {
			return
		}
	}
}

// finalAll is final of every task that the reader was told of.
func (c *crowd) finalAll(seen map[progress.TaskID]*sight, all bool) bool {
	for _, s := range seen {
		if !s.final() && (all || s.began()) {
			return false
		}
	}
	return true
}
