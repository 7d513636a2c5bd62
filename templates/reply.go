package templates

import (
	"cmp"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates/words"
)

// Reply says an answer at a time, which takes the place of what its subjects have for now.
// The same arguments give the same words.
func (b *Book) Reply(a Answer, r Reader, now time.Time) Reply {
	p := replier{b.speech(r, now), a}
	out := Reply{About: a.About, Lang: p.Lang(), Buttons: presser{p}.buttons(), tasks: a.tasks()}
	if a.Task != nil {
		out.Link = a.Task.Link
	}
	switch a.About {
	case TopicStatus:
		status(b, p, r, &out)
	case TopicETA:
		timer{p}.say(&out)
	case TopicLogs:
		printer{p}.say(&out)
	case TopicHistory:
		historian{p}.say(&out)
	case TopicHelp:
		helper{p}.say(&out)
	case TopicList, TopicChoose, TopicMissing, TopicNothing:
		finder{p}.say(&out)
	case TopicDone, TopicFollow, TopicHush:
		doer{p}.say(&out)
	case TopicRefused, TopicMoved, TopicTrouble:
		refuser{p}.say(&out)
	case TopicStranger, TopicLinked, TopicUnlinked:
		newcomer{p}.say(&out)
	default:
		doubter{p}.say(&out)
	}
	if a.Stranger {
		newcomer{p}.how(&out)
	}
	out.veil()
	return out
}

// replier has what all answers are said with.
type replier struct {
	speech
	a Answer
}

// status is the task's card, and for whom it waits where that does not say it.
func status(b *Book, p replier, r Reader, out *Reply) {
	if p.a.Task == nil {
		doubter{p}.say(out)
		return
	}
	s := *p.a.Task
	s.Now = p.now
	card := b.Card(s, r)
	out.Text, out.Card = card.Head, &card
	out.After = waiter{p.of(s), p.a.Decisions}.beside(card)
}

// of is a task as it stands, which knows nothing of what it came through.
func (p replier) of(s Subject) reviewer {
	return reviewer{judge{painter{p.speech, s.Task, s.ETA}}, nil}
}

// about is the task that is spoken of; ok is false if there is none.
func (p replier) about() (_ reviewer, ok bool) {
	if p.a.Task == nil {
		return reviewer{}, false
	}
	return p.of(*p.a.Task), true
}

// title fills in the title of the task that is spoken of.
func (p replier) title() words.Arg {
	if p.a.Task != nil {
		return p.titled(titleOf(p.a.Task.Task))
	}
	return p.titled(cmp.Or(clean(p.a.Named, mostTitle), p.Say("title.task")))
}

// line is a task as an item: where it stands, and since when.
func (p replier) line(s Subject) Item {
	q := p.of(s)
	return Item{Task: s.Task.ID, Symbol: q.sign(), Title: titleOf(s.Task), Text: q.aged(), Link: s.Link}
}

// context is the task that is spoken of as the only item; the link to it is the reply's.
func (p replier) context() []Item {
	if p.a.Task == nil {
		return nil
	}
	it := p.line(*p.a.Task)
	it.Link = ""
	return []Item{it}
}

// lines are tasks as items, each with its number.
func (p replier) lines(out *Reply, tasks []Subject, more int) {
	for i, s := range tasks {
		it := p.line(s)
		it.Number = i + 1
		out.Items = append(out.Items, it)
	}
	out.left(p.Tongue, more)
}

// left says how many items are left out.
func (r *Reply) left(t *words.Tongue, more int) {
	if r.More, r.Plus = max(more, 0), ""; r.More > 0 {
		r.Plus = plus(t, r.More)
	}
}

// aged is where the task stands, and since when: "65% complete, started 3 hours ago".
func (p reviewer) aged() string {
	t := p.task
	key, at := "line.created", t.CreatedAt
	switch {
	case t.Status.Ended():
		key, at = "line.ended", t.EndedAt
	case !t.StartedAt.IsZero():
		key, at = "line.started", t.StartedAt
	}
	if at.IsZero() {
		return p.stands()
	}
	return p.Say(key, words.A("now", p.stands()), words.A("ago", p.Ago(p.now.Sub(at))))
}

// verb is the verb of the answer, "" for one that nobody wishes for.
func (p replier) verb() progress.Verb { return wish(p.a.Verb) }

// wish is a verb that people give, "" for any other.
func wish(v progress.Verb) progress.Verb {
	if rule, ok := progress.RuleOf(v); ok && rule.Wish {
		return v
	}
	return ""
}

// act fills in what a verb does, as the infinitive of a sentence.
func (p replier) act() words.Arg {
	return words.A("act", p.Say("act."+cmp.Or(string(p.verb()), "none")))
}

// step is the step that the verb is about: the one that was said, else the one that the
// task's state makes it; 0 if there is none.
func (p replier) step() int {
	if p.a.Step > 0 || p.a.Task == nil {
		return p.a.Step
	}
	t := p.a.Task.Task
	switch p.verb() {
	case progress.VerbApprove, progress.VerbReject:
		return t.Steps.First(progress.StepWaiting)
	case progress.VerbRetry, progress.VerbSkip:
		return cmp.Or(t.Retried, clerk{painter{p.speech, t, nil}}.skips())
	}
	return 0
}
