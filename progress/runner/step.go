package runner

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/runner/pipeline"
	"github.com/taskherald/herald/progress/runner/proc"
)

// heardWithin is how long a step waits for the server to have heard that it
// begins, as the answer may be that it is not to.
const heardWithin = time.Second

// hand does the work of one step, in a goroutine of its own.
type hand struct {
	*conductor // its link, its file and what never changes: the rest is not the hand's
	*work
	i    int
	step *pipeline.Step
}

// run runs the command of the step to its end.
func (h *hand) run(ctx context.Context) result {
	begin := time.Now()
	if h.step.Approval == nil {
		h.Report(progress.Report{Step: h.ref(h.i), StepStatus: progress.StepRunning})
		h.settle(ctx, heardWithin)
		h.yield()
	}
	r := h.tries(ctx)
	if r.status != "" {
		h.prints.ended(h.step.Name, r, time.Since(begin))
	}
	return r
}

// yield lets the conductor obey what it was told, as that may end this step.
func (h *hand) yield() {
	turn := make(chan struct{})
	select {
	case h.turns <- turn:
		<-turn
	case <-h.rein.stopped:
	}
}

// stopped is what becomes of a step that was asked to end before its time.
func (h *hand) stopped() result {
	if h.skip.Load() {
		return result{step: h.i, status: progress.StepSkipped, told: true}
	}
	return result{step: h.i}
}

// tries runs a step's command until it succeeds or there are no retries left.
func (h *hand) tries(ctx context.Context) result {
	s := h.step
	for try := 1; ; try++ {
		if h.halted() {
			return h.stopped()
		}
		fault := h.try()
		switch {
		case fault == nil:
			return result{step: h.i, status: progress.StepCompleted}
		case h.halted():
			return h.stopped()
		case try > s.Retries:
			return result{step: h.i, status: progress.StepFailed, fault: fault}
		}
		pause := backoff(s, try)
		said := fmt.Sprintf("%s: try %d of %d failed (%s); again in %s", s.Name, try, s.Retries+1, clip(fault.Message, 200), pause.Round(100*time.Millisecond))
		h.Report(progress.Report{Step: h.ref(h.i), Message: &said})
		h.link.o.say("%s", said)
		if h.wait(pause, ctx.Done()) {
			return h.stopped()
		}
	}
}

// backoff is the wait before the next try: up to twice as long each time, with
// full jitter so that many runners do not come back at once.
func backoff(s *pipeline.Step, try int) time.Duration {
	most := s.Backoff
	for range try - 1 {
		most = min(2*most, s.BackoffMax)
	}
	if most <= 0 {
		return 0
	}
	return rand.N(most) + 1 //nolint:gosec // jitter, not a secret
}

// try runs a step's command once; nil means success.
func (h *hand) try() *progress.Fault {
	s := h.step
	g := newGauge(h.link, h.ref(h.i), s.Name)
	out := h.prints.of(s.Name)
	p, err := proc.Start(proc.Spec{
		Args: s.Args, Dir: s.Dir, Env: h.environ(), Mark: h.state.mark(s.Name),
		Watch: func(stream int, b []byte) {
			g.watch(stream, b)
			out.watch(stream, b)
		},
	})
	if err != nil {
		return startFault(err)
	}
	h.take(p)
	ended := make(chan struct{})
	late := limit(s.Timeout, h.rein, ended)
	exit := p.Wait()
	close(ended)
	h.release()
	g.close()
	out.close()
	_, tail, _ := g.lastly()
	switch {
	case <-late:
		return lateFault(s.Timeout, tail)
	case exit.Code != 0:
		return faultOf(exit, tail)
	}
	return nil
}

// limit stops what a rein holds after a time in which it was not paused, 0 for no
// limit. It tells whether it did once the process has ended.
func limit(d time.Duration, r *rein, ended <-chan struct{}) <-chan bool {
	late := make(chan bool, 1)
	go func() {
		if d == 0 || r.wait(d, ended) {
			late <- false
			return
		}
		select {
		case <-ended:
			late <- false
		default:
			r.end()
			late <- true
		}
	}()
	return late
}

// environ is what a step's command finds in its environment.
func (h *hand) environ() []string {
	env := append([]string{}, h.link.o.Environ...)
	env = append(env, h.file.Environ(h.i)...)
	env = append(env, "HERALD_STEP="+h.step.Name)
	return append(env, standard(h.link.o, h.task, progress.Fence{Run: h.state.Run, Attempt: h.state.Attempt}, h.inputs)...)
}

// mostInputs is how long inputs may be to go into the environment, in bytes: the
// system takes 128 KiB in one variable.
const mostInputs = 100 << 10

// standard is what every command finds in its environment of its task.
func standard(o *Options, id progress.TaskID, f progress.Fence, inputs json.RawMessage) []string {
	env := []string{
		"HERALD_URL=" + o.Client.URL(), "HERALD_TASK=" + string(id),
		"HERALD_RUN=" + strconv.Itoa(f.Run), "HERALD_ATTEMPT=" + strconv.Itoa(f.Attempt),
	}
	if len(inputs) <= mostInputs {
		env = append(env, "HERALD_INPUTS="+string(orNull(inputs)))
	}
	return env
}

// orNull is a JSON value, null for none.
func orNull(v json.RawMessage) json.RawMessage {
	if len(v) == 0 {
		return json.RawMessage("null")
	}
	return v
}
