package templates

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates/words"
)

// Notice is one thing that happened, in words of one language, without a layout.
// Texts of strangers are clean, as on a [Card].
type Notice struct {
	Task progress.TaskID `json:"task_id,omitempty"`
	Seq  int64           `json:"seq,omitempty"` // of the event
	Kind string          `json:"kind"`          // of the event or the note
	Lang string          `json:"lang"`
	At   time.Time       `json:"at"`

	Class   string   `json:"class"`           // how much it matters, as a word
	Symbol  string   `json:"symbol"`          // ✓ ◐ ○ ⚠ ✕ ⏸
	Title   string   `json:"title,omitempty"` // of the task
	Text    string   `json:"text"`            // what happened, in a sentence
	About   string   `json:"about,omitempty"` // of which task, where Text does not say it
	Details []string `json:"details,omitempty"`
	Link    string   `json:"link,omitempty"`

	Tasks []Brief `json:"tasks,omitempty"` // of a digest; Details has a line of each
	More  int     `json:"more,omitempty"`  // tasks beyond those; the last of Details says it

	minor bool   // the next one may take its place
	asks  string // the approval that it asks for, if any
	tells int    // how many details are said before what is asked
}

// Minor reports whether a notice is an update among many: nobody has to be called to
// it where it takes the place of an older one.
func (n Notice) Minor() bool { return n.minor }

// Beside is a notice for a surface that shows a question too. One that asks the same
// leaves its details to it; same is true then.
func (n Notice) Beside(a *Ask) (_ Notice, same bool) {
	if a == nil || n.asks == "" || n.asks != a.ID {
		return n, false
	}
	n.Details = slices.Clip(n.Details[:min(n.tells, len(n.Details))])
	return n, true
}

// Notice says what an event was. The task may have gone on since: what can still be
// done about it is as of now.
func (b *Book) Notice(s Subject, e *progress.Event, r Reader) Notice {
	p := teller{judge{painter{b.speech(r, s.Now), s.Task, s.ETA}}, e, s.Again}
	n := Notice{
		Task: s.Task.ID, Seq: e.Seq, Kind: string(e.Kind), Lang: p.Lang(), At: e.At,
		Title: titleOf(s.Task), Link: s.Link,
	}
	class, sign := classOf(e)
	n.Class, n.Symbol, n.minor = p.Say("class."+class), sign, class == "step" || class == "progress"
	n.Text, n.Details = p.tell()
	if ap := e.Data.Approval; e.Kind == progress.ApprovalNeeded && ap != nil {
		n.asks, n.tells = ap.ID, len(asker{p}.setting())
	}
	if !hasTitle(e) {
		n.About = p.Say("detail.task", arg("title", n.Title))
	}
	return n
}

// teller says what an event was.
type teller struct {
	judge
	event *progress.Event
	again int // how often it was told before
}

// hasTitle reports whether the sentence of the event has the task's title.
func hasTitle(e *progress.Event) bool {
	switch d := &e.Data; e.Kind {
	case progress.TaskFailed, progress.StepStarted, progress.StepDone, progress.StepFell, progress.StepPassed:
		return false
	case progress.ApprovalNeeded, progress.ApprovalVoted, progress.ApprovalDecided:
		return d.Approval == nil
	case progress.TaskStalled:
		return d.Cause != progress.CauseOverrun || e.Step == 0
	case progress.PlanChanged:
		return d.Substep == nil
	}
	return true
}

// classOf is how much an event matters, and its symbol.
func classOf(e *progress.Event) (class, sign string) {
	switch e.Kind {
	case progress.TaskCompleted:
		return "end", symbol(string(progress.Completed))
	case progress.TaskFailed:
		return "end", symbol(string(progress.Failed))
	case progress.TaskCancelled:
		return "end", symbol(string(progress.Cancelled))
	case progress.ApprovalNeeded:
		return "approval", symbol(string(progress.Waiting))
	case progress.ApprovalVoted, progress.ApprovalDecided:
		return "approval", decisionSymbol(e.Data.Approval)
	case progress.TaskStalled:
		return "alarm", symbol(string(progress.Waiting))
	case progress.StepDone:
		return "step", symbol(string(progress.StepCompleted))
	case progress.StepFell:
		return "step", symbol(string(progress.StepFailed))
	case progress.StepPassed:
		return "step", symbol(string(progress.StepSkipped))
	case progress.TaskPaused:
		return "step", symbol(string(progress.Paused))
	case progress.TaskCreated, progress.TaskRestarted, progress.TaskRetried:
		return "step", symbol(string(progress.Pending))
	case progress.Ticked:
		return "progress", symbol(string(progress.Running))
	}
	return "step", symbol(string(progress.Running))
}

func decisionSymbol(ap *progress.Approval) string {
	switch {
	case ap == nil || ap.Status == progress.ApprovalPending:
		return symbol(string(progress.Waiting))
	case ap.Status == progress.ApprovalApproved:
		return symbol(string(progress.Completed))
	case ap.Status == progress.ApprovalVoid:
		return symbol(string(progress.StepSkipped))
	}
	return symbol(string(progress.Failed))
}

