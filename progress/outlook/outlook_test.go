package outlook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/estimate"
	"github.com/taskherald/herald/progress/store"
)

// paper is a book that says what it is told to, and remembers what it was asked.
type paper struct {
	mu      sync.Mutex
	guess   estimate.Guess
	asked   []estimate.Run
	learned []string
}

func (p *paper) Learn(r *estimate.Run) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.learned = append(p.learned, r.ID)
}

func (p *paper) Estimate(r *estimate.Run) estimate.Guess {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, *r)
	return p.guess
}

func (p *paper) Late(kind, step string) time.Duration {
	return time.Duration(len(kind)+len(step)) * time.Second
}

func (p *paper) words() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.learned, " ")
}

// shelf is a store of past runs, and the books that were written from it.
type shelf struct {
	mu     sync.Mutex
	past   []store.Past // in the order of their ends
	fails  error
	asked  []store.PastQuery
	times  []time.Time
	books  []*paper
	guess  estimate.Guess
	logged strings.Builder
}

func (s *shelf) pasts(_ context.Context, q store.PastQuery) ([]store.Past, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked, s.times = append(s.asked, q), append(s.times, time.Now())
	if s.fails != nil {
		return nil, s.fails
	}
	each := map[string]int{}
	var out []store.Past
	for _, p := range slices.Backward(s.past) {
		if each[p.Kind]++; (q.Each == 0 || each[p.Kind] <= q.Each) && p.Ended.After(q.Since) && len(out) < q.Limit {
			out = append(out, p)
		}
	}
	return out, nil
}

func (s *shelf) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.logged.Write(b)
}

func (s *shelf) log() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.logged.String()
}

func (s *shelf) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fails = err
}

// keep stores runs of a kind that end now.
func (s *shelf) keep(kind string, ids ...string) (kept []store.Past) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range ids {
		kept = append(kept, store.Past{Run: estimate.Run{ID: id, Kind: kind, Outcome: estimate.Success, Elapsed: 1}, Ended: time.Now()})
	}
	s.past = append(s.past, kept...)
	return kept
}

// written is how many books were written.
func (s *shelf) written() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.books)
}

// asks are what the store was asked for, and when.
func (s *shelf) asks() ([]store.PastQuery, []time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked), slices.Clone(s.times)
}

// book is the newest book.
func (s *shelf) book() *paper {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.books[len(s.books)-1]
}

func (s *shelf) open() *Outlook {
	return Open(Options{Pasts: s.pasts, Log: slog.New(slog.NewTextHandler(s, nil)), Book: func() Book {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.books = append(s.books, &paper{guess: s.guess})
		return s.books[len(s.books)-1]
	}})
}

// run has an Outlook learn until the test ends, in a bubble.
func (s *shelf) run(t *testing.T) *Outlook {
	o := s.open()
	o.begin(t)
	return o
}

func (o *Outlook) begin(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		o.Run(ctx)
	}()
	t.Cleanup(func() { cancel(); <-ended })
	synctest.Wait()
}

var minutes = estimate.Guess{Low: 60, Likely: 100.4, High: 300.6, Basis: estimate.Basis{Runs: 3}}

// at is when tasks of the tests are looked at.
var at = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

