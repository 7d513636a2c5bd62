package outlook

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskherald/herald/progress/estimate"
	"github.com/taskherald/herald/progress/store"
)

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

// TestLongRunsAreCut holds that as much of a long run is read as it takes to
// learn it, and no more.
func TestLongRunsAreCut(t *testing.T) {
	t.Parallel()
	run := func(id int, laps int) *estimate.Run {
		r := &estimate.Run{ID: fmt.Sprint(id), Kind: "k", Outcome: estimate.Success, Laps: make([]estimate.Lap, laps)}
		for i := range r.Laps {
			took := 1 + float64((i+id)%3)
			r.Laps[i] = estimate.Lap{Name: fmt.Sprint(i), State: estimate.Done, From: r.Elapsed, Active: took}
			r.Elapsed += took
		}
		return r
	}
	for _, laps := range []int{200, 256, 257, 2000} {
		whole, cut := estimate.NewBook(), estimate.NewBook()
		for id := range 5 {
			r := run(id, laps)
			whole.Learn(r)
			r = run(id, laps)
			r.Laps = r.Laps[:min(laps, lapsRead)]
			cut.Learn(r)
		}
		now := run(9, laps)
		now.Outcome, now.Elapsed = estimate.Underway, 50
		for i := range now.Laps {
			now.Laps[i] = estimate.Lap{Name: now.Laps[i].Name}
		}
		now.Laps[0].State, now.Laps[0].Active = estimate.Running, 50
		want, got := whole.Estimate(now), cut.Estimate(now)
		if want.Basis.Runs != 5 || got != want {
			t.Errorf("of %d laps: %+v, want %+v", laps, got, want)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		s.run(t)
		time.Sleep(lookEvery + time.Second)
		asked, _ := s.asks()
		for _, q := range asked {
			if q.Laps != lapsRead {
				t.Errorf("asked for %+v", q)
			}
		}
		if len(asked) < 2 {
			t.Errorf("asked %d times", len(asked))
		}
	})
}
