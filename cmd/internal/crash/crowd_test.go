package crash

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
)

// common is a task that many change at once, and that somebody watches all the
// time on a socket.
type common struct {
	s  *soak
	id progress.TaskID
	history

	mu      sync.Mutex
	version int64 // the newest that was answered
	lines   map[string]bool
	read    int64          // number of the newest log line that was looked at
	times   map[string]int // a line was found there
	frames  []string       // milestones that the socket brought
	since   int64          // seq of the newest
}

func newCommon(s *soak, n int) *common {
	s.Helper()
	c := &common{s: s, id: progress.TaskID(fmt.Sprint("common", n)), lines: map[string]bool{}, times: map[string]int{}}
	d := client.Draft{ID: c.id, Title: "work of many", Kind: "common"}
	for i := range 4 {
		d.Steps = append(d.Steps, client.DraftStep{Name: fmt.Sprint("step ", i+1), AllowFailure: i == 1})
	}
	if _, err := s.server.Work().Create(context.Background(), d); err != nil {
		s.Fatal(err)
	}
	return c
}

// run watches the task, from where the socket before has ended.
func (c *common) run(s *soak) {
	for s.ctx.Err() == nil {
		since := c.since
		for f, err := range s.server.Watch(s.ctx, client.Watch{Task: c.id, Since: &since, Logs: true}) {
			if err == nil {
				c.frame(f)
			} else if !unanswered(err) && s.ctx.Err() == nil {
				s.Errorf("watching %s: %v", c.id, err)
				return
			}
		}
		time.Sleep(20 * time.Millisecond) // the task has ended for now: it is not asked all the time
	}
}

// frame notes a milestone. Those that the server sends are the very events.
func (c *common) frame(f client.Frame) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch f.Type {
	case "progress", "log", "control":
		return
	}
	if f.Type == "snapshot" || f.Seq != c.since+1 {
		c.s.Errorf("after event %d of %s the socket brings %s %d", c.since, c.id, f.Type, f.Seq)
	}
	c.since = max(c.since, f.Seq)
	c.frames = append(c.frames, f.Type)
}

// answer notes what was answered.
func (c *common) answer(version int64) {
	c.s.commands.Add(1)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.version = max(c.version, version)
}

func (c *common) line(text string, answered bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lines[text] = answered
}

func (c *common) check(t testing.TB) {
	t.Helper()
	shown := c.history.check(t, c.s.server.Client, c.id)
	if shown.Version < c.version {
		t.Fatalf("%s is at version %d; %d was answered", c.id, shown.Version, c.version)
	}
	c.checkLines(t)
	poll(t, "the socket has brought everything", func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.since >= shown.Seq || c.s.Failed()
	})
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, kind := range c.kinds {
		word, _, _ := strings.Cut(kind, " ")
		info, _ := progress.Kind(word).Info()
		if i < len(c.frames) && c.frames[i] != info.Frame {
			t.Fatalf("event %d of %s is %s; the socket brought %s", i+1, c.id, kind, c.frames[i])
		}
	}
}

// checkLines holds that each answered line is in the log once, that no other is
// there twice, and that they are numbered without a gap.
func (c *common) checkLines(t testing.TB) {
	t.Helper()
	for {
		lines, next, err := c.s.server.Logs(context.Background(), c.id, client.LogQuery{Since: c.read, Limit: 10_000})
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range lines {
			if l.N != c.read+1 {
				t.Fatalf("%s: after line %d comes line %d", c.id, c.read, l.N)
			}
			c.read = l.N
			c.times[l.Line]++
		}
		if next == 0 {
			break
		}
	}
	for text, answered := range c.lines {
		if n := c.times[text]; n > 1 || answered && n == 0 {
			t.Fatalf("line %q of %s is there %d times; answered: %v", text, c.id, n, answered)
		}
	}
}

// finish reads the whole history again: it has to be what was read meanwhile.
func (c *common) finish(t testing.TB) {
	t.Helper()
	before := slices.Clone(c.kinds)
	whole := &history{}
	whole.check(t, c.s.server.Client, c.id)
	if len(whole.kinds) < len(before) || !slices.Equal(whole.kinds[:len(before)], before) {
		t.Fatalf("%s: what was read of its history has changed", c.id)
	}
	t.Logf("%s: %d events, %d lines", c.id, len(whole.kinds), c.read)
}

