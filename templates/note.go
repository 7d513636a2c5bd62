package templates

import (
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates/words"
)

// Note is something to be said that is about no task.
type Note struct {
	Kind    string // "destination.off", "delivery.failed", "address.confirm" or "test"
	Channel string
	To      string // an address without secrets
	Reason  string // why; of "address.confirm" the name of who asked for it
	At      time.Time
	Title   string // of the task, of "approval.undelivered"
	Step    int    // its order, likewise
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

// Digest is what is told together of tasks that went on.
type Digest struct {
	Items []DigestItem // the newest first
	More  int          // tasks beyond those
	At    time.Time
	Link  string // to what one is told, "" for none
}

// DigestItem is a task in a digest: as it is now, and what happened to it since.
type DigestItem struct {
	Subject
	Kinds []progress.Kind // of the events in their order
}

// Brief is a task in a line: where it stands, and what it came through.
type Brief struct {
	Task   progress.TaskID `json:"task_id"`
	Symbol string          `json:"symbol"`
	Title  string          `json:"title"`
	Text   string          `json:"text"`
	Link   string          `json:"link,omitempty"`
}

// Digest says how tasks stand about which somebody was not told at once.
func (b *Book) Digest(d Digest, r Reader) Notice { return Notice{} }