// begun is a task whose plan was made two minutes ago, and the commands that
// followed, half a minute apart.
func begun(t *testing.T, steps []progress.Plan, then ...progress.Change) *progress.Task {
	t.Helper()
	by := progress.Actor{Person: "ann", Rights: progress.MayAdmin, All: true}
	task := progress.Task{}
	for i, do := range slices.Concat([]progress.Change{progress.Create{Spec: progress.Spec{Title: "T", Kind: "k"}, Steps: steps}}, then) {
		var err error
		if task, _, err = progress.Act(task, progress.Command{Task: "t", By: by, Do: do}, at.Add(time.Duration(i-4)*30*time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	return &task
}

func plan(names ...string) (out []progress.Plan) {
	for _, n := range names {
		out = append(out, progress.Plan{Name: strings.TrimSuffix(n, "?")})
		if strings.HasSuffix(n, "?") {
			out[len(out)-1].Gate = &progress.Gate{Prompt: "Go on?"}
		}
	}
	return out
}

func running(step string) progress.Report {
	return progress.Report{Step: progress.StepRef{Name: step}, StepStatus: progress.StepRunning}
}

func ended(s progress.Status) progress.Report { return progress.Report{Status: s} }

func claims(seconds string) progress.Report {
	return progress.Report{Metadata: map[string]json.RawMessage{progress.RemainingKey: json.RawMessage(seconds)}}
}

// TestETA is what is said of a task in each state.
func TestETA(t *testing.T) {
	t.Parallel()
	known := func(waits int) *progress.ETA {
		return &progress.ETA{Low: 60, Likely: 100, High: 301, Basis: "3 similar runs", Waits: waits}
	}
	own := &progress.ETA{Low: 43, Likely: 43, High: 43, Basis: "the worker's own estimate", Waits: 1}
	for name, c := range map[string]struct {
		task *progress.Task
		want *progress.ETA
	}{
		"pending":          {begun(t, plan("a", "b")), known(0)},
		"running":          {begun(t, plan("a", "b"), running("a")), known(0)},
		"approvals ahead":  {begun(t, plan("a", "b?", "c?"), running("a")), known(2)},
		"asks":             {begun(t, plan("a?", "b?"), running("a")), known(2)},
		"approved":         {begun(t, plan("a?", "b?"), running("a"), progress.Approve{Step: 1}), known(1)},
		"paused":           {begun(t, plan("a", "b?"), running("a"), progress.Pause{}), known(2)},
		"claimed":          {begun(t, plan("a", "b?"), running("a"), claims("42.6")), own},
		"claimed and done": {begun(t, plan("a"), running("a"), claims("42"), ended(progress.Completed)), nil},
		"completed":        {begun(t, plan("a"), running("a"), ended(progress.Completed)), nil},
		"failed":           {begun(t, plan("a"), running("a"), ended(progress.Failed)), nil},
		"cancelled":        {begun(t, plan("a"), running("a"), progress.Cancel{}), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &shelf{guess: minutes}
				o := s.open()
				claimed := c.want != nil && c.want.Basis == progress.OwnBasis
				if got := o.ETA(c.task); claimed && !same(got, c.want) || !claimed && got != nil {
					t.Errorf("before the past is known it is %+v", got)
				}
				o.begin(t)
				if got := o.ETA(c.task); !same(got, c.want) {
					t.Errorf("is %+v, want %+v", got, c.want)
				}
			})
		})
	}
}

func same(a, b *progress.ETA) bool { return a == b || a != nil && b != nil && *a == *b }

// TestLooksAtNow holds that a run is looked at as it stands now.
func TestLooksAtNow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{guess: minutes}
		o := s.open()
		o.o.Now = func() time.Time { return at }
		o.begin(t)
		o.ETA(begun(t, plan("a", "b"), running("a")))
		got := s.book().asked
		if len(got) != 1 || got[0].Kind != "k" || got[0].Elapsed != 90 || len(got[0].Laps) != 2 || got[0].Laps[0].State != estimate.Running {
			t.Errorf("asked for %+v", got)
		}
	})
}

