package runner

import (
	"encoding/json"
	"sync"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/runner/scan"
)

// tickEvery is the least time between two percents of a command.
const tickEvery = 100 * time.Millisecond

// idleAfter is the silence after which a bar is taken as it stands: most are
// redrawn beginning with the carriage return, so that only the next shows the last.
const idleAfter = 200 * time.Millisecond

// mostTail is how many of its last lines are told of a command that failed.
const mostTail = 20

// gauge turns the output of a command into reports and log lines.
type gauge struct {
	link *link
	home progress.StepRef // the step of a pipeline; none for a command by itself
	name string           // of a step for what the output says of substeps, if it names none

	mu      sync.Mutex
	streams [2]*scan.Scanner
	whole   *scan.Whole
	at      progress.StepRef // that is under way: home, or what the output named last
	sub     string           // in a pipeline, what the output named last
	tail    []string
	result  json.RawMessage
	waiting *progress.Report // a percent that follows within tickEvery
	timer   *time.Timer
	silence *time.Timer
}

func newGauge(l *link, home progress.StepRef, name string) *gauge {
	g := &gauge{link: l, home: home, at: home, name: name, whole: new(scan.Whole)}
	for i := range g.streams {
		g.streams[i] = scan.New(g.find)
	}
	return g
}

// watch sees a copy of what the command writes; the streams are 1 and 2.
func (g *gauge) watch(stream int, b []byte) {
	g.mu.Lock()
	defer g.mu.Unlock()
	_, _ = g.streams[stream-1].Write(b) // never fails
	if g.silence == nil {
		g.silence = time.AfterFunc(idleAfter, g.idle)
	} else {
		g.silence.Reset(idleAfter)
	}
}

// idle takes what stands there as it is.
func (g *gauge) idle() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, s := range g.streams {
		s.Idle()
	}
}

// close reports what is left.
func (g *gauge) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.silence != nil {
		g.silence.Stop()
	}
	for _, s := range g.streams {
		s.Close()
	}
	g.flush()
}

// find takes a finding. The caller holds mu, as the scanner does within a Write.
func (g *gauge) find(f scan.Finding) {
	switch f.Kind {
	case scan.Line:
		g.line(f.Line, "")
	case scan.Percent:
		g.percent(f)
	case scan.Step:
		g.step(f.Name)
	case scan.Substep:
		g.substep(f.Name, f.Done)
	case scan.Metric:
		g.report(progress.Report{Metrics: map[string]json.RawMessage{f.Key: f.Value}})
	case scan.Result:
		g.result = f.Value
		g.report(progress.Report{Result: f.Value})
	case scan.Message:
		g.report(progress.Report{Message: &f.Text})
	case scan.Wrong:
		g.line("herald: "+f.Text, "warn")
	}
}

// line logs a line of output.
func (g *gauge) line(text, level string) {
	g.tail = append(g.tail, text)
	if len(g.tail) > mostTail {
		g.tail = g.tail[1:]
	}
	if !g.link.o.Quiet {
		g.link.Log(progress.LogLine{At: time.Now(), Level: level, Step: g.at.Name, Line: text})
	}
}

// percent reports how far the command is: the whole task, if it has declared that
// outside a pipeline, else the step that is under way, if there is one. A step
// that still runs is never reported at 100, which would let others go on.
func (g *gauge) percent(f scan.Finding) {
	if f.Text != "" {
		g.report(progress.Report{Message: &f.Text})
	}
	p, moved := g.whole.Add(f)
	if !moved {
		return
	}
	r := progress.Report{}
	if g.at.None() || (f.Declared && g.home.None()) {
		r.Progress = &p
	} else {
		r.Step, r.StepProgress = g.at, new(min(p, 99.9))
	}
	if g.timer != nil {
		g.waiting = &r
		return
	}
	g.link.Report(r)
	g.timer = time.AfterFunc(tickEvery, g.tick)
}

// tick reports the newest percent that had to wait.
func (g *gauge) tick() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.waiting == nil {
		g.timer = nil
		return
	}
	g.link.Report(*g.waiting)
	g.waiting, g.timer = nil, time.AfterFunc(tickEvery, g.tick)
}

// flush reports a percent that had to wait before what comes after it.
func (g *gauge) flush() {
	if g.waiting != nil {
		g.link.Report(*g.waiting)
		g.waiting = nil
	}
}

func (g *gauge) report(r progress.Report) {
	g.flush()
	g.link.Report(r)
}

// step goes on to a step that the output names: within a pipeline to a substep of
// the step that runs.
func (g *gauge) step(name string) {
	if !g.home.None() {
		if g.sub != "" {
			g.report(progress.Report{Step: g.home, Substep: g.sub, SubstepDone: new(true)})
		}
		g.sub = name
		g.report(progress.Report{Step: g.home, Substep: name, SubstepDone: new(false)})
		return
	}
	if !g.at.None() && g.at.Name != name {
		g.report(progress.Report{Step: g.at, StepStatus: progress.StepCompleted})
	}
	g.at, g.whole = progress.StepRef{Name: name}, new(scan.Whole)
	g.report(progress.Report{Step: g.at, StepStatus: progress.StepRunning})
}

func (g *gauge) substep(name string, done bool) {
	if g.at.None() {
		g.step(g.name)
	}
	g.report(progress.Report{Step: g.at, Substep: name, SubstepDone: &done})
}

// lastly is the step that was under way when the command ended, its last lines,
// and what it gave as its result.
func (g *gauge) lastly() (at progress.StepRef, tail []string, result json.RawMessage) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.at, g.tail, g.result
}
