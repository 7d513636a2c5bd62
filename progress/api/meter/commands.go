package meter

import (
	"context"
	"errors"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/taskherald/herald/progress"
)

// commands are the metrics of what is asked of tasks.
type commands struct {
	executed *prometheus.CounterVec
	done     map[progress.Verb]prometheus.Counter // those that were; not changed after newCommands
	lines    prometheus.Counter
	stalls   *prometheus.CounterVec
}

// The outcomes that are no progress.Code.
const (
	outcomeDone  = "ok"
	outcomeGiven = "given_up"
)

func newCommands() commands {
	c := commands{
		executed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "herald_commands_total",
			Help: "Commands to tasks by verb and outcome: ok, the code of the refusal, or given_up where the caller went away.",
		}, []string{"verb", "outcome"}),
		lines: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "herald_log_lines_total", Help: "Lines of output that were stored.",
		}),
		stalls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "herald_stalls_total",
			Help: "How often this server has said that a task does not move, by cause: no_worker, quiet or overrun.",
		}, []string{"cause"}),
		done: map[progress.Verb]prometheus.Counter{},
	}
	for _, why := range []progress.Cause{progress.CauseNoWorker, progress.CauseQuiet, progress.CauseOverrun} {
		c.stalls.WithLabelValues(string(why)) // so that 0 can be read
	}
	for _, r := range progress.Rules() {
		c.done[r.Verb] = c.executed.WithLabelValues(string(r.Verb), outcomeDone)
	}
	return c
}

// Commanded counts a command by its outcome.
func (c *commands) Commanded(do progress.Change, err error) {
	verb := do.Verb()
	if err != nil {
		c.executed.WithLabelValues(string(verb), outcome(err)).Inc()
		return
	}
	c.done[verb].Inc()
	if l, ok := do.(progress.Log); ok {
		c.lines.Add(float64(len(l.Lines)))
	}
}

// Stalled counts a task that was said not to move.
func (c *commands) Stalled(why progress.Cause) { c.stalls.WithLabelValues(string(why)).Inc() }

func outcome(err error) string {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return outcomeGiven
	}
	return string(progress.CodeOf(err))
}
