package textcard

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/taskherald/herald/progress"
)

// steps are the steps with their substeps, folded into so many lines if that is
// above 0.
func (s card) steps(w progress.Wire, room int) []string {
	p := plan{dial: s.dial, steps: w.Steps, digits: len(strconv.Itoa(len(w.Steps))), most: -1}
	switch {
	case len(w.Steps) == 0:
		return nil
	case room <= 0 && s.Height <= 0:
		return p.render(nil, p.all)
	case p.total(p.all) <= room:
		return p.render(nil, p.all)
	case p.total(p.open) <= room:
		return p.render(nil, p.open)
	}
	p.most = p.share(room)
	f := folding{n: len(p.steps), height: func(i int) int { return 1 + p.shown(i, p.open) }, room: room}
	f.order = nearest(len(p.steps), max(w.CurrentStep-1, 0), p.open)
	return p.render(f.fold(), p.open)
}

// underWay tells whether a step has begun and not ended, or stands in the way.
func underWay(st progress.WireStep) bool {
	if st.Status == progress.StepFailed {
		return !st.AllowFailure
	}
	return st.Status != progress.StepPending && !st.Status.Ended()
}

// plan writes the steps of a task.
type plan struct {
	dial
	steps  []progress.WireStep
	digits int // of the last step's number
	most   int // lines of substeps of one step; -1 is no bound
}

// all and open tell whose substeps are shown.
func (p plan) all(int) bool    { return true }
func (p plan) open(i int) bool { return underWay(p.steps[i]) }

// share is how many lines the substeps of each step under way get, beside the
// steps and two folds.
func (p plan) share(room int) int {
	n := 0
	for i := range p.steps {
		if p.open(i) {
			n++
		}
	}
	return max((room-2)/max(n, 1)-1, 0)
}

// shown is how many lines the substeps of a step take.
func (p plan) shown(i int, which func(int) bool) int {
	n := len(p.steps[i].Substeps)
	if !which(i) {
		return 0
	}
	if p.most >= 0 {
		return min(n, p.most)
	}
	return n
}

func (p plan) total(which func(int) bool) int {
	n := 0
	for i := range p.steps {
		n += 1 + p.shown(i, which)
	}
	return n
}

// render writes the steps that are shown (nil: all of them), and a line for each
// run of others.
func (p plan) render(shown []bool, substeps func(int) bool) []string {
	var lines []string
	for i := 0; i < len(p.steps); i++ {
		if shown == nil || shown[i] {
			lines = append(lines, p.step(p.steps[i]))
			if substeps(i) {
				lines = append(lines, p.substeps(p.steps[i].Substeps)...)
			}
			continue
		}
		end := i
		for end < len(p.steps) && !shown[end] {
			end++
		}
		lines = append(lines, p.gap(p.steps[i:end]))
		i = end - 1
	}
	return lines
}

// step is the line of a step: "✓ 2 Load        40%  1 min 5 s".
func (p plan) step(st progress.WireStep) string {
	m := markOf(string(st.Status))
	right := p.beside(st)
	name := p.Clean(st.Name)
	if st.Status == progress.StepFailed && st.AllowFailure && st.Error != nil {
		name += ": " + p.Clean(st.Error.Message)
	}
	number := padLeft(strconv.Itoa(st.Order), p.digits)
	room := p.width() - p.symbolWidth() - 1 - p.digits - 1
	if right != "" {
		room -= wide(right) + 2
	}
	name = p.cut(name, room)
	line := p.symbol(m) + " " + p.paint(faint, number) + " " + p.named(st.Status, name)
	if right == "" {
		return line
	}
	return line + strings.Repeat(" ", room-wide(name)+2) + p.paint(m.ink, right)
}

// named writes a step's name: strong while it is under way, weak before.
func (p plan) named(status progress.StepStatus, name string) string {
	switch {
	case !status.Ended() && status != progress.StepPending, status == progress.StepFailed:
		return p.paint(bold, name)
	case status == progress.StepPending:
		return p.paint(faint, name)
	}
	return name
}

// beside is what stands at the right of a step: how far it is, and for how long.
func (p plan) beside(st progress.WireStep) string {
	took := ""
	switch {
	case st.Duration != nil:
		took = Duration(time.Duration(*st.Duration) * time.Millisecond)
	case !st.StartedAt.IsZero() && !st.Status.Ended() && st.Status != progress.StepPending:
		took = Duration(p.since(st.StartedAt).Truncate(time.Second))
	}
	said := ""
	switch st.Status {
	case progress.StepRunning:
		said = percent(st.Progress)
	case progress.StepWaiting:
		return "needs approval"
	case progress.StepSkipped:
		return "skipped"
	case progress.StepPaused, progress.StepFailed:
		said = string(st.Status)
	}
	return strings.TrimSpace(said + "  " + took)
}

// substeps are the lines of the substeps, folded around the first that is not
// done where they would be too many.
func (p plan) substeps(subs []progress.WireSubstep) []string {
	if p.most < 0 || len(subs) <= p.most {
		var lines []string
		for _, sub := range subs {
			lines = append(lines, p.substep(sub))
		}
		return lines
	}
	if p.most == 0 {
		return nil
	}
	focus := max(slices.IndexFunc(subs, func(sub progress.WireSubstep) bool { return !sub.Done }), 0)
	f := folding{n: len(subs), height: func(int) int { return 1 }, room: p.most}
	f.order = nearest(len(subs), focus, func(i int) bool { return subs[i].Status == progress.StepRunning })
	shown := f.fold()
	var lines []string
	for i := 0; i < len(subs); i++ {
		if shown[i] {
			lines = append(lines, p.substep(subs[i]))
			continue
		}
		hidden := 0
		for i+hidden < len(subs) && !shown[i+hidden] {
			hidden++
		}
		text := p.pick("… ", "... ") + strconv.Itoa(hidden) + " more"
		lines = append(lines, p.indent()+p.paint(faint, text))
		i += hidden - 1
	}
	return lines
}

func (p plan) substep(sub progress.WireSubstep) string {
	indent := p.indent()
	name := p.cut(p.Clean(sub.Name), p.width()-len(indent)-p.symbolWidth()-1)
	return indent + p.symbol(markOf(string(sub.Status))) + " " + p.named(sub.Status, name)
}

// indent puts substeps below the name of their step.
func (p plan) indent() string { return strings.Repeat(" ", p.symbolWidth()+1+p.digits+1) }

// gap stands for steps that are not shown: "… 12 completed, 1 skipped".
func (p plan) gap(hidden []progress.WireStep) string {
	counts := map[progress.StepStatus]int{}
	var order []progress.StepStatus
	for _, st := range hidden {
		if counts[st.Status]++; counts[st.Status] == 1 {
			order = append(order, st.Status)
		}
	}
	said := make([]string, len(order))
	for i, status := range order {
		said[i] = strconv.Itoa(counts[status]) + " " + string(status)
	}
	return p.paint(faint, p.cut(p.pick("… ", "... ")+strings.Join(said, ", "), p.width()))
}
