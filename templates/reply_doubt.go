package templates

import (
	"github.com/taskherald/herald/progress"
)

// doubter asks before something is done, and says why something was not.
type doubter struct{ replier }

func (p doubter) say(out *Reply) {
	switch p.a.About {
	case TopicConfirm:
		p.confirm(out)
	case TopicClarify:
		out.Text, out.Items, out.Hint = p.clarify(), p.context(), helper(p).hint(p.offer())
	case TopicDropped:
		p.dropped(out)
	default:
		p.unknown(out)
	}
}

// confirm asks whether a verb shall be given to the task, and says what it does.
func (p doubter) confirm(out *Reply) {
	v := p.verb()
	if v == "" || p.a.Task == nil {
		p.unknown(out)
		return
	}
	out.Text = p.Say("confirm."+string(v), p.title(), order(p.step()))
	switch p.a.Doubt {
	case "loose", "misspelt":
		out.Details = []string{p.Say("confirm." + p.a.Doubt)}
	}
	switch v {
	case progress.VerbCancel, progress.VerbRestart:
		out.Details = append(out.Details, p.Say("confirm."+string(v)+".after"))
	case progress.VerbApprove, progress.VerbReject:
		out.Details = append(out.Details, p.asks(v)...)
	}
	out.Details = add(out.Details, p.reason(p.a.Reason))
	out.Items, out.Hint = p.context(), p.Say("confirm.hint")
}

// asks is what has to be decided, and what a rejection does.
func (p doubter) asks(v progress.Verb) []string {
	q, _ := p.about()
	a := q.asks(p.step())
	if a == nil {
		return nil
	}
	out := add(nil, a.Head, inside(a.Prompt))
	for _, effect := range a.Effects {
		out = append(out, "• "+inside(effect))
	}
	if a.More > 0 {
		out = append(out, "• "+plus(p.Tongue, a.More))
	}
	out = add(out, a.Risk)
	if v == progress.VerbReject {
		out = append(out, a.Rejecting)
	}
	return out
}

// clarify says what was understood, and why it was not done.
func (p doubter) clarify() string {
	switch p.a.Doubt {
	case "negated", "conditional", "later", "wished", "told", "advice", "several", "misspelt", "unproven", "loose":
		return p.Say("clarify."+p.a.Doubt, p.act())
	case "bare":
		if p.verb() != "" {
			return p.Say("clarify.bare", p.act())
		}
	}
	if p.a.Task == nil {
		return p.Say("clarify.any")
	}
	return p.Say("clarify.what", p.title())
}

// offer is how it is said what can be said instead.
func (p doubter) offer() string {
	if p.verb() == "" {
		return "hint.say"
	}
	return "hint.now"
}

func (p doubter) dropped(out *Reply) {
	out.Text = p.Say("dropped.text")
	if p.a.Task != nil {
		out.Text = p.Say("dropped.task", p.title())
	}
}

// unknown says that nothing was understood, with examples of what is.
func (p doubter) unknown(out *Reply) {
	out.Text, out.Hint = p.Say("unknown.text"), p.Say("unknown.hint")
	if p.a.Polite {
		out.Text = p.Say("unknown.polite")
	}
	if title := clean(p.example(), mostTitle); title != "" {
		out.Items = []Item{{Title: p.Say("say.status", arg("title", title))}}
	}
	out.Items = append(out.Items, Item{Title: p.Say("say.list")})
}
