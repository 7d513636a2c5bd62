package textcard

import (
	"fmt"
	"strings"
	"time"

	"github.com/taskherald/herald/progress"
)

// News says what has happened to a task from one picture of it to a later one,
// a line each, for where nothing can be redrawn. Where several tasks are spoken of
// the name says which. Of the first picture (was.ID is "") it says how things are.
// Percents are left to Pace.
func (s Screen) News(name string, was, now progress.Wire) []string {
	n := news{card: s.card(), name: name, was: was, now: now}
	if was.ID == "" {
		n.first()
		return n.lines
	}
	n.begun()
	for i := range now.Steps {
		n.step(now.Steps[i])
	}
	if now.Stalled != "" && now.Stalled != was.Stalled {
		n.say(attention(), strings.ToLower(stalled(now))+": "+now.Stalled)
	}
	if now.Status.Ended() && (was.Status != now.Status || was.Run != now.Run || was.Attempt != now.Attempt) {
		n.ended()
	}
	return n.lines
}

// Pace says how far a task is: "40%, step 2 of 5: Load, about 3 to 5 minutes left".
func (s Screen) Pace(name string, w progress.Wire) string {
	c := s.card()
	said := percent(w.Progress)
	if at := c.at(w); at != "" {
		said += ", s" + strings.TrimPrefix(at, "S")
	}
	if left := Remaining(w); left != "" {
		said += ", " + left
	}
	return c.dated(markOf(string(w.Status)), c.of(name)+said)
}

// of names the task that a line is about.
func (s pen) of(name string) string {
	if name = s.cut(s.Clean(name), s.width()/2); name != "" {
		name += ": "
	}
	return name
}

// Note is a line about the watching itself, dated like the others.
func (s Screen) Note(text string) string { return pen{s}.dated(attention(), s.Clean(text)) }

// Notice is a line about the watching itself, below a view. It ends with a line
// feed.
func (s Screen) Notice(text string) string {
	p := pen{s}
	return p.symbol(attention()) + " " + p.paint(yellow, p.cut(s.Clean(text), p.width()-p.symbolWidth()-1)) + "\n"
}

// dated is a line that begins with the time.
func (s pen) dated(m mark, text string) string {
	return s.paint(faint, s.Now.Format("15:04:05")) + " " + s.symbol(m) + " " + text
}

// news collects the lines.
type news struct {
	card
	name     string
	was, now progress.Wire
	lines    []string
}

func (n *news) say(m mark, text string) {
	n.lines = append(n.lines, n.dated(m, n.of(n.name)+n.Clean(text)))
}

func (n *news) first() {
	w := n.now
	title := w.Title + ": "
	if n.name != "" {
		title = ""
	}
	n.say(markOf(string(w.Status)), title+word(w.Status))
	for _, a := range waiting(w) {
		n.asked(a)
	}
	if w.Status.Ended() {
		n.ended()
		return
	}
	n.lines = append(n.lines, n.Pace(n.name, w))
}

// begun says that the task starts, stops or starts over.
func (n *news) begun() {
	m := markOf(string(n.now.Status))
	switch {
	case n.now.Run != n.was.Run:
		n.say(m, fmt.Sprintf("restarted: run %d", n.now.Run))
	case n.now.Attempt != n.was.Attempt:
		n.say(m, fmt.Sprintf("tried again: attempt %d", n.now.Attempt))
	}
	switch {
	case n.now.Status == n.was.Status || n.now.Status.Ended():
	case n.now.Status == progress.Paused:
		n.say(m, "paused")
	case n.was.Status == progress.Paused:
		n.say(m, "resumed")
	case n.was.Status == progress.Pending && n.now.Status == progress.Running:
		n.say(m, "started")
	}
}

// step says what has become of a step.
func (n *news) step(st progress.WireStep) {
	was := progress.WireStep{StepLine: progress.StepLine{Status: progress.StepPending}}
	if st.Order >= 1 && st.Order <= len(n.was.Steps) && n.was.Run == n.now.Run {
		was = n.was.Steps[st.Order-1]
	}
	if a := st.Approval; a != nil && st.Status != progress.StepWaiting && was.Status == progress.StepWaiting && a.DecidedBy != "" {
		n.decided(a)
	}
	if st.Status == was.Status || was.Status == progress.StepPaused && st.Status == progress.StepRunning {
		return
	}
	m := markOf(string(st.Status))
	switch st.Status {
	case progress.StepRunning:
		n.say(m, fmt.Sprintf("step %d of %d: %s", st.Order, n.now.TotalSteps, st.Name))
	case progress.StepCompleted:
		n.say(m, fmt.Sprintf("step %d complete: %s%s", st.Order, st.Name, took(st)))
	case progress.StepFailed:
		said := fmt.Sprintf("step %d failed: %s%s", st.Order, st.Name, took(st))
		if st.Error != nil {
			said += ": " + st.Error.Message
		}
		n.say(m, said)
	case progress.StepSkipped:
		n.say(m, fmt.Sprintf("step %d skipped: %s", st.Order, st.Name))
	case progress.StepWaiting:
		if st.Approval != nil {
			n.asked(st.Approval)
		}
	}
}

func took(st progress.WireStep) string {
	if st.Duration == nil {
		return ""
	}
	return " (" + Duration(time.Duration(*st.Duration)*time.Millisecond) + ")"
}

func (n *news) asked(a *progress.WireApproval) {
	said := fmt.Sprintf("approval needed for step %d (%s)", a.Step, a.StepName)
	if a.Prompt != "" {
		said += ": " + a.Prompt
	}
	n.say(attention(), said)
	n.say(attention(), fmt.Sprintf("herald approve %s %d, or herald reject %s %d", n.now.ID, a.Step, n.now.ID, a.Step))
}

func (n *news) decided(a *progress.WireApproval) {
	said := fmt.Sprintf("step %d (%s) %s by %s via %s", a.Step, a.StepName, a.Status, a.DecidedBy, a.Via)
	if a.Reason != "" {
		said += ": " + a.Reason
	}
	m := markOf(string(progress.Completed))
	if a.Status != progress.ApprovalApproved {
		m = markOf(string(progress.Failed))
	}
	n.say(m, said)
}

// ended says how the task ended.
func (n *news) ended() {
	w := n.now
	said := string(w.Status)
	switch {
	case w.Status == progress.Cancelled && w.EndedBy != "":
		said += fmt.Sprintf(" by %s via %s", w.EndedBy, w.EndedVia)
	case w.Error != nil && w.Error.Step > 0:
		said += fmt.Sprintf(" at step %d", w.Error.Step)
	}
	if !w.StartedAt.IsZero() {
		said += " after " + Duration(timeOf(w.EndedAt).Sub(timeOf(w.StartedAt)))
	}
	switch {
	case w.Error != nil:
		said += ": " + w.Error.Message
	case w.Reason != "":
		said += ": " + w.Reason
	}
	n.say(markOf(string(w.Status)), said)
}

// timeOf is an instant as a time.
func timeOf(i progress.Instant) time.Time { return time.Time(i) }
