package templates

import (
	"cmp"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates/words"
)

// presser labels buttons.
type presser struct{ replier }

// mostLabel is how long the label of a button is.
const mostLabel = 75

func (p presser) buttons() []Button {
	var out []Button
	for i, b := range p.a.Presses {
		out = append(out, Button{Label: cut(p.label(b, p.place(i)), mostLabel), Press: b.Ticket, Say: b.Say, Style: style(b)})
	}
	return out
}

// place is which of several choices with the same title and verb a button is, 0 where it
// is the only one.
func (p presser) place(i int) int {
	at, same := p.a.Presses[i], 0
	place := 0
	for j, b := range p.a.Presses {
		if b.Title != "" && b.Title == at.Title && b.Verb == at.Verb && b.Step == at.Step && b.No == at.No {
			if same++; j == i {
				place = cmp.Or(p.number(b), same)
			}
		}
	}
	if same < 2 {
		return 0
	}
	return place
}

// number is the one that the button's task has in the list, 0 if it is not there.
func (p presser) number(b Press) int {
	for i, s := range p.a.Tasks {
		if s.Task.ID == b.Task {
			return i + 1
		}
	}
	return 0
}

// label is what a button says: its verb, and the task where there are several.
func (p presser) label(b Press, place int) string {
	what, title := p.verbal(b), clean(b.Title, mostTitle)
	if place > 0 {
		title = p.Say("press.place", number("n", place), arg("title", title))
	}
	switch {
	case b.Title == "":
		return cmp.Or(what, inside(clean(b.Say, mostName)))
	case what == "":
		return inside(title)
	}
	return p.Say("press.title", words.A("label", what), arg("title", title))
}

// verbal is what a button does, in a word or two; "" if only its task tells.
func (p presser) verbal(b Press) string {
	v := wish(b.Verb)
	switch {
	case b.No:
		return p.Say("no")
	case v != "" && p.a.About == TopicConfirm:
		return p.Say("yes." + string(v))
	case v == progress.VerbApprove && b.Step > 0 || v == progress.VerbReject && b.Step > 0:
		return p.Say("press."+string(v)+".step", order(b.Step))
	case v == progress.VerbSkip && b.Step == 0:
		return p.Say("press.skip")
	case v != "":
		return clerk{painter{p.speech, nil, nil}}.offer(v, b.Step).Label
	}
	switch b.About {
	case TopicStatus, TopicList, TopicLogs, TopicETA, TopicHistory, TopicHelp:
		if p.a.About != TopicChoose && p.a.About != TopicMissing {
			return p.Say("press." + string(b.About))
		}
	}
	return ""
}

// style is how a button looks.
func style(b Press) string {
	switch b.Verb {
	case progress.VerbCancel, progress.VerbReject, progress.VerbRestart:
		if !b.No {
			return "danger"
		}
	case progress.VerbApprove, progress.VerbResume, progress.VerbRetry:
		if !b.No {
			return "primary"
		}
	}
	return ""
}
