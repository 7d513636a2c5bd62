package progress

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"
)

func TestPercentWeights(t *testing.T) {
	t.Parallel()
	minute := time.Minute
	for name, c := range map[string]struct {
		plans []Plan
		want  float64 // with the first step done and the second half done
	}{
		"equal":               {plan("a", "b"), 75},
		"declared":            {[]Plan{{Name: "a", Weight: 3}, {Name: "b", Weight: 1}}, 87.5},
		"past durations":      {[]Plan{{Name: "a", Typical: minute}, {Name: "b", Typical: 3 * minute}}, 62.5},
		"declared and equal":  {[]Plan{{Name: "a", Weight: 3}, {Name: "b"}}, 87.5},
		"declared over past":  {[]Plan{{Name: "a", Weight: 1, Typical: 9 * minute}, {Name: "b", Weight: 1, Typical: minute}}, 75},
		"past and unknown":    {[]Plan{{Name: "a", Typical: minute}, {Name: "b"}}, 75},
		"two past, one other": {[]Plan{{Name: "a", Typical: minute}, {Name: "b"}, {Name: "c", Typical: 3 * minute}}, 33.33},
	} {
		l := begin(t, c.plans...)
		l.must(at(1, StepCompleted), worker)
		l.must(tick(2, 50), worker)
		if l.task.Percent != c.want {
			t.Errorf("%s: %v, want %v", name, l.task.Percent, c.want)
		}
	}
}

func TestPercentOfSubsteps(t *testing.T) {
	t.Parallel()
	subs := []Substep{{Name: "x"}, {Name: "y"}, {Name: "z"}, {Name: "w"}}
	l := begin(t, Plan{Name: "a", Substeps: subs})
	done := func(n string) { l.must(Report{Step: ref(1), Substep: n, SubstepDone: new(true)}, worker) }
	done("x")
	l.percent(25)
	done("y")
	done("z")
	l.percent(75)
	l.must(tick(1, 80), worker) // its own number counts from here on
	done("w")
	l.percent(80)
	l.must(Report{Step: ref(1), Substep: "w", SubstepDone: new(false)}, worker)
	l.percent(80)
	if len(subs) != 4 || subs[0].Done() {
		t.Fatal("the plan that was given has changed")
	}
	l.must(at(1, StepCompleted), worker)
	for _, s := range l.task.Steps.At(1).Substeps {
		if !s.Done() {
			t.Fatalf("%s is not done in a completed step", s.Name)
		}
	}
}

func TestPercentSkippedAndFailed(t *testing.T) {
	t.Parallel()
	l := begin(t, Plan{Name: "a", AllowFailure: true}, Plan{Name: "b"})
	l.must(tick(1, 40), worker)
	l.must(at(1, StepFailed), worker)
	l.percent(20)
	l.must(at(2, StepSkipped), worker)
	l.percent(70)
}

func TestOnlyTheWholeIs100(t *testing.T) {
	t.Parallel()
	l := begin(t, plan("a", "b")...)
	l.must(at(1, StepCompleted), worker)
	l.must(tick(2, 99.9999), worker)
	l.percent(99.99)
}

// TestSteps compares the blocks with a plain list through random changes, and
// holds that older values stay as they were.
func TestSteps(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 3))
	var s Steps
	var list []Step
	for i := range 700 {
		step := newStep(Plan{Name: fmt.Sprint("s", i), Weight: r.Float64()}, i+1)
		old := s
		s, list = s.append(step), append(list, step)
		if old.Len() != i || s.Find(step.Name) != i+1 {
			t.Fatalf("step %d: found at %d", i+1, s.Find(step.Name))
		}
		for range 3 {
			n := r.IntN(len(list)) + 1
			list[n-1].Status = stepStatuses[r.IntN(len(stepStatuses))]
			list[n-1].Percent = float64(r.IntN(100))
			before := s.At(n)
			old := s
			s = s.with(list[n-1])
			if old.At(n).Status != before.Status {
				t.Fatal("an older value has changed")
			}
			changed := 0
			for c := range s.Changed(old) {
				if changed++; c.Order != n {
					t.Fatalf("step %d changed, not %d", n, c.Order)
				}
			}
			if changed != 1 {
				t.Fatalf("%d changes", changed)
			}
		}
	}
	plainSum := SetSteps(list)
	for _, status := range stepStatuses {
		first, count := 0, 0
		for _, step := range list {
			if step.Status == status {
				if count++; first == 0 {
					first = step.Order
				}
			}
		}
		if s.First(status) != first || s.Count(status) != count {
			t.Fatalf("%s: first %d, count %d", status, s.First(status), s.Count(status))
		}
	}
	if s.mean() != plainSum.mean() || s.Find("none") != 0 {
		t.Fatal("the mean differs from that of a fresh list")
	}
}

// TestSameSeesEveryField: what Same does not see, a tick would not store.
func TestSameSeesEveryField(t *testing.T) {
	t.Parallel()
	fill := map[reflect.Type]any{
		reflect.TypeFor[string](): "x", reflect.TypeFor[StepStatus](): StepFailed, reflect.TypeFor[int](): 7,
		reflect.TypeFor[float64](): 7.5, reflect.TypeFor[bool](): true, reflect.TypeFor[time.Duration](): time.Hour,
		reflect.TypeFor[time.Time](): epoch, reflect.TypeFor[*Gate](): &Gate{}, reflect.TypeFor[*Approval](): &Approval{},
		reflect.TypeFor[*Fault](): &Fault{}, reflect.TypeFor[[]Substep](): []Substep{{Name: "x"}},
	}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[Step]()) {
		if f.Anonymous {
			continue
		}
		var changed Step
		value, ok := fill[f.Type]
		if !ok {
			t.Fatalf("%s: give this test a value of type %s", f.Name, f.Type)
		}
		reflect.ValueOf(&changed).Elem().FieldByIndex(f.Index).Set(reflect.ValueOf(value))
		if changed.Same(Step{}) {
			t.Errorf("Same does not see %s", f.Name)
		}
	}
}

// BenchmarkTick is one percent report acted on, in a plan of five
// steps and on one of ten thousand.
func BenchmarkTick(b *testing.B) {
	for _, n := range []int{5, 10_000} {
		b.Run(fmt.Sprintf("steps=%d", n), func(b *testing.B) {
			plans := make([]Plan, n)
			for i := range plans {
				plans[i].Name = fmt.Sprint("step ", i)
			}
			l := &life{t: b, at: epoch}
			l.must(Create{Spec: Spec{Title: "x"}, Steps: plans}, worker)
			l.must(at(n/2, StepRunning), worker)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				p := float64(i%100_000) / 1000
				l.task.Percent = 0
				c := Command{Task: "t1", By: worker, Do: tick(n/2, p)}
				if _, _, err := Act(l.task, c, l.at); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
