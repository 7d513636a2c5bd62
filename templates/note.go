package templates

import (
	"cmp"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates/words"
)

// Note is something to be said that is about no task.
type Note struct {
	Kind    string // "destination.off", "delivery.failed", "approval.undelivered", "address.confirm" or "test"
	Channel string
	To      string // an address without secrets
	Reason  string // why; of "address.confirm" the name of who asked for it
	At      time.Time
	Title   string // of the task, of "approval.undelivered"
	Step    int    // its order, likewise
	Link    string // to the task, likewise; "" for none
}

// Note says something that is about no task.
func (b *Book) Note(n Note, r Reader) Notice {
	s := b.speech(r, n.At)
	to := arg("to", clean(n.To, mostName))
	out := Notice{Kind: n.Kind, Lang: s.Lang(), At: n.At, Class: s.Say("class.alarm"), Symbol: symbol(string(progress.Waiting))}
	switch n.Kind {
	case "destination.off":
		out.Text, out.Details = s.Say("note.off", to), s.noted("note.off", n)
	case "delivery.failed":
		out.Text, out.Details = s.Say("note.dead", to), s.noted("note.dead", n)
	case "approval.undelivered":
		title := s.titled(cmp.Or(clean(n.Title, mostTitle), s.Say("title.task")))
		out.Text, out.Link = s.Say("note.undelivered", order(n.Step), title), n.Link
		out.Details = add(nil, s.reason(n.Reason), s.Say("note.undelivered.decide"), s.Say("note.undelivered.advice"))
	case "test":
		out.Text, out.Class, out.Symbol = s.Say("note.test", to), s.Say("class.step"), symbol(string(progress.Completed))
	case "address.confirm":
		out.Text, out.Class, out.Symbol = s.Say("note.confirm"), s.Say("class.step"), symbol(string(progress.Pending))
		out.Details = []string{
			s.Say("note.confirm.who", words.A("who", s.who(progress.Person(n.Reason))), to), s.Say("note.confirm.what"), s.Say("note.confirm.else"),
		}
	default:
		out.Text, out.Details = s.Say("note.other", to), s.noted("", n)
	}
	return out
}

// noted says why, when, and what can be done.
func (s speech) noted(key string, n Note) []string {
	var out []string
	if reason := s.reason(n.Reason); reason != "" {
		out = append(out, reason)
	}
	if key == "" {
		return out
	}
	if !n.At.IsZero() {
		out = append(out, s.Say(key+".when", words.A("clock", s.clock(n.At))))
	}
	return append(out, s.Say(key+".advice"))
}
