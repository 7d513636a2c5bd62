package ticket

import "github.com/taskherald/herald/progress"

// ButtonsOf makes the buttons of a task, by the verb and the step, which is 0 for the whole
// task: they are good for as long as it is as it is now, in the hands of whoever may do what
// they say. It makes "" for a decision where nothing is asked.
func (s *Sealer) ButtonsOf(t *progress.Task) func(v progress.Verb, step int) string {
	return func(v progress.Verb, step int) string {
		b := Button{Verb: v, Task: t.ID, Step: step, Run: t.Run, Attempt: t.Attempt}
		if v == progress.VerbApprove || v == progress.VerbReject {
			if step < 1 || step > t.Steps.Len() || t.Steps.At(step).Approval == nil {
				return ""
			}
			b.Digest = t.Steps.At(step).Approval.Digest
		}
		return s.SealButton(b)
	}
}
