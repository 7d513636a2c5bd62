package client

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/taskherald/herald/progress"
)

// entry is a report that waits, with those that were merged into it.
type entry struct {
	report  progress.Report
	run     int
	attempt int
	first   int64  // number of the oldest report in it
	tick    bool   // newer ones may be merged into it
	own     bool   // its caller gave it its seq
	tries   int    // that ended in a defect of the server
	line    []byte // encoded, once it has a seq
}

// about is the step of an execution that a report speaks of.
type about struct {
	run, attempt int
	step         progress.StepRef
}

func (e *entry) about() about { return about{e.run, e.attempt, e.report.Step} }

// The bounds of what waits.
const (
	maxReports = 100_000 // beyond, only ends are kept
	maxKnown   = 20_000  // steps whose percents are merged
	maxBatch   = 512     // reports of one request
	maxBody    = 4 << 20 // bytes of one request, beyond its first report
)

// backlog are the reports that wait, in order.
type backlog struct {
	waiting []*entry
	sending []*entry // that were numbered: perhaps the server has them already
	known   map[about]bool
	seq     int64 // the newest number that was given
	most    int   // reports of the next request
}

// add puts a report at the end. It reports false when there is no more room.
func (b *backlog) add(e *entry) bool {
	known := b.known[e.about()]
	if !known && len(b.known) < maxKnown {
		b.known[e.about()] = true
	}
	e.tick = known && isTick(e.report) // the first word of a step may begin it, and keeps its place
	if e.tick {
		b.merge(e)
	}
	if !e.tick && !e.report.Status.Ended() && len(b.waiting)+len(b.sending) >= maxReports {
		return false
	}
	b.waiting = append(b.waiting, e)
	return true
}

// isTick reports whether a report only moves numbers and a text, so that a newer
// one makes up for it.
func isTick(r progress.Report) bool {
	return r.StepStatus == "" && r.Substep == "" && r.SubstepDone == nil && r.Metadata == nil && r.Result == nil &&
		r.Error == nil && r.Status == "" && r.Seq == 0
}

// maxMerged is how many metrics a merged report has at most.
const maxMerged = 200

// merge takes the tick about the same step that waits already into a newer one,
// which comes in at the end. What other ticks have said since of the whole task
// is newer than it.
func (b *backlog) merge(e *entry) {
	newer := e.report
	metrics := maps.Clone(newer.Metrics)
	for i := len(b.waiting) - 1; i >= 0 && b.waiting[i].tick; i-- {
		old := b.waiting[i]
		if old.about() == e.about() {
			keep(&e.report, old.report, newer, metrics)
			e.first = min(e.first, old.first)
			b.waiting = slices.Delete(b.waiting, i, i+1)
			return
		}
		newer.Progress, newer.Message = or(newer.Progress, old.report.Progress), or(newer.Message, old.report.Message)
		metrics = with(metrics, old.report.Metrics)
		if len(metrics) > maxMerged {
			return
		}
	}
}

// keep gives a report what an older one said and no newer one has.
func keep(r *progress.Report, old, newer progress.Report, metrics map[string]json.RawMessage) {
	r.StepProgress = or(r.StepProgress, old.StepProgress)
	if newer.Progress == nil {
		r.Progress = old.Progress
	}
	if newer.Message == nil {
		r.Message = old.Message
	}
	more := maps.Clone(old.Metrics)
	maps.DeleteFunc(more, func(name string, _ json.RawMessage) bool { _, ok := metrics[name]; return ok })
	if len(more) > 0 {
		r.Metrics = with(maps.Clone(r.Metrics), more)
	}
}

// or is the first value that there is.
func or[T any](a, b *T) *T {
	if a != nil {
		return a
	}
	return b
}

// with adds to a map what it lacks.
func with(have, more map[string]json.RawMessage) map[string]json.RawMessage {
	if have == nil && len(more) > 0 {
		have = make(map[string]json.RawMessage, len(more))
	}
	for name, value := range more {
		if _, ok := have[name]; !ok {
			have[name] = value
		}
	}
	return have
}

// take numbers what is to be sent next. It stays until it is settled: what may
// have reached the server is sent again as it was.
func (b *backlog) take() []*entry {
	if len(b.sending) == 0 {
		n := min(len(b.waiting), maxBatch)
		b.sending = slices.Clone(b.waiting[:n])
		b.waiting = slices.Delete(b.waiting, 0, n)
		for _, e := range b.sending {
			if e.report.Seq == 0 {
				b.number(e)
			}
			b.seq = max(b.seq, e.report.Seq)
		}
	}
	return slices.Clone(b.sending[:min(len(b.sending), b.most)])
}

// number gives a report the next seq.
func (b *backlog) number(e *entry) {
	b.seq++
	e.report.Seq, e.line = b.seq, nil
}

// settle lets go of reports that were answered. Those that were not, although
// later ones were taken, would count as seen already, so they are numbered anew.
func (b *backlog) settle(done map[*entry]bool, overtaken bool) {
	b.sending = slices.DeleteFunc(b.sending, func(e *entry) bool { return done[e] })
	for _, e := range b.sending {
		if overtaken && !e.own {
			b.number(e)
		}
	}
}

// unfence lets the reports go to whichever run there is.
func (b *backlog) unfence() {
	for _, e := range slices.Concat(b.sending, b.waiting) {
		e.unfence()
	}
	clear(b.known)
}

func (e *entry) unfence() { e.run, e.attempt, e.line = 0, 0, nil }

// all are the reports that wait, each with its number.
func (b *backlog) all() []*entry {
	all := slices.Concat(b.sending, b.waiting)
	for _, e := range all {
		if e.report.Seq == 0 {
			b.number(e)
		}
	}
	return all
}

// oldest is the number of the oldest report that waits, 0 for none.
func (b *backlog) oldest() (n int64) {
	for _, e := range slices.Concat(b.sending, b.waiting) {
		if n == 0 || e.first < n {
			n = e.first
		}
	}
	return n
}
