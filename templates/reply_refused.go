package templates

import (
	"cmp"
	"slices"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates/words"
)

// refuser says why something cannot be done, from what the task is: the words of the
// refusal are English.
type refuser struct{ replier }

func (p refuser) say(out *Reply) {
	out.Items, out.Hint = p.context(), helper(p).hint("hint.say")
	switch p.a.About {
	case TopicMoved:
		p.moved(out)
	case TopicTrouble:
		out.Text = p.Say("trouble.text")
		if p.verb() != "" {
			out.Details = []string{p.Say("trouble.act")}
		}
	default:
		p.refuse(out)
	}
}

// moved says that the question is over, and what became of the task since.
func (p refuser) moved(out *Reply) {
	q, ok := p.about()
	if !ok {
		out.Text = p.Say("moved.any")
		return
	}
	out.Text = p.Say("moved.text", p.title())
	out.Details = append(q.last(), p.meanwhile()...)
	if ap, step := p.asked(q); ap != nil && p.open() {
		p.over(out, ap, step)
	}
}

// over says what became of the approval that somebody wanted to decide, in the run in which
// they did.
func (p refuser) over(out *Reply, ap *progress.Approval, step int) {
	switch {
	case ap.Status != progress.ApprovalPending:
		p.decided(out, ap, step)
	case p.a.You != "" && ap.ApprovedBy(p.a.You):
		out.Text = question{p.speech, ap}.again(step)
	default:
		out.Details = append(out.Details, p.Say("refused.changed", order(step)))
	}
}

// again says that somebody has approved already, and how many have.
func (q question) again(step int) string {
	return q.Say("refused.voted", append(q.counted(), order(step))...)
}

// open reports whether nothing is known of how the question of a decision ended, but for what
// the task tells: it is the run in which it was asked.
func (p refuser) open() bool {
	return !slices.ContainsFunc(p.a.Decisions, func(d Decision) bool { return d.Verb == progress.VerbApprove || d.Verb == progress.VerbReject })
}

// decided says that an approval was decided, by whom, through which channel, when and why.
func (p refuser) decided(out *Reply, ap *progress.Approval, step int) {
	own := question{p.speech, ap}
	out.Text = p.Say("refused.decided", words.A("said", own.outcome(step).Text))
	out.Details = append(add(nil, own.why()), p.meanwhile()...)
}

// meanwhile is what people have done since, and why, a sentence each.
func (p refuser) meanwhile() []string {
	var out []string
	for _, d := range p.a.Decisions {
		if key := deeds[d.Verb]; key != "" {
			out = add(out, p.done(key, d.By, d.Via, d.At, order(d.Step)).Text, p.reason(d.Reason))
		}
	}
	return out
}

// deeds are the sentences for what people have done.
var deeds = map[progress.Verb]string{
	progress.VerbApprove: "by.approved", progress.VerbReject: "by.rejected", progress.VerbCancel: "by.cancelled",
	progress.VerbPause: "wait.paused", progress.VerbResume: "moved.resume", progress.VerbRestart: "moved.restart",
	progress.VerbRetry: "moved.retry", progress.VerbSkip: "moved.skip",
}

// last is who ended the task or decided last, and why.
func (p reviewer) last() []string {
	var c Card
	p.outcome(&c)
	if c.Outcome == nil {
		return nil
	}
	return add([]string{c.Outcome.Text}, c.Reason)
}

// refuse says why, by the sort of the refusal.
func (p refuser) refuse(out *Reply) {
	q, ok := p.about()
	code := progress.Conflict
	if p.a.Refusal != nil {
		code = p.a.Refusal.Code
	}
	switch {
	case code == progress.Limited:
		out.Text = p.Say("refused.limited")
	case code == progress.Unavailable || code == progress.Internal:
		out.Text = p.Say("trouble.text")
	case code == progress.Forbidden && ok:
		out.Text = p.forbidden(q)
	case code == progress.Forbidden || code == progress.Unauthorized:
		out.Text = p.Say("refused.allowed", p.act())
	case code == progress.Superseded && ok:
		out.Text = p.Say("moved.text", p.title())
	case ok && p.a.Step > q.task.Steps.Len():
		out.Text = p.Say("refused.nostep", order(p.a.Step), words.A("n", q.task.Steps.Len()))
	case ok && code == progress.Conflict:
		p.conflict(out, q)
	case code == progress.NotFound:
		out.Text = p.Say("missing.any")
	default:
		p.other(out)
	}
}

