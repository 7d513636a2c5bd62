package runner

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
	"github.com/taskherald/herald/progress/runner/proc"
)

func TestOrders(t *testing.T) {
	t.Parallel()
	answer := func(s progress.Status, c progress.Control, step, run, attempt int) client.Answer {
		return client.Answer{Task: "x", Status: s, Control: c, Step: step, Run: run, Attempt: attempt}
	}
	o := newOrders()
	o.begin(progress.Fence{Run: 1, Attempt: 1})
	o.hear(answer(progress.Paused, progress.ControlPause, 0, 1, 1))
	select {
	case <-o.changed:
	default:
		t.Error("nobody is told of a change")
	}
	if now := o.take(); !now.paused || now.stop != "" || now.again != nil {
		t.Errorf("%+v", now)
	}
	o.hear(answer(progress.Running, progress.ControlSkip, 3, 1, 1))
	o.hear(answer(progress.Running, "", 0, 1, 1))
	o.hear(answer(progress.Running, progress.ControlSkip, 5, 1, 1))
	if now := o.take(); now.paused || len(now.skips) != 2 || now.skips[0] != 3 || now.skips[1] != 5 {
		t.Errorf("%+v", now)
	}
	if now := o.take(); len(now.skips) != 0 {
		t.Errorf("told twice: %+v", now)
	}
	o.hear(answer(progress.Running, progress.ControlRestart, 0, 2, 1))
	if now := o.take(); now.again == nil || now.again.run != 2 || now.again.control != progress.ControlRestart {
		t.Errorf("%+v", now)
	}
	o.begin(progress.Fence{Run: 2, Attempt: 1})
	o.hear(answer(progress.Running, progress.ControlRestart, 0, 2, 1)) // late, of a report of run 1
	if now := o.take(); now.again != nil || now.stop != "" {
		t.Errorf("%+v", now)
	}
	o.hear(answer(progress.Pending, progress.ControlRetry, 2, 2, 2))
	o.hear(answer(progress.Failed, progress.ControlFail, 2, 2, 2))
	if now := o.take(); now.again == nil || now.again.step != 2 || now.stop != progress.ControlFail {
		t.Errorf("%+v", now)
	}
}

func TestOrdersLearnTheRun(t *testing.T) {
	t.Parallel()
	o := newOrders()
	o.hear(client.Answer{Status: progress.Running, Run: 4, Attempt: 2})
	if now := o.take(); now.again != nil {
		t.Errorf("%+v", now)
	}
	o.hear(client.Answer{Status: progress.Pending, Run: 4, Attempt: 3, Control: progress.ControlSkip, Step: 1})
	if now := o.take(); now.again == nil || now.again.attempt != 3 || len(now.skips) > 0 {
		t.Errorf("%+v", now)
	}
}

// TestReinWaits measures pauses on a clock of its own.
func TestReinWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRein(0, nil)
		begin := time.Now()
		time.AfterFunc(1*time.Second, func() { r.pause(true) })
		time.AfterFunc(2*time.Second, func() { r.pause(true) }) // which it is
		time.AfterFunc(61*time.Second, func() { r.pause(false) })
		time.AfterFunc(62*time.Second, func() { r.pause(true) })
		time.AfterFunc(72*time.Second, func() { r.pause(false) })
		if r.wait(10*time.Second, nil) {
			t.Error("halted")
		}
		if took := time.Since(begin); took < 80*time.Second || took > 81*time.Second {
			t.Errorf("10 s with pauses of 70 s took %s", took)
		}
		slept, now := r.asleep()
		if slept != 70*time.Second || now {
			t.Errorf("asleep for %s, %v", slept, now)
		}
		r.pause(true)
		done := make(chan struct{})
		time.AfterFunc(time.Hour, func() { close(done) })
		if r.wait(time.Minute, done) || time.Since(begin) < time.Hour {
			t.Error("a pause does not hold it")
		}
		time.AfterFunc(time.Second, r.halt)
		if !r.wait(time.Hour, nil) || !r.halted() {
			t.Error("not halted")
		}
		r.halt() // again
		r.pause(false)
		if _, now := r.asleep(); !now {
			t.Error("what is to end was resumed")
		}
	})
}

// TestReinLimit fires after the time without pauses, and not after the end.
func TestReinLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begin, r := time.Now(), newRein(0, nil)
		time.AfterFunc(time.Second, func() { r.pause(true) })
		time.AfterFunc(time.Minute, func() { r.pause(false) })
		if !<-limit(2*time.Second, r, nil) {
			t.Error("it did not fire")
		}
		if took := time.Since(begin); took < 61*time.Second || took > 62*time.Second {
			t.Errorf("after %s", took)
		}
		ended := make(chan struct{})
		late := limit(time.Hour, r, ended)
		time.AfterFunc(time.Second, func() { close(ended) })
		if <-late || <-limit(0, r, ended) {
			t.Error("it fired after the end")
		}
		late = limit(time.Hour, r, nil)
		time.AfterFunc(time.Second, r.halt)
		if <-late {
			t.Error("what was halted is not late")
		}
	})
}

// TestReinRaces pauses, resumes and halts a process from all sides.
func TestReinRaces(t *testing.T) {
	t.Parallel()
	for range 5 {
		r := newRein(10*time.Second, nil)
		p, err := proc.Start(proc.Spec{Args: []string{"sh", "-c", "while :; do sleep 0.05; done"}})
		if err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for i := range 8 {
			all.Go(func() {
				for n := range 20 {
					r.pause((n+i)%2 == 0)
				}
				if i == 3 {
					r.halt()
				}
			})
			if i == 4 {
				r.take(p) // in the midst of it
			}
		}
		all.Wait()
		p.Wait()
		r.release()
		if s := state(p.PID()); s != "" {
			t.Errorf("it is left: %s", s)
		}
	}
}

// TestReinHoldsWhatComes pauses and halts what it is given later.
func TestReinHoldsWhatComes(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := newRein(10*time.Second, nil)
	r.pause(true)
	one, err := proc.Start(proc.Spec{Args: []string{"sleep", "1000"}})
	if err != nil {
		t.Fatal(err)
	}
	r.take(one)
	p.awaitStopped(one.PID())
	r.halt()
	one.Wait()
	r.release()
	other, err := proc.Start(proc.Spec{Args: []string{"sleep", "1000"}})
	if err != nil {
		t.Fatal(err)
	}
	r.take(other)
	if e := other.Wait(); e.Code != 128+15 {
		t.Errorf("%+v", e)
	}
	r.release()
}
