package templates

import (
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates/words"
)

// historian says what a task came through: its runs, and below each what people decided.
type historian struct{ replier }

func (p historian) say(out *Reply) {
	q, ok := p.about()
	if !ok {
		doubter(p).say(out)
		return
	}
	out.Text = p.Say("history.text", p.title())
	p.run(out, q)
	for i := range p.a.Runs {
		p.run(out, p.of(Subject{Task: &p.a.Runs[i]}))
	}
	for _, d := range p.a.Decisions {
		if !p.told(d) {
			out.Items = append(out.Items, p.decision(d))
		}
	}
	out.left(p.Tongue, p.a.More)
	if len(p.a.Decisions) == 0 {
		out.After = []string{p.Say("history.quiet")}
	}
}

// run is a run, and what was decided in it.
func (p historian) run(out *Reply, q reviewer) {
	out.Items = append(out.Items, Item{Symbol: q.sign(), Title: chapter{q}.name(), Text: chapter{q}.lived()})
	for _, d := range p.a.Decisions {
		if d.Run == q.task.Run {
			out.Items = append(out.Items, p.decision(d))
		}
	}
}

// told reports whether a decision stands below its run.
func (p historian) told(d Decision) bool {
	if p.a.Task.Task.Run == d.Run {
		return true
	}
	for i := range p.a.Runs {
		if p.a.Runs[i].Run == d.Run {
			return true
		}
	}
	return false
}

// chapter is a run in a history.
type chapter struct{ reviewer }

// name is the name of a run, and of its attempt if it is not the first.
func (p chapter) name() string {
	run, attempt := words.A("run", max(p.task.Run, 1)), words.A("attempt", p.task.Attempt)
	if p.task.Attempt > 1 {
		return p.Say("history.attempt", run, attempt)
	}
	return p.Say("history.run", run)
}

// lived says how a run ended, why, when, and after how long; of one that has not, how it
// stands and since when.
func (p chapter) lived() string {
	t, said := p.task, p.stands()
	if why := p.because(); why != "" {
		said = p.Say("digest.because", words.A("now", said), words.A("why", why))
	}
	now := words.A("now", said)
	switch {
	case t.Status.Ended() && t.EndedAt.IsZero():
		return said
	case t.Status.Ended() && t.StartedAt.IsZero():
		return p.Say("history.at", now, words.A("clock", p.clock(t.EndedAt)))
	case t.Status.Ended():
		return p.Say("history.span", now, words.A("clock", p.clock(t.EndedAt)), words.A("took", p.Took(t.EndedAt.Sub(t.StartedAt))))
	case !t.StartedAt.IsZero():
		return p.Say("history.since", now, words.A("clock", p.clock(t.StartedAt)))
	}
	return said
}

// decision says what somebody decided, through which channel, when and why.
func (p historian) decision(d Decision) Item {
	it := Item{Symbol: deed(d.Verb), Title: p.what(d), Text: p.done("history.by", d.By, d.Via, d.At).Text}
	if why := p.reason(d.Reason); why != "" {
		it.Text += " · " + why
	}
	return it
}

// what is what somebody did.
func (p historian) what(d Decision) string {
	if wish(d.Verb) == "" {
		return string(d.Verb)
	}
	did := words.A("name", p.Say("history."+string(d.Verb)))
	if d.Step > 0 {
		return p.Say("card.step", order(d.Step), did)
	}
	return p.Say("history.alone", did)
}

// deed is the symbol of what somebody did.
func deed(v progress.Verb) string {
	switch v {
	case progress.VerbApprove:
		return symbol(string(progress.Completed))
	case progress.VerbReject, progress.VerbCancel:
		return symbol(string(progress.Failed))
	case progress.VerbPause:
		return symbol(string(progress.Paused))
	case progress.VerbSkip:
		return symbol(string(progress.StepSkipped))
	case progress.VerbResume:
		return symbol(string(progress.Running))
	}
	return symbol(string(progress.Pending))
}