// TestLongPlans holds that an estimate of a long plan is used again for a moment,
// while the task goes on as it did, and that there are not too many such.
func TestLongPlans(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{guess: minutes}
		o := s.run(t)
		for steps, want := range map[int][]int{longPlan: {1, 2, 3, 4, 5, 6}, longPlan + 1: {1, 1, 2, 3, 4, 5}} {
			list := make([]progress.Step, steps)
			for i := range list {
				list[i].Order = i + 1
			}
			task := &progress.Task{ID: progress.TaskID(fmt.Sprint(steps)), Spec: &progress.Spec{Kind: "k"}, Run: 1, Steps: progress.SetSteps(list)}
			s.book().asked = nil
			for i, change := range []func(){
				func() {}, func() { task.Version++ }, func() { time.Sleep(reuse) },
				func() { task.Run++ }, func() { task.Attempt++ }, func() { task.Status = progress.Paused },
			} {
				change()
				if got := o.ETA(task); got == nil || got.Likely != 100 || len(s.book().asked) != want[i] {
					t.Errorf("%d steps: after change %d the book was asked %d times, want %d: %+v", steps, i, len(s.book().asked), want[i], got)
				}
			}
			for i := range 3 * mostReuse {
				task.ID = progress.TaskID(fmt.Sprint("other", i))
				o.ETA(task)
			}
		}
		if n := len(o.again.told); n == 0 || n > mostReuse {
			t.Errorf("%d estimates are kept", n)
		}
	})
}

// TestRounding holds that numbers are whole, in order and of this world.
func TestRounding(t *testing.T) {
	t.Parallel()
	some := estimate.Basis{Runs: 1}
	for _, c := range []struct{ low, likely, high float64 }{
		{0.2, 0.4, 0.6}, {9, 5, 7}, {5, 9, 7}, {-3, -2, -1}, {math.NaN(), 5, math.Inf(1)}, {math.Inf(-1), math.Inf(1), 3}, {1, math.NaN(), 1},
	} {
		got := shown(estimate.Guess{Low: c.low, Likely: c.likely, High: c.high, Basis: some}, 0)
		if got.Low < 0 || got.Low > got.Likely || got.Likely > got.High || got.High > longest {
			t.Errorf("%v is %+v", c, got)
		}
	}
	if got := shown(estimate.Guess{Low: 1, Likely: 2, High: 3}, 0); got != nil {
		t.Errorf("what rests on nothing is shown as %+v", got)
	}
}

// TestLearnsThePast holds that the past is learned from its beginning, and is
// asked for whoever it belongs to.
func TestLearnsThePast(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		for i := range runsEach + 2 {
			s.keep("k", fmt.Sprint("k", i))
			time.Sleep(time.Second)
		}
		s.keep("other", "x")
		o := s.open()
		if o.Late("k", "step") != 0 {
			t.Error("a step is late by a past that was not read")
		}
		o.begin(t)
		if got := s.book().words(); !strings.HasPrefix(got, "k2 k3 ") || !strings.HasSuffix(got, " k41 x") || strings.Count(got, " ") != runsEach {
			t.Errorf("learned %s", got)
		}
		if asked, _ := s.asks(); len(asked) != 1 || !asked[0].Eyes.All || asked[0].Kind != "" {
			t.Errorf("asked for %+v", asked)
		}
		if got := o.Late("k", "step"); got != 5*time.Second {
			t.Errorf("a step is late after %v", got)
		}
	})
}

// TestKeepsTrying has the store fail for a while, at the begin and later.
func TestKeepsTrying(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{guess: minutes, fails: errors.New("the disk is gone")}
		s.keep("k", "a")
		o := s.run(t)
		start := time.Now()
		time.Sleep(100 * time.Second)
		if got := o.ETA(begun(t, plan("a"))); got != nil {
			t.Errorf("without a past it is %+v", got)
		}
		s.fail(nil)
		time.Sleep(mostRest)
		var after []time.Duration
		_, times := s.asks()
		for _, at := range times {
			after = append(after, at.Sub(start).Round(time.Second)/time.Second)
		}
		if want := []time.Duration{0, 1, 3, 7, 15, 31, 63, 123}; !slices.Equal(after, want) {
			t.Errorf("asked after %v seconds, want %v", after, want)
		}
		if got := o.ETA(begun(t, plan("a"))); got == nil || s.book().words() != "a" {
			t.Errorf("is %+v, learned %s", got, s.book().words())
		}
		s.fail(errors.New("the disk is gone again"))
		time.Sleep(5 * lookEvery)
		if n := strings.Count(s.log(), "the disk is gone\"") + 10*strings.Count(s.log(), "the disk is gone again\""); n != 11 {
			t.Errorf("logged\n%s", s.log())
		}
	})
}

