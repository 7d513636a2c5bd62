package chat

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// working is a queue with workers, until the test ends.
func working(t *testing.T) *queue {
	t.Helper()
	q := newQueue(slog.New(slog.DiscardHandler))
	q.take()
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { q.work(ctx); close(done) }()
	t.Cleanup(func() { stop(); <-done })
	return q
}

// TestQueueOrder holds that jobs of a lane are done in their order and one at a time, and
// those of others meanwhile.
func TestQueueOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := working(t)
		var mu sync.Mutex
		done := map[string][]int{}
		under := map[string]int{}
		for i := range 20 {
			for _, lane := range []string{"a", "b", "c"} {
				ok := q.put(lane, lane, func(context.Context) {
					mu.Lock()
					if under[lane]++; under[lane] > 1 {
						t.Errorf("two jobs of %s at a time", lane)
					}
					mu.Unlock()
					time.Sleep(time.Second)
					mu.Lock()
					under[lane]--
					done[lane] = append(done[lane], i)
					mu.Unlock()
				})
				if !ok {
					t.Fatal("there is no room")
				}
			}
		}
		began := time.Now()
		if !q.drain(time.Minute) {
			t.Fatal("something is left")
		}
		for lane, list := range done {
			if len(list) != 20 || !slices.IsSorted(list) {
				t.Errorf("%s: %v", lane, list)
			}
		}
		if took := time.Since(began); len(done) != 3 || took != 20*time.Second {
			t.Errorf("%d lanes took %s", len(done), took)
		}
	})
}

// TestQueueStall holds that a lane in which nothing moves keeps no other from its turn, and
// that a mistake in one job ends no other.
func TestQueueStall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := working(t)
		stuck := make(chan struct{})
		for i := range 100 {
			if q.put("stuck", "stuck", func(context.Context) { <-stuck }) != (i < mostEach) {
				t.Errorf("of one person there is room for %d", i)
			}
		}
		n := 0
		q.put("other", "other", func(context.Context) { panic("a mistake") })
		q.put("other", "other", func(context.Context) { n++ })
		synctest.Wait()
		if n != 1 {
			t.Error("the other lane has to wait")
		}
		close(stuck)
		if !q.drain(time.Second) {
			t.Error("something is left")
		}
	})
}

// TestQueueBound holds that there is room for so much and no more, that nobody waits for it,
// and that nothing is taken any more in the end.
func TestQueueBound(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(slog.New(slog.DiscardHandler))
		if !q.full() || q.put("x", "x", func(context.Context) {}) {
			t.Error("something is taken before it is open")
		}
		q.take()
		for i := range mostQueued {
			if q.full() || !q.put(fmt.Sprint(i%7), fmt.Sprint(i%20), func(context.Context) {}) {
				t.Fatalf("there is no room for the %dth", i)
			}
		}
		if !q.full() || q.put("x", "x", func(context.Context) {}) {
			t.Error("there is room for more")
		}
		if q.drain(time.Second) {
			t.Error("nobody works, and nothing is left")
		}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { q.work(ctx); close(done) }()
		if !q.drain(time.Second) {
			t.Error("something is left")
		}
		if q.put("x", "x", func(context.Context) {}) || len(q.lanes)+len(q.each) != 0 {
			t.Error("something is taken after the end")
		}
		stop()
		<-done
		q.take()
		if q.full() || !q.put("x", "x", func(context.Context) {}) || q.drain(time.Second) {
			t.Error("it does not open again")
		}
		if q.take(); !q.drain(0) {
			t.Error("what was left is there still")
		}
	})
}

// TestSeen holds that what came is known for hours, is bounded, and may be forgotten.
func TestSeen(t *testing.T) {
	t.Parallel()
	s, now := newSeen(), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	s.most = 100
	for _, step := range []struct {
		after time.Duration
		key   string
		first bool
	}{
		{0, "a", true}, {0, "a", false}, {0, "", true}, {0, "", true}, {time.Hour, "a", false}, {time.Hour, "a", true}, {0, "b", true},
	} {
		if now = now.Add(step.after); s.first(step.key, now) != step.first {
			t.Errorf("%q after %s: %t", step.key, step.after, !step.first)
		}
	}
	s.forget("b")
	if !s.first("b", now.Add(time.Second)) || s.first("b", now.Add(time.Second)) {
		t.Error("what was forgotten is not new")
	}
	for i := range 1000 {
		s.first(fmt.Sprint(i), now.Add(time.Second))
	}
	if len(s.at) > s.most || len(s.order) > s.most || s.first("999", now.Add(time.Second)) {
		t.Errorf("%d are known, %d in order", len(s.at), len(s.order))
	}
}

