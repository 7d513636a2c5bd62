package templates

import (
	"cmp"
	"strconv"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates/words"
)

// doer says what was done, and what has to follow.
type doer struct{ replier }

func (p doer) say(out *Reply) {
	switch p.a.About {
	case TopicFollow:
		p.follow(out)
	case TopicHush:
		p.hush(out)
	default:
		out.Text = p.did()
		out.Details = add(p.result(), p.reason(p.a.Reason))
		out.Details = append(out.Details, p.follows()...)
	}
}

// did says what was done.
func (p doer) did() string {
	v, step := p.verb(), p.step()
	q, ok := p.about()
	if !ok || v == "" {
		return p.Say("done.plain")
	}
	switch v {
	case progress.VerbRestart:
		return p.Say("done.restart", p.title(), words.A("run", q.task.Run))
	case progress.VerbApprove, progress.VerbReject, progress.VerbRetry, progress.VerbSkip:
		if step < 1 {
			return p.Say("done.plain")
		}
		if ap := p.open(v, step); ap != nil {
			return p.Say("done.voted", append(question{p.speech, ap}.counted(), order(step), p.title())...)
		}
		return p.Say("done."+string(v), order(step), p.title())
	}
	return p.Say("done."+string(v), p.title())
}

// open is the approval that a vote has not decided yet, nil if it has.
func (p doer) open(v progress.Verb, step int) *progress.Approval {
	t := p.a.Task.Task
	if v != progress.VerbApprove || step > t.Steps.Len() {
		return nil
	}
	if ap := t.Steps.At(step).Approval; ap != nil && ap.Status == progress.ApprovalPending {
		return ap
	}
	return nil
}

// result is what a rejection made of the task.
func (p doer) result() []string {
	if p.verb() != progress.VerbReject || p.a.Task == nil {
		return nil
	}
	t := p.a.Task.Task
	switch {
	case t.Status == progress.Failed:
		return []string{p.Say("done.reject.fail")}
	case t.Status == progress.Cancelled:
		return []string{p.Say("done.reject.cancel")}
	case p.a.Step > 0 && p.a.Step <= t.Steps.Len() && t.Steps.At(p.a.Step).Status == progress.StepSkipped:
		return []string{p.Say("done.reject.skip")}
	}
	return nil
}

// follows says what a worker or the person has to do now.
func (p doer) follows() []string {
	var out []string
	if p.a.Worker && p.a.Task != nil && p.a.Task.Task.Status == progress.Pending {
		out = append(out, p.Say("done.take"))
	} else if p.a.Worker {
		out = append(out, p.Say("done.hear"))
	}
	if p.verb() == progress.VerbPause && p.a.Wait > 0 && p.a.Task != nil {
		say := helper(p).wish(WishFor{Verb: progress.VerbResume, Title: titleOf(p.a.Task.Task)})
		out = append(out, p.Say("done.wait", words.A("time", p.Took(p.a.Wait)), words.A("say", say)))
	}
	return out
}

// follow says what the person is told from now on, and by which channels.
func (p doer) follow(out *Reply) {
	out.Text = p.Say("follow.all")
	if p.a.Task != nil {
		out.Text = p.Say("follow.task", p.title())
	}
	if len(p.a.By) == 0 {
		out.Details = []string{p.Say("follow.none")}
		return
	}
	names := make([]string, len(p.a.By))
	for i, channel := range p.a.By {
		names[i] = p.channel(channel)
	}
	out.Details = []string{p.Say("follow.by", words.A("list", p.List(names, false)))}
}

// channel names a channel.
func (p doer) channel(name string) string {
	switch name {
	case "email", "webpush", "webhook", "browser":
		return p.Say("channel." + name)
	case "slack", "discord":
		return string(name[0]-'a'+'A') + name[1:]
	}
	return inside(clean(name, mostName))
}

// hush says of what the person is told no more, what they still are, and how to end that.
func (p doer) hush(out *Reply) {
	out.Text = p.Say("hush.all")
	if p.a.Task != nil {
		out.Text = p.Say("hush.task", p.title())
	}
	if !p.a.Until.IsZero() {
		out.Details = append(out.Details, p.Say("hush.until", words.A("clock", p.clock(p.a.Until))))
	}
	out.Details = append(out.Details, p.Say("hush.still"))
	out.Hint = p.Say("hint.say", words.A("list", p.back()))
}

// back is what ends that one is told no more.
func (p doer) back() string {
	if p.a.Task == nil {
		return p.Say("say.follow.all")
	}
	return p.Say("say.follow", arg("title", titleOf(p.a.Task.Task)))
}

// number is a number that chooses no plural form.
func number(name string, n int) words.Arg { return words.A(name, strconv.Itoa(cmp.Or(n, 0))) }