// tell says what happened in a sentence, and more of it.
func (p teller) tell() (text string, details []string) {
	e := p.event
	switch e.Kind {
	case progress.TaskFailed:
		return p.failed()
	case progress.StepFell:
		return p.stepSays(), p.stepFailed()
	case progress.TaskStalled:
		return p.stuck()
	case progress.ApprovalNeeded, progress.ApprovalVoted, progress.ApprovalDecided:
		return asker{p}.decision()
	case progress.PlanChanged:
		return p.plan()
	case progress.StepStarted, progress.StepDone:
		return p.stepSays(), nil
	case progress.StepPassed:
		return p.stepSays(), p.wished()
	case progress.TaskCompleted:
		return p.says("event." + string(e.Kind)), p.completed()
	case progress.TaskRetried:
		return p.retried(), p.wished()
	case progress.TaskPaused, progress.TaskResumed, progress.TaskCancelled, progress.TaskRestarted:
		return p.says("event." + string(e.Kind)), p.wished()
	case progress.TaskCreated, progress.TaskStarted, progress.TaskReopened, progress.Ticked:
		return p.says("event." + string(e.Kind)), nil
	}
	return p.says("event.other"), nil
}

// says is a sentence about the whole task.
func (p teller) says(key string, more ...words.Arg) string {
	run := max(p.event.Data.Run, p.task.Run)
	return p.Say(key, append(more, p.titled(titleOf(p.task)), words.A("run", run), words.A("percent", p.Percent(p.task.Percent)))...)
}

// stepSays is a sentence about the event's step.
func (p teller) stepSays() string {
	return p.Say("event."+string(p.event.Kind), order(p.event.Step), p.named(p.task, p.event.Step))
}

func (p teller) retried() string {
	e := p.event
	switch {
	case e.Step == 0:
		return p.says("event.task.started")
	case e.Data.Tell == progress.ControlSkip:
		return p.says("event.task.retried.skip", order(e.Step))
	}
	return p.says("event.task.retried", order(e.Step))
}

// wished says who wanted it, how, when and why. A worker's own moves say no more
// than why.
func (p teller) wished() []string {
	e := p.event
	if ap := p.ruling(e.Step, e.At); ap != nil {
		q := question{p.speech, ap}
		return add(nil, q.outcome(e.Step).Text, q.why())
	}
	var out []string
	own := e.Data.Own || e.Kind == progress.StepPassed && e.Data.Tell != progress.ControlSkip
	if e.By != "" && !own {
		out = append(out, p.done("by", e.By, e.Via, e.At).Text)
	}
	return add(out, p.reason(e.Data.Reason))
}

// add appends the texts that say anything.
func add(out []string, texts ...string) []string {
	for _, text := range texts {
		if text != "" {
			out = append(out, text)
		}
	}
	return out
}

// stuck says that nothing moves, and why.
func (p teller) stuck() (text string, details []string) {
	e := p.event
	if e.Data.Cause == progress.CauseOverrun && e.Step > 0 {
		return p.Say("event.task.stalled.overrun", order(e.Step)), []string{p.step(p.task, e.Step)}
	}
	return p.says("event.task.stalled"), []string{p.stalled(e.Data.Cause, e.Step).Text}
}

// completed says how long it took, and what came out.
func (p teller) completed() []string {
	out := add(nil, p.took())
	if p.task.Status != progress.Completed {
		return out
	}
	out = append(out, p.remarks()...)
	for _, f := range (clerk{p.painter}).result() {
		out = append(out, f.Text)
	}
	return out
}

// failed says at which step the task failed, why, and what can be done.
func (p teller) failed() (text string, details []string) {
	e := p.event
	text = p.Say("event.task.failed")
	if e.Step > 0 {
		text = p.Say("event.task.failed.step", order(e.Step))
	}
	details = add(add(nil, p.step(p.task, e.Step)), p.reasons()...)
	if p.task.Status == progress.Failed {
		details = add(details, p.advice())
	}
	return text, details
}

// reasons says why a step or the task failed, and who refused if that is why.
func (p teller) reasons() []string {
	e := p.event
	if ap := p.refusal(e.Step, e.Data.Error); ap != nil {
		q := question{p.speech, ap}
		return add(nil, q.outcome(e.Step).Text, q.why())
	}
	return []string{p.why(e.Step, e.Data.Error)}
}

func (p teller) stepFailed() []string {
	e := p.event
	out := p.reasons()
	if e.Step <= p.task.Steps.Len() && e.Step > 0 && p.task.Steps.At(e.Step).AllowFailure {
		out = append(out, p.Say("detail.goes_on"))
	}
	return out
}

// plan says what is new in the plan.
func (p teller) plan() (text string, details []string) {
	e := p.event
	if sub := e.Data.Substep; sub != nil {
		key := "event.substep.added"
		switch sub.Status {
		case progress.StepRunning, progress.StepCompleted:
			key = "event.substep." + string(sub.Status)
		}
		return p.Say(key, order(e.Step), arg("name", clean(sub.Name, mostName))), nil
	}
	text = p.says("event.plan.changed")
	if n := len(e.Data.Steps); n > 0 {
		details = append(details, p.Say("event.plan.steps", words.A("n", n), words.A("names", p.newSteps())))
	}
	return text, details
}

// mostNew is how many new steps are named.
const mostNew = 3

func (p teller) newSteps() string {
	plans := p.event.Data.Steps
	var names []string
	for _, plan := range plans[:min(len(plans), mostNew)] {
		names = append(names, inside(clean(plan.Name, mostName)))
	}
	if more := len(plans) - len(names); more > 0 {
		return strings.Join(names, p.Say("list.comma")) + " " + p.Say("card.more", words.A("n", strconv.Itoa(more)))
	}
	return p.List(names, false)
}
