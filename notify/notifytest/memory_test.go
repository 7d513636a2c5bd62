package notifytest_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/notifytest"
)

var (
	here  = notify.Address{Channel: "memory", To: "here"}
	there = notify.Address{Channel: "memory", To: "there"}
)

// fateOf is the failure that an error is.
func fateOf(t *testing.T, err error) *notify.Failure {
	t.Helper()
	f, ok := errors.AsType[*notify.Failure](err)
	if !ok {
		t.Fatalf("%v is no failure", err)
	}
	return f
}

func TestPowersAreThoseAskedFor(t *testing.T) {
	t.Parallel()
	for powers := range notifytest.Edits | notifytest.Finds | notifytest.Paces + 1 {
		c := notifytest.NewMemory(powers).Channel()
		_, edits := c.(notify.Editor)
		_, finds := c.(notify.Finder)
		_, paces := c.(notify.Pacer)
		if edits != (powers&notifytest.Edits != 0) || finds != (powers&notifytest.Finds != 0) || paces != (powers&notifytest.Paces != 0) {
			t.Errorf("powers %b: edits %v, finds %v, paces %v", powers, edits, finds, paces)
		}
	}
}

func TestDoublesAreCounted(t *testing.T) {
	t.Parallel()
	m := notifytest.NewMemory()
	for _, id := range []string{"a", "b", "a"} {
		if _, err := m.Channel().Send(t.Context(), here, notify.Message{ID: id}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := m.Channel().Send(t.Context(), there, notify.Message{ID: "a"}); err != nil {
		t.Fatal(err)
	}
	var times []int
	for _, a := range m.Arrived() {
		times = append(times, a.Times)
	}
	if len(times) != 3 || times[0] != 2 || times[1] != 1 || times[2] != 1 {
		t.Fatalf("came %v times, want 2, 1 and at the other address 1", times)
	}
}

func TestFaultsMeetTheirCalls(t *testing.T) {
	t.Parallel()
	m := notifytest.NewMemory()
	m.Fail(notifytest.Status(notify.Limited, time.Minute), notifytest.Fault{})
	m.FailAt(there, notifytest.Lost())
	m.Down(here, notifytest.Status(notify.Transient, 0))
	send := func(to notify.Address) error {
		_, err := m.Channel().Send(t.Context(), to, notify.Message{ID: "a"})
		return err
	}
	if f := fateOf(t, send(here)); f.Fate != notify.Transient || f.Doubt {
		t.Error("down:", f)
	}
	if f := fateOf(t, send(there)); f.Fate != notify.Transient || !f.Doubt || len(m.Arrived()) != 1 {
		t.Error("lost:", f, m.Arrived())
	}
	m.Up(here)
	if f := fateOf(t, send(here)); f.Fate != notify.Limited || f.After != time.Minute {
		t.Error("limited:", f)
	}
	if err := errors.Join(send(here), send(here)); err != nil || len(m.Arrived()) != 2 {
		t.Error("the faults are over:", err, m.Arrived())
	}
}

func TestTheRecordHasTimes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := notifytest.NewMemory()
		began := time.Now()
		m.Fail(notifytest.Fault{Slow: 3 * time.Second}, notifytest.Fault{Hang: true}, notifytest.Fault{Hang: true, Keep: true})
		var wg sync.WaitGroup
		for _, id := range []string{"slow", "hang", "kept"} {
			wg.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				if _, err := m.Channel().Send(ctx, here, notify.Message{ID: id}); (err == nil) != (id == "slow") {
					t.Error(id, err)
				}
			})
			synctest.Wait()
		}
		wg.Wait()
		calls := m.Calls()
		for i, want := range []time.Duration{3 * time.Second, 10 * time.Second, 10 * time.Second} {
			if c := calls[i]; !c.At.Equal(began) || c.Ended.Sub(c.At) != want || c.Beside != i {
				t.Errorf("call %d began after %v, lasted %v, want %v, beside %d", i, c.At.Sub(began), c.Ended.Sub(c.At), want, c.Beside)
			}
		}
		if calls[0].Err != nil || !fateOf(t, calls[1].Err).Doubt || !fateOf(t, calls[2].Err).Doubt {
			t.Error(calls)
		}
		if got := m.Arrived(); len(got) != 2 || got[0].Message.ID != "kept" || got[1].Message.ID != "slow" || !got[1].At.Equal(began.Add(3*time.Second)) {
			t.Error("arrived", got)
		}
	})
}

func TestTheBoundIsASlidingWindow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := notifytest.NewMemory(notifytest.Finds)
		m.Bound(notify.Allowance{Calls: 2, Window: time.Minute})
		send := func() error {
			_, err := m.Channel().Send(t.Context(), here, notify.Message{})
			return err
		}
		first := send()
		time.Sleep(40 * time.Second)
		if err := errors.Join(first, send()); err != nil {
			t.Fatal(err)
		}
		if f := fateOf(t, send()); f.Fate != notify.Limited || f.After != 20*time.Second {
			t.Error("want to be limited for 20 s:", f, f.After)
		}
		if _, _, err := m.Channel().(notify.Finder).Find(t.Context(), here, notify.Message{}); err != nil {
			t.Error("looking does not count:", err)
		}
		time.Sleep(20 * time.Second)
		if err := send(); err != nil {
			t.Error(err)
		}
	})
}

func TestEditAndFind(t *testing.T) {
	t.Parallel()
	m := notifytest.NewMemory(notifytest.Edits, notifytest.Finds)
	c := m.Channel()
	find := func(id string) (notify.Receipt, bool) {
		r, ok, err := c.(notify.Finder).Find(t.Context(), here, notify.Message{ID: id})
		if err != nil {
			t.Fatal(err)
		}
		return r, ok
	}
	edit := func(far, link string) error {
		_, err := c.(notify.Editor).Edit(t.Context(), here, far, notify.Message{ID: "later", Link: link})
		return err
	}
	m.Fail(notifytest.Lost())
	if _, err := c.Send(t.Context(), here, notify.Message{ID: "a"}); err == nil {
		t.Fatal("the answer was not lost")
	}
	r, ok := find("a")
	if _, other := find("b"); !ok || other {
		t.Fatal("found a:", ok, "found b:", other)
	}
	if err := edit(r.Far, "new"); err != nil || m.Shown(here)[r.Far].Link != "new" || len(m.Shown(there)) != 0 {
		t.Error(err, m.Shown(here), m.Shown(there))
	}
	m.Delete(here, r.Far)
	if f := fateOf(t, edit(r.Far, "newer")); f.Fate != notify.Gone {
		t.Error("an edit of what was deleted:", f)
	}
}

func TestPaceIsWhatTheTestSays(t *testing.T) {
	t.Parallel()
	m := notifytest.NewMemory(notifytest.Paces)
	m.Pace(notify.Pace{Gap: time.Second})
	if p := m.Channel().(notify.Pacer).Pace(here); p.Gap != time.Second {
		t.Error(p)
	}
}

func TestAwait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := notifytest.NewMemory()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		m.Fail(notifytest.Fault{Slow: time.Second})
		go func() {
			if _, err := m.Channel().Send(ctx, here, notify.Message{ID: "a"}); err != nil {
				t.Error(err)
			}
		}()
		if err := m.Await(ctx, 1); err != nil {
			t.Error(err)
		}
		if err := m.Await(ctx, 2); !errors.Is(err, context.DeadlineExceeded) {
			t.Error("awaited what did not come:", err)
		}
	})
}