// TestTempo holds that people may say a lot, and machines not for ever.
func TestTempo(t *testing.T) {
	t.Parallel()
	p, now := newTempo(), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	n, told := 0, 0
	for range 3600 {
		ok, first := p.allow("bot", now)
		if ok {
			n++
		}
		if first {
			told++
		}
		now = now.Add(time.Second)
	}
	if n < 1200 || n > 1300 || told < 5 || told > 7 {
		t.Errorf("of one a second for an hour %d are answered, and %d with that it is too much", n, told)
	}
	if ok, _ := p.allow("ann", now); !ok {
		t.Error("another one may say nothing")
	}
	for i := range mostPaced + 10 {
		p.allow(fmt.Sprint(i), now)
		now = now.Add(saidEvery)
	}
	if len(p.full) > mostPaced || len(p.told) > mostPaced {
		t.Errorf("%d are known, %d told", len(p.full), len(p.told))
	}
}

// TestFact holds that Slack is asked by one for all, that what it says counts for a while, and
// a little longer where it does not answer.
func TestFact(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		asked, down := 0, false
		f := NewFact(time.Now, time.Minute, 10*time.Minute, func(ctx context.Context) (string, error) {
			asked++
			if down {
				<-ctx.Done()
				return "", ctx.Err()
			}
			time.Sleep(time.Second)
			return fmt.Sprint("fact ", asked), nil
		})
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				if is, err := f.Get(t.Context()); is != "fact 1" || err != nil {
					t.Errorf("%q, %v", is, err)
				}
			})
		}
		all.Wait()
		time.Sleep(time.Minute)
		down = true
		for range 3 {
			if is, err := f.Get(t.Context()); is != "fact 1" || err != nil {
				t.Errorf("%q, %v", is, err)
			}
		}
		if asked != 2 {
			t.Errorf("it was asked %d times", asked)
		}
		time.Sleep(10 * time.Minute)
		if is, err := f.Get(t.Context()); is != "" || err == nil || !strings.Contains(err.Error(), "deadline") {
			t.Errorf("%q, %v", is, err)
		}
		down = false
		time.Sleep(askAgain)
		if is, err := f.Get(t.Context()); is != "fact 4" || err != nil {
			t.Errorf("%q, %v", is, err)
		}
	})
}

// TestFactWait holds that who cannot wait for another one that asks gets what was known before,
// for as long as that counts.
func TestFactWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		hangs := false
		f := NewFact(time.Now, time.Minute, 10*time.Minute, func(ctx context.Context) (string, error) {
			if hangs {
				<-ctx.Done()
			}
			return "fact", ctx.Err()
		})
		get := func(want string, ok bool) {
			t.Helper()
			ctx, stop := context.WithTimeout(t.Context(), time.Second)
			defer stop()
			go func() { _, _ = f.Get(t.Context()) }() // another one, who waits for longer
			synctest.Wait()
			began := time.Now()
			if is, err := f.Get(ctx); is != want || (err == nil) != ok || time.Since(began) > time.Second {
				t.Errorf("%q, %v after %s", is, err, time.Since(began))
			}
			time.Sleep(askWithin)
		}
		get("fact", true)
		hangs = true
		time.Sleep(5 * time.Minute)
		get("fact", true)
		time.Sleep(5 * time.Minute)
		get("", false)
	})
}

// TestFactHaste holds that who has too little time to ask leaves no mark: the next one asks.
func TestFactHaste(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := NewFact(time.Now, time.Minute, 10*time.Minute, func(ctx context.Context) (string, error) {
			select {
			case <-ctx.Done():
				return "", ctx.Err()
			case <-time.After(2 * time.Second):
				return "fact", nil
			}
		})
		haste, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		if is, err := f.Get(haste); is != "" || err == nil {
			t.Errorf("%q, %v", is, err)
		}
		if is, err := f.Get(t.Context()); is != "fact" || err != nil {
			t.Errorf("%q, %v", is, err)
		}
	})
}
