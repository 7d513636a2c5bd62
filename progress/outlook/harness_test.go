package outlook

import (
	"context"
	"encoding/json"
	"log/slog"
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
