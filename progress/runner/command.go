package runner

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"syscall"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
	"github.com/taskherald/herald/progress/runner/proc"
)

// Command runs one command as a new task, and returns its exit code: 127 if
// there is no such command, 126 if it cannot be run, 128+n if signal n killed it.
// When ctx ends the command is stopped. The draft's id is made up if it has none.
func Command(ctx context.Context, o Options, d client.Draft, args []string) int {
	o = o.orDefaults()
	d.Controls = []progress.Verb{progress.VerbPause, progress.VerbResume, progress.VerbRestart}
	if d.ID == "" {
		d.ID = client.NewTaskID()
	}
	c := &command{o: &o, args: args, inputs: d.Inputs, fence: progress.Fence{Run: 1, Attempt: 1}}
	c.link = connect(ctx, c.o, tie{task: d.ID, draft: &d, fence: c.fence})
	defer c.close()
	c.Report(progress.Report{Status: progress.Running, Metadata: origin(&o)})
	for {
		end, next := c.once(ctx)
		if next == nil {
			c.end(end)
			return end.exit.Code
		}
		o.say("restarted as run %d", next.run)
		c.fence = progress.Fence{Run: next.run, Attempt: next.attempt}
		c.begin(c.fence)
		if t, err := o.Client.Task(ctx, c.task); err == nil { // else those that it had
			c.inputs = t.Inputs
		}
		c.Report(progress.Report{Status: progress.Running})
	}
}

// origin says where a task runs. It has no arguments: they may be secrets.
func origin(o *Options) map[string]json.RawMessage {
	host, _ := os.Hostname() // "" is fine
	dir, _ := os.Getwd()
	b, err := json.Marshal(map[string]any{"host": host, "dir": dir, "herald": o.Version})
	if err != nil {
		return nil
	}
	return map[string]json.RawMessage{"runner": b}
}

// command is one command that runs as a task.
type command struct {
	*link
	o      *Options
	args   []string
	inputs json.RawMessage // of the present run
	fence  progress.Fence
	asked  bool // by a signal to this process, to end
}

// ending is how a command ended.
type ending struct {
	exit   proc.Exit
	start  *proc.StartError // it never ran
	gauge  *gauge
	stop   progress.Control // it was cancelled, or the task had failed
	signal bool             // this process was asked to end
}

// once runs the command to its end, or until a newer run of the task is asked.
func (c *command) once(ctx context.Context) (ending, *again) {
	g := newGauge(c.link, progress.StepRef{}, clip(filepath.Base(c.args[0]), 100))
	p, err := proc.Start(proc.Spec{
		Args: c.args, Env: c.environ(),
		Stdin: c.o.Stdin, Stdout: c.o.Stdout, Stderr: c.o.Stderr, Watch: g.watch,
		Terminal: true,
	})
	if err != nil {
		return c.unstarted(err, g), nil
	}
	c.o.raw.Store(p.Terminal())
	defer c.o.raw.Store(false)
	defer p.Restore()
	r := newRein(c.o.Grace, nil)
	r.take(p)
	end := ending{gauge: g}
	exited := make(chan proc.Exit, 1)
	go func() {
		exit := p.Wait()
		r.release()
		exited <- exit
	}()
	done := ctx.Done()
	for {
		select {
		case end.exit = <-exited:
			g.close()
			now := c.take()
			end.stop, end.signal = now.stop, c.asked
			return end, now.again
		case <-done:
			c.asked, done = true, nil
			r.halt()
		case <-c.changed:
			now := c.take()
			r.pause(now.paused)
			if now.stop != "" || now.again != nil {
				r.halt()
			}
		case s := <-c.o.Signals:
			c.asked = true
			_ = p.Signal(s) // it has ended already
		}
	}
}

// environ is what the command finds in its environment.
func (c *command) environ() []string {
	return append(append([]string{}, c.o.Environ...), standard(c.o, c.task, c.fence, c.inputs)...)
}

func (c *command) unstarted(err error, g *gauge) ending {
	end := ending{gauge: g, exit: proc.Exit{Code: 126}}
	if s, ok := errors.AsType[*proc.StartError](err); ok {
		end.start, end.exit.Code = s, s.Code
	} else {
		end.start = &proc.StartError{Code: 126, Err: err}
	}
	c.o.say("%s", err)
	return end
}

// end reports how it ended.
func (c *command) end(e ending) {
	at, tail, _ := e.gauge.lastly()
	r := progress.Report{Status: progress.Completed}
	switch {
	case e.stop != "":
		return // the server has ended it
	case e.start != nil:
		r = failure(at, startFault(e.start))
	case e.exit.Code == 0:
		if !at.None() {
			c.Report(progress.Report{Step: at, StepStatus: progress.StepCompleted})
		}
	case e.signal, e.exit.Signal == syscall.SIGINT: // Ctrl-C in a terminal goes to the command alone
		r.Status, r.Error = progress.Cancelled, &progress.Fault{Type: "interrupted", Message: "interrupted: " + exitText(e.exit)}
	default:
		r = failure(at, faultOf(e.exit, tail))
	}
	r.Metadata = map[string]json.RawMessage{
		"exit": detail(map[string]any{"code": e.exit.Code, "duration_ms": e.exit.Ended.Sub(e.exit.Started).Milliseconds()}),
	}
	c.Report(r)
}