// other is a refusal that only says it itself.
func (p refuser) other(out *Reply) {
	out.Text = p.Say("refused.cannot", p.act())
	if p.a.Refusal != nil {
		out.Details = add(nil, p.reason(p.a.Refusal.Say))
	}
}

// forbidden says who may.
func (p refuser) forbidden(q reviewer) string {
	ap, step := p.asked(q)
	switch {
	case ap == nil || len(ap.Deciders()) == 0:
		return p.Say("refused.allowed", p.act())
	case p.a.You != "" && ap.AskedBy == p.a.You && !ap.SelfApproval:
		return p.Say("refused.own", order(step))
	}
	all := question{p.speech, ap}
	names := make([]string, 0, len(ap.Deciders()))
	for _, name := range ap.Deciders() {
		names = append(names, all.decider(name))
	}
	return p.Say("refused.deciders", order(step), words.A("names", p.List(names, true)))
}

// asked is the approval that a decision is about, nil for none: that of the step, else the
// one that waits, else the newest.
func (p refuser) asked(q reviewer) (*progress.Approval, int) {
	v := p.verb()
	if v != progress.VerbApprove && v != progress.VerbReject {
		return nil, 0
	}
	step := cmp.Or(p.step(), q.decided())
	if step < 1 || step > q.task.Steps.Len() {
		return nil, 0
	}
	return q.task.Steps.At(step).Approval, step
}

// conflict says how the task's state does not admit it.
func (p refuser) conflict(out *Reply, q reviewer) {
	v := p.verb()
	switch {
	case v == "":
		p.other(out)
	case v == progress.VerbApprove || v == progress.VerbReject:
		p.undecidable(out, q)
	case !obeys(q.task.Spec, v):
		out.Text = p.Say("refused.controls", p.act())
	case admits(q.task, v) && (v == progress.VerbRetry || v == progress.VerbSkip):
		out.Text = p.noStep(q)
	default:
		p.state(out, q)
	}
}

// obeys reports whether the worker does what a verb asks, where that needs it.
func obeys(s *progress.Spec, v progress.Verb) bool {
	rule, _ := progress.RuleOf(v)
	return !rule.Needs || s.Controls == nil || slices.Contains(s.Controls, v) ||
		v == progress.VerbResume && slices.Contains(s.Controls, progress.VerbPause)
}

// admits reports whether the status of a task admits a verb.
func admits(t *progress.Task, v progress.Verb) bool {
	rule, _ := progress.RuleOf(v)
	return rule.On[t.Status] != nil
}

// undecidable says why a step cannot be decided: it is already, nobody asks, or the time
// is up.
func (p refuser) undecidable(out *Reply, q reviewer) {
	ap, step := p.asked(q)
	switch {
	case ap == nil:
		out.Text = p.Say("refused.nothing", p.title())
	case ap.Status != progress.ApprovalPending:
		p.decided(out, ap, step)
	case p.late(ap):
		out.Text = p.Say("refused.late", order(step))
	case p.a.You != "" && ap.ApprovedBy(p.a.You):
		out.Text = question{p.speech, ap}.again(step)
	default:
		out.Text = p.Say("refused.changed", order(step))
	}
}

// late reports whether the time to decide is up.
func (p refuser) late(ap *progress.Approval) bool {
	lapse, ok := ap.Lapses()
	return ok && !p.now.Before(lapse)
}

// noStep says why a step cannot be tried again or skipped.
func (p refuser) noStep(q reviewer) string {
	v, step := p.verb(), p.step()
	if step < 1 || step > q.task.Steps.Len() {
		return p.Say("refused.none." + string(v))
	}
	st := q.task.Steps.At(step)
	needs := v == progress.VerbSkip && (st.Gate != nil || st.Status == progress.StepWaiting)
	if needs && !st.Status.Ended() {
		return p.Say("refused.gate", order(step))
	}
	return p.Say("refused.step", p.act(), order(step), words.A("state", p.speech.state(string(st.Status))))
}

// state says that the task is what it is, and who made it so.
func (p refuser) state(out *Reply, q reviewer) {
	v, status := p.verb(), q.task.Status
	switch {
	case v == progress.VerbCancel && status == progress.Cancelled, v == progress.VerbPause && status == progress.Paused,
		v == progress.VerbResume && status == progress.Running:
		out.Text = p.Say("already."+string(v), p.title())
	default:
		out.Text = p.Say("refused.cannot", p.act())
	}
	if out.Details = p.meanwhile(); status.Ended() {
		out.Details = q.last()
	}
}
