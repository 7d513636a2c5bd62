package engine

import (
	"context"
	"testing"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/store"
)

// slow is a reader for which the past of a kind takes its time.
type slow struct {
	reader
	asked, answer chan struct{}
}

func (s slow) Pasts(ctx context.Context, q store.PastQuery) ([]store.Past, error) {
	if q.Kind == "slow" {
		close(s.asked)
		<-s.answer
	}
	return s.reader.Pasts(ctx, q)
}

// TestThePastHoldsUpNobody holds that whoever creates a task whose past has to be
// read waits for that alone.
func TestThePastHoldsUpNobody(t *testing.T) {
	t.Parallel()
	eachShaky(t, Options{}, func(t *testing.T, w world, s *shaky) {
		past := slow{s.Store, make(chan struct{}), make(chan struct{})}
		w.typical.from = past
		c := create("a")
		c.Spec.Kind = "slow"
		first := w.launch(context.Background(), "t1", c)
		<-past.asked
		other := create("a", "b")
		other.Spec.Kind = "crm"
		w.must("t2", worker, other)
		w.must("t2", worker, at(1, progress.StepCompleted)) // which is learned of
		close(past.answer)
		first.lands(t, "")
		if got := w.same("t1").Steps.Len(); got != 1 {
			t.Errorf("the task has %d steps", got)
		}
	})
}