// wish is a command that was answered.
type wish struct {
	task         *common
	verb         progress.Verb
	option       client.CommandOptions
	version, seq int64
	refused      string
}

// hustler is one who changes the tasks of all, as workers and people do.
type hustler struct {
	s      *soak
	name   string
	tasks  []*common
	wishes []wish // that were answered since the last look
}

func (h *hustler) run(s *soak) {
	r := rand.New(rand.NewPCG(uint64(len(h.name)), uint64(h.name[len(h.name)-1])))
	for n := 0; s.ctx.Err() == nil; n++ {
		time.Sleep(time.Duration(r.IntN(20)) * time.Millisecond) // so that commands do not crowd out reports
		s.still.RLock()
		var err error
		if s.ctx.Err() == nil {
			err = h.once(r, n)
		}
		s.still.RUnlock()
		if problem, ok := errors.AsType[*client.Problem](err); ok && problem.Status == 409 || unanswered(err) {
			continue // the state does not admit it, or the server was killed
		}
		if err != nil && s.ctx.Err() == nil {
			s.Errorf("%s: %v", h.name, err)
			return
		}
	}
}

func (h *hustler) once(r *rand.Rand, n int) error {
	c, w, ctx, step := h.tasks[r.IntN(len(h.tasks))], h.s.server.Work(), context.Background(), 1+r.IntN(4)
	report := progress.Report{Step: progress.StepRef{Order: step}}
	switch x := r.IntN(100); {
	case x < 25:
		report.StepProgress = new(float64(r.IntN(100)))
	case x < 35:
		report.StepStatus = progress.StepRunning
	case x < 42:
		report.StepStatus = progress.StepCompleted
	case x < 45:
		report.StepStatus = progress.StepFailed
	case x < 46:
		report = progress.Report{Status: progress.Completed}
	case x < 56:
		return h.log(c, fmt.Sprint(h.name, " ", n))
	case x < 62:
		d, err := w.Ask(ctx, c.id, step, progress.Gate{Prompt: h.name, SelfApproval: true})
		if err == nil {
			c.answer(d.Version)
		}
		return err
	default:
		verbs := []progress.Verb{
			progress.VerbApprove, progress.VerbApprove, progress.VerbReject, progress.VerbRetry, progress.VerbSkip,
			progress.VerbPause, progress.VerbResume, progress.VerbResume, progress.VerbRestart, progress.VerbCancel,
		}
		return h.wish(wish{task: c, verb: verbs[r.IntN(len(verbs))], option: client.CommandOptions{Step: step, Key: fmt.Sprint(h.name, ".", n)}})
	}
	a, err := w.Report(ctx, c.id, progress.Fence{}, report)
	if err == nil {
		c.answer(a.Version)
	}
	return err
}

func (h *hustler) log(c *common, text string) error {
	c.line(text, false)
	err := h.s.server.Work().Log(context.Background(), c.id, []progress.LogLine{{Line: text}})
	if err == nil {
		c.line(text, true)
		h.s.commands.Add(1)
	}
	return err
}

// wish gives a command and notes what was answered, a refusal too.
func (h *hustler) wish(w wish) error {
	if err := w.give(h.s.server.Client); err != nil {
		return err
	}
	h.wishes = append(h.wishes, w)
	if w.refused == "" {
		w.task.answer(w.version)
	}
	return nil
}

func (w *wish) give(c *client.Client) error {
	t, err := c.Command(context.Background(), w.task.id, w.verb, w.option)
	if problem, ok := errors.AsType[*client.Problem](err); ok && problem.Status == 409 {
		w.refused, err = problem.Detail, nil
	}
	w.version, w.seq = t.Version, t.Seq
	return err
}

// check gives each command again that was answered: it has to be answered the
// same, and do nothing.
func (h *hustler) check(t testing.TB) {
	t.Helper()
	for _, w := range h.wishes {
		again := w
		again.refused = ""
		if err := again.give(h.s.server.Client); err != nil || again.version != w.version || again.seq != w.seq || again.refused != w.refused {
			t.Fatalf("%s %s under the key %s was answered with version %d, seq %d, %q, and now with %d, %d, %q, %v",
				w.verb, w.task.id, w.option.Key, w.version, w.seq, w.refused, again.version, again.seq, again.refused, err)
		}
	}
	h.wishes = nil
}

func (h *hustler) finish(testing.TB) {}
