package mailcard

import (
	"time"

	"github.com/taskherald/herald/templates"
)

// samples are what every layout has to be able to draw: each scene, and each note.
func (l *Layout) samples() []templates.Sample {
	var out []templates.Sample
	add := func(name string, in Input) {
		v := l.view(in)
		out = append(out, templates.Sample{Name: name, Data: v}, templates.Sample{Name: name, Data: v.plain()})
	}
	for _, s := range templates.Scenes() {
		for _, e := range s.Events {
			n := l.book.Notice(s.Subject, &e, templates.Reader{})
			to := Links{Step: s.Subject.Task.Current(), Approve: "https://herald.example.com/act/a", Reject: "https://herald.example.com/act/r", SignIn: true, Leave: "https://herald.example.com/leave/p"}
			add(s.Name, Input{Notice: &n, Subject: &s.Subject, Links: to, Server: "herald.example.com"})
		}
	}
	for _, kind := range []string{"destination.off", "delivery.failed", "approval.undelivered", "test", "address.confirm"} {
		n := l.book.Note(templates.Note{Kind: kind, Channel: "email", To: "ana@example.com", Reason: "bob", At: time.Unix(0, 0)}, templates.Reader{})
		to := Links{Leave: "https://herald.example.com/leave/p"}
		if kind == "address.confirm" {
			to = Links{Confirm: "https://herald.example.com/confirm/p"}
		}
		add(kind, Input{Notice: &n, Links: to})
	}
	digest := l.book.Digest(templates.SceneDigest(), templates.Reader{})
	add("digest", Input{Notice: &digest})
	return out
}
