package templates

import (
	"slices"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates/words"
)

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
func (b *Book) Digest(d Digest, r Reader) Notice {
	s := b.speech(r, d.At)
	n := Notice{
		Kind: "digest", Lang: s.Lang(), At: d.At, Class: s.Say("class.step"), Symbol: symbol(string(progress.Running)),
		Text: s.Say("digest.text", words.A("n", len(d.Items)+d.More)), More: d.More, Link: d.Link,
	}
	for _, it := range d.Items {
		brief := reviewer{judge{painter{b.speech(r, it.Now), it.Task, it.ETA}}, it.Kinds}.brief(it.Link)
		n.Tasks, n.Details = append(n.Tasks, brief), append(n.Details, brief.line())
	}
	if d.More > 0 {
		n.Details = append(n.Details, plus(s.Tongue, d.More))
	}
	return n
}

// Board says how the tasks stand that are at work in a place where each would have a card of
// its own, were there not so many. One without tasks is closed.
func (b *Book) Board(d Digest, r Reader) Notice {
	s := b.speech(r, d.At)
	n := b.Digest(d, r)
	n.Kind, n.Text = "board", s.Say("board.over")
	if all := len(d.Items) + d.More; all > 0 {
		n.Text = s.Say("board.text", words.A("n", all))
	}
	return n
}

// line is a brief as plain text.
func (t Brief) line() string { return t.Symbol + " " + inside(t.Title) + " – " + t.Text }

// reviewer says where a task stands, and what it came through.
type reviewer struct {
	judge
	kinds []progress.Kind
}

func (p reviewer) brief(link string) Brief {
	return Brief{Task: p.task.ID, Symbol: p.sign(), Title: titleOf(p.task), Text: p.review(), Link: link}
}

// sign is the symbol of the task's status, or a warning if it does not move.
func (p reviewer) sign() string {
	if p.alarm() != nil {
		return symbol(string(progress.Waiting))
	}
	return symbol(string(p.task.Status))
}

// review is all of it in a line: "failed at Step 2, after a retry: OutOfMemory".
func (p reviewer) review() string {
	said := p.stands()
	if past := p.past(); len(past) > 0 {
		said = p.Say("digest.after", words.A("now", said), words.A("past", p.List(past, false)))
	}
	if p.task.Status == progress.Running && p.alarm() == nil && p.eta != nil {
		about := p.About(seconds(p.eta.Low), seconds(p.eta.High))
		said = p.Say("digest.left", words.A("now", said), words.A("about", about))
	}
	if why := p.because(); why != "" {
		said = p.Say("digest.because", words.A("now", said), words.A("why", why))
	}
	return said
}

// stands says where the task stands.
func (p reviewer) stands() string {
	t, key, step := p.task, "digest.now."+string(p.task.Status), 0
	switch t.Status {
	case progress.Pending:
		if t.Run > 1 || t.Attempt > 1 {
			key = "digest.now.again"
		}
	case progress.Running:
		if p.alarm() != nil {
			key = "digest.now.stalled"
		}
	case progress.Waiting:
		step = t.Steps.First(progress.StepWaiting)
	case progress.Failed:
		step = failedStep(t)
	}
	if step > 0 {
		return p.Say(key+".step", order(step))
	}
	return p.Say(key, words.A("percent", p.Percent(t.Percent)))
}

// past is what the task came through, of what matters and is not what it is at now.
func (p reviewer) past() []string {
	var out []string
	for i, k := range p.kinds {
		key := p.name(k)
		if key != "" && !p.told(k) && !slices.Contains(p.kinds[:i], k) {
			out = append(out, p.Say("digest.past."+key))
		}
	}
	return out
}

// name is what an event is called in a digest, "" if it does not matter once it is over.
func (p reviewer) name(k progress.Kind) string {
	switch k {
	case progress.TaskFailed:
		return "failure"
	case progress.StepFell:
		return "step"
	case progress.TaskRetried:
		return "retry"
	case progress.TaskRestarted:
		return "restart"
	case progress.TaskStalled:
		return "stall"
	case progress.ApprovalDecided:
		if n := p.decided(); n > 0 && p.task.Steps.At(n).Approval.Status == progress.ApprovalApproved {
			return "approval"
		}
		return "decision"
	}
	return ""
}

// told reports whether what is said besides an event says it too: where the task stands, or
// that it failed as one of its steps did.
func (p reviewer) told(k progress.Kind) bool {
	t := p.task
	switch k {
	case progress.TaskFailed:
		return t.Status == progress.Failed
	case progress.StepFell:
		return t.Status == progress.Failed || slices.Contains(p.kinds, progress.TaskFailed)
	case progress.TaskRetried, progress.TaskRestarted:
		return t.Status == progress.Pending
	case progress.TaskStalled:
		return p.alarm() != nil
	case progress.ApprovalDecided:
		return p.refused() != nil
	}
	return false
}

// mostWhy is how much of a reason is told in a line.
const mostWhy = 200

// because says why a task failed, "" if it did not or nobody said.
func (p reviewer) because() string {
	if ap := p.refused(); ap != nil && ap.Status == progress.ApprovalExpired {
		return p.Say("digest.why.expired")
	} else if ap != nil {
		return p.Say("digest.why.rejected", words.A("who", p.who(ap.DecidedBy)))
	}
	if p.task.Status != progress.Failed {
		return ""
	}
	f := failure(p.task, failedStep(p.task))
	if f == nil {
		return ""
	}
	return inside(cut(faultText(f), mostWhy))
}

// refused is the decision that made the task fail, nil if none did.
func (p reviewer) refused() *progress.Approval {
	if p.task.Status != progress.Failed {
		return nil
	}
	n := failedStep(p.task)
	return p.refusal(n, failure(p.task, n))
}
