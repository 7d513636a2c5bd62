package textcard

import (
	"fmt"
	"strings"
	"time"

	"github.com/taskherald/herald/progress"
)

// waiting lists the approvals of a task that wait for a decision.
func waiting(w progress.Wire) []*progress.WireApproval {
	var all []*progress.WireApproval
	for _, st := range w.Steps {
		if st.Status == progress.StepWaiting && st.Approval != nil {
			all = append(all, st.Approval)
		}
	}
	if len(all) == 0 && w.Approval != nil {
		all = append(all, w.Approval) // a brief picture has it there alone
	}
	return all
}

// approval is what has to be decided: the first question in full, the others by
// name, and how to answer.
func (s card) approval(id progress.TaskID, all []*progress.WireApproval, most int) []string {
	a := all[0]
	lines := s.notice(attention(), fmt.Sprintf("Approval needed for step %d (%s)", a.Step, a.StepName), 1)
	indent := pad("", s.symbolWidth()+1)
	say := func(text string, most int) {
		for _, line := range s.wrap(text, s.width()-len(indent), most) {
			lines = append(lines, indent+line)
		}
	}
	if a.Prompt != "" {
		say(a.Prompt, most)
	}
	for i, effect := range a.Effects {
		if most > 0 && i >= most {
			say(fmt.Sprintf("%s %s", s.pick("…", "..."), counted(len(a.Effects)-i, "more effect")), 1)
			break
		}
		say(s.pick("• ", "* ")+effect, most)
	}
	if len(a.Options) > 0 {
		say("Options: "+strings.Join(a.Options, ", "), most)
	}
	say(s.deciders(a), most)
	if until := s.until(a); until != "" {
		say(until, most)
	}
	if a.Risk != "" {
		say("Risk: "+a.Risk, 1)
	}
	for _, other := range all[1:min(len(all), 3)] {
		say(fmt.Sprintf("Step %d (%s) waits too", other.Step, other.StepName), 1)
	}
	for _, verb := range []progress.Verb{progress.VerbApprove, progress.VerbReject} {
		for _, line := range s.wrap(fmt.Sprintf("herald %s %s %d", verb, id, a.Step), s.width()-len(indent), 0) {
			lines = append(lines, indent+s.paint(bold, line))
		}
	}
	return lines
}

// deciders says who may decide, and how many have to.
func (s card) deciders(a *progress.WireApproval) string {
	who := "anyone who may approve"
	if named := a.Deciders(); len(named) > 0 {
		who = progress.Names(named)
	}
	said := "May decide: " + who
	if a.Needed() > 1 {
		said += fmt.Sprintf(" (%d of %d votes so far)", yes(a), a.Needed())
	}
	return said
}

// yes counts those who approve, by what each said last.
func yes(a *progress.WireApproval) int {
	said := map[progress.Person]bool{}
	for _, v := range a.Votes {
		said[v.By] = v.Decision == progress.ApprovalApproved
	}
	n := 0
	for _, ok := range said {
		if ok {
			n++
		}
	}
	return n
}

// until says when the time to decide is up, and what happens then.
func (s card) until(a *progress.WireApproval) string {
	if a.ExpiresAt.IsZero() {
		return ""
	}
	said := "Until " + s.clock(a.ExpiresAt)
	if left := -s.Now.Sub(time.Time(a.ExpiresAt)); left > 0 {
		said += " (" + About(left) + " left)"
	}
	switch a.Default {
	case progress.DefaultApprove:
		return said + ", then it is approved"
	case progress.DefaultHold:
		return said + ", then it goes on waiting"
	}
	return said + ", then it is rejected"
}