// TestLearnsAsRunsEnd holds that each end is learned once: what ends here at once,
// what ends on other nodes within a minute or so, what ends again again.
func TestLearnsAsRunsEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		s.keep("k", "a")
		o := s.run(t)
		time.Sleep(time.Second)
		o.Learn(s.keep("k", "b", "c"))
		synctest.Wait()
		if got := s.book().words(); got != "a b c" {
			t.Fatalf("learned %s", got)
		}
		s.keep("k", "far")
		time.Sleep(lookEvery)
		synctest.Wait()
		if got := s.book().words(); got != "a b c far" {
			t.Fatalf("learned %s", got)
		}
		time.Sleep(5 * lookEvery)
		o.Learn(s.keep("k", "b"))
		time.Sleep(5 * lookEvery)
		if got := s.book().words(); got != "a b c far b" || s.written() != 1 {
			t.Errorf("learned %s", got)
		}
		asked, _ := s.asks()
		if q := asked[len(asked)-1]; q.Each != 0 || q.Since.IsZero() || !q.Eyes.All {
			t.Errorf("looked for %+v", q)
		}
	})
}

// TestManyEnds has more runs end than are learned from: none is waited for, and all
// is known in the end.
func TestManyEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{fails: errors.New("not now")}
		o := s.run(t)
		for i := range waiting + 10 {
			o.Learn(s.keep(fmt.Sprint("kind", i%30), fmt.Sprint("r", i)))
		}
		s.fail(nil)
		time.Sleep(time.Minute)
		want := strings.Count(s.book().words(), " ") + 1
		if !strings.HasSuffix(s.book().words(), fmt.Sprint(" r", waiting+9)) || want != waiting+10 {
			t.Errorf("learned %d runs: %s", want, s.book().words())
		}
		if strings.Count(s.log(), "more runs end") != 1 {
			t.Errorf("logged\n%s", s.log())
		}
	})
}

// TestManyFarEnds has more runs end on other nodes than are looked through.
func TestManyFarEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		s.run(t)
		time.Sleep(time.Second)
		for i := range looked + 1 {
			s.keep("k", fmt.Sprint("r", i))
		}
		time.Sleep(lookEvery + againRest)
		synctest.Wait()
		if got := s.book().words(); s.written() != 2 || !strings.HasSuffix(got, fmt.Sprint(" r", looked)) {
			t.Errorf("%d books, learned %s", s.written(), got)
		}
	})
}

// TestManyKinds holds that what is known stays bounded.
func TestManyKinds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		o := s.run(t)
		for i := range mostKinds + 1 {
			o.Learn(s.keep(fmt.Sprint("kind", i), fmt.Sprint("r", i)))
			time.Sleep(time.Millisecond)
		}
		time.Sleep(10 * time.Minute)
		got := strings.Fields(s.book().words())
		if s.written() != 2 || len(got) != kindsRead || got[0] != fmt.Sprint("r", mostKinds+1-kindsRead) {
			t.Errorf("%d books, %d kinds: %.100s", s.written(), len(got), got)
		}
	})
}

// TestTogether is for the race detector.
func TestTogether(t *testing.T) {
	t.Parallel()
	s := &shelf{guess: minutes}
	o := s.open()
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() { o.Run(ctx) })
	task := begun(t, plan("a", "b"), running("a"))
	for i := range 4 {
		all.Go(func() {
			for n := range 200 {
				o.Learn([]store.Past{{Run: estimate.Run{ID: fmt.Sprint(i, "/", n), Kind: "k"}, Ended: at}})
				o.ETA(task)
				o.Late("k", "a")
			}
		})
	}
	for o.ETA(task) == nil {
		time.Sleep(time.Millisecond)
	}
	cancel()
	all.Wait()
}
