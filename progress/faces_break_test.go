package progress

import (
	"testing"
	"time"
)

// TestOwnPauseThatIsSaidAgain is a worker that says again how it stands, while it
// pauses itself: nothing changes.
func TestOwnPauseThatIsSaidAgain(t *testing.T) {
	t.Parallel()
	l := begin(t, plan("a")...)
	l.must(tick(1, 10), worker)
	again := tick(1, 20)
	again.Status = Paused
	l.must(again, worker)
	l.status(Paused)
	before := l.task
	if events := l.must(again, worker); l.task.Version != before.Version {
		t.Fatalf("it did %s", kindsOf(events))
	}
	again.StepProgress = new(30.0)
	if events := l.must(again, worker); l.task.Seq != before.Seq || l.task.Percent != 30 {
		t.Fatalf("it did %s, and stands at %v", kindsOf(events), l.task.Percent)
	}
	l.status(Paused)
}

// TestSessionHasItsGraceAfterAWait is a session that was held up by people when
// its last step was done: its worker gets the whole grace to hear that it goes on.
func TestSessionHasItsGraceAfterAWait(t *testing.T) {
	t.Parallel()
	for name, hold := range map[string]func(l *life) (release Change){
		"pause": func(l *life) Change {
			l.must(Pause{}, ann)
			return Resume{}
		},
		"approval": func(l *life) Change {
			l.must(Ask{Step: StepRef{Order: 1}, Gate: Gate{Prompt: "Well?"}}, worker)
			return Approve{Step: 1}
		},
	} {
		l := session(t, 100)
		release := hold(l)
		l.wait(time.Hour)
		l.must(release, ann)
		l.wait(59 * time.Second)
		if l.task.Status != Running {
			t.Errorf("%s: it is %s before its grace is over", name, l.task.Status)
		}
		l.wait(time.Second)
		l.status(Completed)
	}
}
