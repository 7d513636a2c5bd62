package webpage

import (
	"fmt"
	"slices"

	"github.com/taskherald/herald/progress"
)

// form is a command as a form sends it. Run, attempt and digest say what was
// shown, so that a command never hits what has come after it; Seq tells the
// same form, sent twice, from another one.
type form struct {
	Task         progress.TaskID
	Verb         progress.Verb
	Step         int
	Run, Attempt int
	Seq          int64
	Digest       string
}

func (v taskView) form(verb progress.Verb, step int) form {
	return form{Task: v.ID, Verb: verb, Step: step, Run: v.Run, Attempt: v.Attempt, Seq: v.Seq}
}

// Action is where the form is sent.
func (f form) Action() string { return path(f.Task) + "/" + string(f.Verb) }

// ActionOf is where it is sent for another verb.
func (f form) ActionOf(v progress.Verb) string { return path(f.Task) + "/" + string(v) }

// action is a button, or a button behind a question.
type action struct {
	form
	Label  string
	Ask    string // what is asked first, "" for nothing
	Sure   string // the button that says yes to that
	Danger bool
}

// Actions are the buttons for exactly what is offered; decisions have a box of
// their own.
func (v taskView) Actions() []action {
	all := []action{
		{form: v.form(progress.VerbPause, 0), Label: "Pause"},
		{form: v.form(progress.VerbResume, 0), Label: "Resume"},
		{form: v.form(progress.VerbRetry, failedStep(&v.Wire)), Label: "Retry " + short(failedStep(&v.Wire))},
		{form: v.form(progress.VerbSkip, skippable(&v.Wire)), Label: "Skip " + short(skippable(&v.Wire)), Ask: "Go on without " + stepName(skippable(&v.Wire), v.Steps) + "?", Sure: "Skip the step"},
		{form: v.form(progress.VerbRestart, 0), Label: "Restart", Ask: restarting(&v.Wire), Sure: "Start over"},
		{form: v.form(progress.VerbCancel, 0), Label: "Cancel", Ask: "End this task for good? Only a restart can follow.", Sure: "Cancel the task", Danger: true},
	}
	return slices.DeleteFunc(all, func(a action) bool { return !slices.Contains(v.Offers, a.Verb) })
}

func restarting(w *progress.Wire) string {
	if w.Status.Ended() {
		return fmt.Sprintf("Begin run %d from the first step?", w.Run+1)
	}
	return fmt.Sprintf("End what is under way and begin run %d from the first step?", w.Run+1)
}

// short names a step on a button.
func short(order int) string {
	if order == 0 {
		return "step"
	}
	return fmt.Sprintf("step %d", order)
}

// failedStep is the order of the step at which the task failed, 0 for none.
func failedStep(w *progress.Wire) int {
	if w.Error != nil && w.Error.Step > 0 {
		return w.Error.Step
	}
	i := slices.IndexFunc(w.Steps, func(s progress.WireStep) bool { return s.Status == progress.StepFailed })
	return i + 1
}

// skippable is the order of the step that a skip is about.
func skippable(w *progress.Wire) int {
	if w.Status == progress.Failed {
		return failedStep(w)
	}
	return w.CurrentStep
}
