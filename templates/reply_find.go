package templates

import (
	"cmp"

	"github.com/taskherald/herald/templates/words"
)

// finder says which tasks there are, and asks which is meant.
type finder struct{ replier }

func (p finder) say(out *Reply) {
	switch p.a.About {
	case TopicChoose:
		out.Text = p.Say("choose." + cmp.Or(string(p.verb()), "which"))
		out.Hint = p.Say("choose.hint")
	case TopicMissing:
		p.missing(out)
	case TopicNothing:
		out.Text = p.Say("nothing." + p.lacking())
	default:
		out.Text = p.counted()
	}
	p.lines(out, p.a.Tasks, p.a.More)
}

// lacking is what there is none of.
func (p finder) lacking() string {
	if p.verb() == "" && len(p.a.Tasks) > 0 {
		return "ended" // all that there are
	}
	return cmp.Or(string(p.verb()), "any")
}

// counted says how many tasks there are in the status that was asked for.
func (p finder) counted() string {
	n := len(p.a.Tasks) + max(p.a.More, 0)
	status := cmp.Or(string(p.a.Only), "all")
	if n == 0 {
		return p.Say("tasks.none." + status)
	}
	return p.Say("tasks."+status, words.A("n", n))
}

// missing says what is not there, that nothing was done, and asks whether one that is
// near was meant.
func (p finder) missing(out *Reply) {
	out.Text = p.Say("missing.any")
	if named := clean(p.a.Named, mostName); named != "" {
		out.Text = p.Say("missing.text", arg("named", named))
	}
	if p.verb() != "" {
		out.Text += " " + p.Say("missing.act")
	}
	if len(p.a.Tasks) > 0 {
		out.Details, out.Hint = []string{p.Say("missing.near")}, p.Say("choose.hint")
	}
}
