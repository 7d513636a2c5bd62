package templates

import (
	"strconv"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates/words"
)

// Card is the task as a picture. It costs the same for a task of many steps. The
// same subject and reader give the same card.
func (b *Book) Card(s Subject, r Reader) Card {
	p := painter{b.speech(r, s.Now), s.Task, s.ETA}
	t := s.Task
	c := Card{
		Task: t.ID, Run: t.Run, Attempt: t.Attempt, Version: t.Version, Lang: p.Lang(),
		Status: t.Status, State: p.state(string(t.Status)), Symbol: symbol(string(t.Status)), Title: titleOf(t),
		Percent: whole(t.Percent), Head: p.head(), Step: t.Current(), Steps: t.Steps.Len(), Link: s.Link,
	}
	p.present(&c)
	c.Left, c.Took, c.Remarks = p.left(), p.took(), p.remarks()
	c.Alarm, c.Ask, c.Fault = p.alarm(), p.asks(t.Steps.First(progress.StepWaiting)), judge{p}.fault()
	judge{p}.outcome(&c)
	c.Result, c.Facts, c.Offers = clerk{p}.result(), clerk{p}.facts(), clerk{p}.offers()
	return c
}

// painter makes the parts of a card.
type painter struct {
	speech
	task *progress.Task
	eta  *progress.ETA
}

// whole is a percent as people are shown it: only what is done is 100.
func whole(p float64) int { return int(min(max(p, 0), 100)) }

// symbol is that of a status of a task or a step, which share their words.
func symbol(status string) string {
	switch status {
	case string(progress.Completed):
		return "✓"
	case string(progress.Running):
		return "◐"
	case string(progress.Waiting):
		return "⚠"
	case string(progress.Failed), string(progress.Cancelled):
		return "✕"
	case string(progress.Paused):
		return "⏸"
	case string(progress.StepSkipped):
		return "–"
	}
	return "○"
}

// state is a status as a word.
func (s speech) state(status string) string { return s.Say("state." + status) }

// head says in a sentence how the task stands.
func (p painter) head() string {
	t := p.task
	key := "head." + string(t.Status)
	if t.Status == progress.Pending && (t.Run > 1 || t.Attempt > 1) {
		key = "head.again"
	}
	return p.Say(key, p.titled(titleOf(t)), words.A("percent", p.Percent(t.Percent)))
}

// present says what is done at present, and what lies around it.
func (p painter) present(c *Card) {
	t := p.task
	if t.Status == progress.Completed {
		return
	}
	c.Lines, c.More = planner{p}.lines()
	if c.Step > 0 {
		c.Place = p.Say("card.place", order(c.Step), words.A("steps", strconv.Itoa(c.Steps)))
	}
	if message := clean(t.Message, mostMessage); message != "" && !t.Status.Ended() {
		c.Message = p.Say("card.message", arg("text", message))
	}
	if n := t.Steps.First(progress.StepRunning); n > 0 {
		c.Now = p.Say("card.now", arg("text", clean(t.Steps.At(n).Name, mostName)))
	} else if n := t.Steps.First(progress.StepPaused); n > 0 {
		c.Now = p.step(t, n)
	}
}

// left says how long the task still takes; "" if there is nothing to say.
func (p painter) left() string {
	t := p.task
	switch {
	case t.Status.Ended():
		return ""
	case p.eta != nil:
		return p.remaining(*p.eta)
	case t.Status == progress.Running:
		return p.Say("card.left.unknown")
	}
	return ""
}

func (p painter) remaining(eta progress.ETA) string {
	t := p.task
	key, waits := "card.left", eta.Waits-t.Steps.Count(progress.StepWaiting)
	switch {
	case t.Status == progress.Pending && t.StartedAt.IsZero():
		key = "card.left.pending"
	case t.Status == progress.Paused:
		key = "card.left.paused"
		waits--
	}
	said := p.Say(key, words.A("about", p.About(seconds(eta.Low), seconds(eta.High))))
	if waits > 0 {
		said += " " + p.Say("card.left.approvals", words.A("n", waits))
	}
	return said
}

func seconds(n int64) time.Duration { return time.Duration(n) * time.Second }

// took says how long it took, once it has ended.
func (p painter) took() string {
	t := p.task
	if !t.Status.Ended() || t.StartedAt.IsZero() || t.EndedAt.IsZero() {
		return ""
	}
	return p.Say("card.took", words.A("took", p.Took(t.EndedAt.Sub(t.StartedAt))))
}

// remarks are what else is worth a look.
func (p painter) remarks() []string {
	t := p.task
	var out []string
	run, attempt := words.A("run", t.Run), words.A("attempt", t.Attempt)
	switch {
	case t.Run > 1 && t.Attempt > 1:
		out = append(out, p.Say("card.run.attempt", run, attempt))
	case t.Run > 1:
		out = append(out, p.Say("card.run", run))
	case t.Attempt > 1:
		out = append(out, p.Say("card.attempt", attempt))
	}
	if t.Status != progress.Completed {
		return out
	}
	if n := t.Steps.Count(progress.StepFailed); n > 0 {
		out = append(out, p.Say("card.failed", words.A("n", n)))
	}
	if n := t.Steps.Count(progress.StepSkipped); n > 0 {
		out = append(out, p.Say("card.skipped", words.A("n", n)))
	}
	return out
}

// alarm says why the task does not move; nil while it does.
func (p painter) alarm() *Said {
	t := p.task
	if t.Stalled == "" || t.Status.Ended() {
		return nil
	}
	return p.stalled(t.StallCause, p.late())
}

// late is the step that takes too long, of those around the present one; else the
// first that runs, 0 if none does.
func (p painter) late() int {
	t := p.task
	from, to := window(t.Steps.Len(), t.Current()-1, 2*near+1)
	for n := from + 1; n <= to; n++ {
		if st := t.Steps.At(n); st.Overran && st.Status == progress.StepRunning {
			return n
		}
	}
	return t.Steps.First(progress.StepRunning)
}

// stalled says why nothing moves.
func (p painter) stalled(why progress.Cause, step int) *Said {
	switch {
	case why == progress.CauseNoWorker:
		return &Said{Text: p.Say("alarm.no_worker")}
	case why == progress.CauseQuiet && !p.task.HeartbeatAt.IsZero():
		clock := p.clock(p.task.HeartbeatAt)
		return &Said{Text: p.Say("alarm.quiet", words.A("clock", clock)), At: p.task.HeartbeatAt, clock: clock}
	case why == progress.CauseOverrun && step > 0:
		return &Said{Text: p.Say("alarm.overrun", order(step), p.named(p.task, step))}
	}
	return &Said{Text: p.Say("alarm.other")}
}
