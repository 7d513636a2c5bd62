package webpage

import (
	"fmt"
	"slices"
	"strings"

	"github.com/taskherald/herald/progress"
)

// Task is what the page of one task shows.
type Task struct {
	progress.Wire
	Offers []progress.Verb         // what the person may do
	Decide map[int][]progress.Verb // what the person may say of a step that waits, by its order
	Events []progress.WireEvent    // the newest, in their order
	Lines  []progress.WireLine     // of its output, the newest, in their order
	All    bool                    // all steps are wanted, however many
}

// Task renders the page of one task.
func (l *Layout) Task(p Page, t Task) ([]byte, error) {
	return render(l.task, p.Fragment, taskView{p, t})
}

// taskView is a task as its template sees it.
type taskView struct {
	Page
	Task
}

// Heading is the title of the tab: what matters most stands first.
func (v taskView) Heading() string {
	s := statuses[v.Status].Symbol
	if v.Status.Ended() {
		return s + " " + v.Title + " · Herald"
	}
	mark := ""
	if v.Approval != nil || v.Status == progress.Paused {
		mark = s + " "
	}
	if v.Approval != nil {
		mark = statuses[progress.Waiting].Symbol + " "
	}
	return mark + percent(v.Progress) + " " + v.Title + " · Herald"
}

// Basis is what the time that is left rests on, "" if nothing is known of it.
func (v taskView) Basis() string {
	if v.Left == nil {
		return ""
	}
	return v.Left.Basis
}

// Socket is where the task's frames come from.
func (v taskView) Socket() string { return "/ws" + path(v.ID) + "?logs=1" }

// Said are the milestones, the newest first.
func (v taskView) Said() []eventView { return eventsOf(v.Events, v.Steps) }

// Facts are what is known of the task beside its progress.
func (v taskView) Facts() []pair {
	all := []pair{
		{"Owner", owner(v.Owner)}, {"Created by", string(v.CreatedBy)}, {"Worker", v.Worker},
		{"Run", fmt.Sprintf("%d, attempt %d", v.Run, v.Attempt)},
		{"Part of", string(v.Parent)}, {"Id", string(v.ID)},
	}
	return slices.DeleteFunc(all, func(p pair) bool { return p.Value == "" })
}

func owner(name string) string {
	if name == "" {
		return "everyone"
	}
	return progress.Names([]string{name})
}

// Ending says who ended the task, how and why; "" if its worker just did.
func (v taskView) Ending() string {
	if v.Reason == "" && v.Status != progress.Cancelled {
		return ""
	}
	said := strings.ToUpper(statuses[v.Status].Word[:1]) + statuses[v.Status].Word[1:]
	if v.EndedBy != "" {
		said += fmt.Sprintf(" by %s, %s", who(v.EndedBy), via(v.EndedVia))
	}
	if v.Reason != "" {
		said += ": " + v.Reason
	}
	return said
}

// document is a value that others wrote, and what it is.
type document struct {
	ID, Title, Text string
	Open            bool
}

// Documents are the values that a reader may want to open.
func (v taskView) Documents() []document {
	var out []document
	if len(v.Result) > 0 && string(v.Result) != "null" {
		out = append(out, document{"result", "Result", pretty(v.Result), true})
	}
	if len(v.Inputs) > 0 && string(v.Inputs) != "null" {
		out = append(out, document{"inputs", "Inputs", pretty(v.Inputs), false})
	}
	if len(v.Metadata) > 0 {
		out = append(out, document{"metadata", "Metadata", pretty(joined(v.Metadata)), false})
	}
	return out
}
