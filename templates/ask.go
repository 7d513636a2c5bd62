package templates

import (
	"strconv"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates/words"
)

// mostEffects is how many effects of an approval are told.
const mostEffects = 10

// question is an approval that is spoken of.
type question struct {
	speech
	*progress.Approval
}

// Ask is what somebody has to decide about a step now, nil if nothing.
func (b *Book) Ask(s Subject, step int, r Reader) *Ask {
	return painter{b.speech(r, s.Now), s.Task, s.ETA}.asks(step)
}

// asks is what the task waits for somebody to decide about a step, nil if nothing.
func (p painter) asks(n int) *Ask {
	t := p.task
	if n < 1 || n > t.Steps.Len() || t.Status.Ended() {
		return nil
	}
	st := t.Steps.At(n)
	if st.Status != progress.StepWaiting || st.Approval == nil {
		return nil
	}
	a := question{p.speech, st.Approval}.ask(n, st.Name)
	if others := t.Steps.Count(progress.StepWaiting) - 1; others > 0 {
		a.Others = p.Say("ask.others", words.A("n", others))
	}
	return a
}

// ask says what has to be decided about a step.
func (q question) ask(step int, name string) *Ask {
	a := &Ask{
		Step: step, ID: q.ID, Digest: q.Digest, Head: q.Say("ask.head", order(step)),
		Prompt: clean(q.Prompt, mostPrompt), Who: q.deciders(), Votes: q.votes(), Until: q.until(), Rejecting: q.rejecting(),
	}
	if name = clean(name, mostName); name != "" {
		a.Head = q.Say("ask.head.named", order(step), arg("name", name))
	}
	a.Effects, a.More = cleaned(q.Effects, mostEffects)
	if a.Options, _ = cleaned(q.Options, len(q.Options)); len(a.Options) > 0 {
		a.Choice = q.Say("ask.choice", words.A("list", q.List(isolated(a.Options), true)))
	}
	switch q.Risk {
	case "low", "medium", "high":
		a.Risk, a.High = q.Say("ask.risk."+q.Risk), q.Risk == "high"
	}
	return a
}

// cleaned are the first texts of a list, and how many are left out.
func cleaned(texts []string, most int) (out []string, more int) {
	for _, text := range texts[:min(len(texts), most)] {
		out = append(out, clean(text, mostEffect))
	}
	return out, len(texts) - len(out)
}

// isolated are texts as parts of a sentence.
func isolated(texts []string) []string {
	out := make([]string, len(texts))
	for i, text := range texts {
		out[i] = inside(text)
	}
	return out
}

func (q question) deciders() string {
	named := q.Deciders()
	if len(named) == 0 {
		return q.Say("ask.anyone")
	}
	names := make([]string, len(named))
	for i, name := range named {
		names[i] = clean(name, mostName)
	}
	return q.Say("ask.who", words.A("names", q.Names(names)))
}

// votes says how many have approved where one is not enough.
func (q question) votes() string {
	if q.Needed() < 2 {
		return ""
	}
	return q.Say("ask.votes", q.counted()...)
}

// counted fills in how many have approved, and how many must.
func (q question) counted() []words.Arg {
	yes := 0
	for _, v := range q.Votes {
		if v.Decision == progress.ApprovalApproved {
			yes++
		}
	}
	return []words.Arg{words.A("yes", strconv.Itoa(yes)), words.A("needed", strconv.Itoa(q.Needed()))}
}

// until says when the time to decide is up, and what then; nil if it never is.
func (q question) until() *Said {
	if q.ExpiresAt.IsZero() {
		return nil
	}
	then := "reject"
	switch q.Default {
	case progress.DefaultApprove, progress.DefaultHold:
		then = string(q.Default)
	}
	clock := q.clock(q.ExpiresAt)
	return &Said{Text: q.Say("ask.until."+then, words.A("clock", clock)), At: q.ExpiresAt, clock: clock}
}

func (q question) rejecting() string {
	switch q.OnReject {
	case progress.RejectSkips, progress.RejectCancels:
		return q.Say("ask.reject." + string(q.OnReject))
	}
	return q.Say("ask.reject.fail")
}
