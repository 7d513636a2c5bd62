package ticket_test

import (
	"testing"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/ticket"
)

// TestButtonsOf holds that the buttons of a task are of it as it is, and that there is none
// for a decision where nothing is asked.
func TestButtonsOf(t *testing.T) {
	t.Parallel()
	s, err := ticket.New(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	task := progress.Task{ID: "task_1", Run: 2, Attempt: 3}
	seal := s.ButtonsOf(&task)
	b, err := s.OpenButton(seal(progress.VerbCancel, 0))
	if want := (ticket.Button{Verb: progress.VerbCancel, Task: "task_1", Run: 2, Attempt: 3}); b != want || err != nil {
		t.Errorf("%+v, %v", b, err)
	}
	for _, v := range []progress.Verb{progress.VerbApprove, progress.VerbReject} {
		for _, step := range []int{-1, 0, 1} {
			if text := seal(v, step); text != "" {
				t.Errorf("%s of step %d is %q", v, step, text)
			}
		}
	}
}
