package progress

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"
)

// slow is a task that runs, and may be quiet for ten minutes. Its first step
// is known to take eight.
func slow(t testing.TB, change ...func(*Create)) *life {
	t.Helper()
	c := Create{Spec: Spec{Title: "CRM", Kind: "crm", StallAfter: 10 * time.Minute}, Steps: plan("Build", "Test")}
	c.Steps[0].Late = 8 * time.Minute
	for _, f := range change {
		f(&c)
	}
	l := &life{t: t, at: epoch}
	l.must(c, worker)
	l.must(at(1, StepRunning), worker)
	l.must(Heartbeat{}, worker)
	return l
}

// quick is a task of whose steps nobody knows how long they take.
func quick(c *Create) { c.Steps[0].Late = 0 }

// clock lets time go by as a server does that looks only when it has to, and
// returns what it says.
func (l *life) clock(d time.Duration) (said []Event) {
	l.t.Helper()
	for end := l.at.Add(d); ; {
		wake := l.task.Wake()
		if wake.IsZero() || wake.After(end) {
			l.at = end
			return said
		}
		l.at = later(l.at, wake)
		due := l.task.Overdue(l.at)
		if len(due) == 0 {
			l.t.Fatalf("at %s it looks for nothing", wake)
		}
		for _, do := range due {
			events, err := l.command(Command{Task: "t1", By: Timer(), Via: ViaTimer, Do: do})
			if err != nil {
				l.t.Fatal(err)
			}
			said = append(said, events...)
		}
		if next := l.task.Wake(); next.Equal(wake) {
			l.t.Fatalf("it would look again and again at %s", wake)
		}
	}
}

// beats sends a heartbeat every 15 seconds, and returns what the clock says.
func (l *life) beats(d time.Duration) (said []Event) {
	l.t.Helper()
	for range d / (15 * time.Second) {
		said = append(said, l.clock(14*time.Second)...)
		l.must(Heartbeat{}, worker) // a second later
	}
	return said
}

// stalled wants the task to have stalled for that cause, and to say so.
func (l *life) stalled(want Cause, say string) {
	l.t.Helper()
	if l.task.StallCause != want || l.task.Stalled != say {
		l.t.Fatalf("it has stalled by %q: %q, want %q: %q", l.task.StallCause, l.task.Stalled, want, say)
	}
}

// causes are those of the stalls among events, with their steps.
func causes(events []Event) string {
	var out []string
	for _, e := range events {
		if e.Kind == TaskStalled {
			out = append(out, fmt.Sprint(e.Data.Cause, e.Step))
		}
	}
	return strings.Join(out, " ")
}

func (l *life) says(want string, events []Event) {
	l.t.Helper()
	if got := causes(events); got != want {
		l.t.Fatalf("it says %q, want %q", got, want)
	}
}

func TestQuiet(t *testing.T) {
	t.Parallel()
	l := slow(t, quick)
	l.says("", l.clock(10*time.Minute))
	l.says("quiet0", l.clock(20*time.Second))
	l.stalled(CauseQuiet, "no word from its worker for 10 minutes")
	l.says("", l.clock(24*time.Hour)) // once
	version := l.task.Version
	l.must(Heartbeat{}, worker)
	l.stalled("", "")
	if l.task.Version != version+1 {
		t.Fatal("nobody sees that it is back")
	}
	l.says("", l.beats(time.Hour))
	l.says("quiet0", l.clock(time.Hour))
	l.must(tick(1, 5), worker)
	l.stalled("", "")
	l.says("quiet0", l.clock(time.Hour))
	l.must(Report{Status: Completed}, worker)
	l.stalled("", "")
	l.says("", l.clock(time.Hour))
}

func TestQuietIsForTasksThatRun(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(*life){
		"paused":  func(l *life) { l.must(Pause{}, ann) },
		"resting": func(l *life) { l.must(Report{Status: Paused}, worker) },
		"waiting": func(l *life) { l.must(Ask{Step: ref(1)}, worker) },
		"ended":   func(l *life) { l.must(Report{Status: Failed}, worker) },
		"for ever": func(l *life) {
			spec := *l.task.Spec
			spec.StallAfter = -1
			l.task.Spec = &spec
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := slow(t, quick)
			prepare(l)
			l.says("", l.clock(24*time.Hour))
		})
	}
	l := &life{t: t, at: epoch}
	l.must(Create{Spec: Spec{Title: "x", StallAfter: time.Minute}}, worker)
	l.says("", l.clock(24*time.Hour)) // no worker was ever there
}

// TestPeopleReArm: what people do gives the worker its whole time again.
func TestPeopleReArm(t *testing.T) {
	t.Parallel()
	for name, act := range map[string]func(*life){
		"resume":   func(l *life) { l.must(Pause{}, ann); l.clock(time.Hour); l.must(Resume{}, ann) },
		"approval": func(l *life) { l.must(Ask{Step: ref(1)}, worker); l.clock(time.Hour); l.must(Approve{}, ann) },
		"skip":     func(l *life) { l.must(Skip{Step: 1}, ann) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := slow(t, quick)
			l.says("quiet0", l.clock(11*time.Minute))
			act(l)
			l.stalled("", "")
			l.says("", l.clock(10*time.Minute))
			l.says("quiet0", l.clock(time.Minute))
		})
	}
	l := slow(t)
	l.says("overrun1", l.beats(9*time.Minute))
	l.must(Restart{}, ann)
	l.stalled("", "")
	l.says("no_worker0", l.clock(time.Hour))
	l.must(Heartbeat{}, worker)
	l.must(at(1, StepRunning), worker)
	l.says("overrun1", l.beats(9*time.Minute))
	l.must(at(1, StepFailed), worker)
	l.must(Retry{}, ann)
	l.must(at(1, StepRunning), worker)
	l.says("", l.beats(8*time.Minute))
	l.says("overrun1", l.beats(time.Minute))
}

// TestReporterWithoutHeartbeats may be quiet while its step takes what it is known
// to take.
func TestReporterWithoutHeartbeats(t *testing.T) {
	t.Parallel()
	long := func(c *Create) { c.Steps[0].Late = time.Hour }
	mute := func(t *testing.T) *life {
		l := &life{t: t, at: epoch}
		c := Create{Spec: Spec{Title: "x", StallAfter: 10 * time.Minute}, Steps: plan("Build", "Test")}
		long(&c)
		l.must(c, worker)
		l.must(at(1, StepRunning), worker)
		return l
	}
	l := mute(t)
	l.says("", l.clock(59*time.Minute))
	l.says("quiet0", l.clock(time.Hour)) // that it overruns is no news then
	l.must(at(1, StepCompleted), worker)
	l.must(at(2, StepRunning), worker) // nobody knows this one
	l.says("quiet0", l.clock(11*time.Minute))
	l = mute(t)
	l.must(Pause{}, ann)
	l.must(Heartbeat{}, worker) // what it does while it is paused says nothing of how it works
	l.clock(time.Hour)
	l.must(Resume{}, ann)
	l.says("", l.clock(58*time.Minute))
	l = slow(t, long)
	l.says("quiet0", l.clock(11*time.Minute))
}

func TestOverrun(t *testing.T) {
	t.Parallel()
	l := slow(t)
	l.says("", l.beats(7*time.Minute+45*time.Second))
	said := l.beats(time.Hour)
	l.says("overrun1", said)
	l.stalled(CauseOverrun, `step "Build" has taken 8 minutes, longer than 19 of 20 times before (8 minutes)`)
	if e := said[0]; !e.At.Equal(l.task.Steps.At(1).StartedAt.Add(8 * time.Minute)) {
		t.Fatalf("it was said at %s", e.At)
	}
	l.must(Report{Seq: 1}, worker) // nothing new
	l.stalled(CauseOverrun, l.task.Stalled)
	l.must(tick(1, 10), worker)
	l.stalled("", "")
	l.says("", l.beats(7*time.Minute+45*time.Second))
	l.must(tick(1, 11), worker) // it moves: its time begins again
	l.says("", l.beats(7*time.Minute+45*time.Second))
	l.says("overrun1", l.beats(time.Hour))
	if say := `step "Build" has taken 83 minutes`; !strings.HasPrefix(l.task.Stalled, say) {
		t.Fatalf("it says %s, want %s", l.task.Stalled, say)
	}
	l.must(at(1, StepCompleted), worker)
	l.stalled("", "")
	l.must(at(2, StepRunning), worker)
	l.says("", l.beats(24*time.Hour))
}

// TestOverrunIsWork: neither pauses nor people count, and a step that stands at
// 100 is done.
func TestOverrunIsWork(t *testing.T) {
	t.Parallel()
	l := slow(t)
	l.beats(4 * time.Minute)
	l.must(Pause{}, ann)
	l.says("", l.beats(time.Hour))
	l.must(Resume{}, ann)
	l.must(Ask{Step: ref(1)}, worker)
	l.says("", l.beats(time.Hour))
	l.must(Approve{}, ann)
	l.says("", l.beats(3*time.Minute+45*time.Second))
	l.says("overrun1", l.beats(time.Minute))
	l = slow(t)
	l.must(tick(1, 100), worker)
	l.says("", l.beats(time.Hour))
	l = slow(t, func(c *Create) { c.Steps[0].Late = 2 * time.Second })
	l.says("", l.clock(20*time.Second))
	l.says("overrun1", l.clock(10*time.Second))
	if want := `step "Build" has taken 30 seconds, longer than 19 of 20 times before (2 seconds)`; l.task.Stalled != want {
		t.Fatal(l.task.Stalled)
	}
}

// TestOverrunThenQuiet: that the worker is gone is news beside a step that takes
// long, and not the other way round.
func TestOverrunThenQuiet(t *testing.T) {
	t.Parallel()
	l := slow(t)
	l.says("overrun1 quiet0", l.clock(time.Hour))
	l.stalled(CauseQuiet, "no word from its worker for 18 minutes")
	l.must(Heartbeat{}, worker)
	l.stalled("", "")
	l.says("", l.beats(7*time.Minute))
	l.says("overrun1", l.beats(time.Hour)) // something has moved since, and then nothing
}

// TestManyStepsAtOnce: a step that moves on does not hide another that is late,
// and each is said once.
func TestManyStepsAtOnce(t *testing.T) {
	t.Parallel()
	l := slow(t, func(c *Create) { c.Steps[1].Late = 12 * time.Minute })
	l.must(at(2, StepRunning), worker)
	said := ""
	for i := range 60 {
		said += causes(l.clock(59*time.Second)) + " "
		l.must(tick(2, float64(i+1)), worker)
	}
	if got := strings.Join(strings.Fields(said), " "); got != "overrun1 overrun2" {
		t.Fatalf("it says %q", got)
	}
}

// TestLateIsNews: a step knows the newest that is known when it begins, also
// after a replay.
func TestLateIsNews(t *testing.T) {
	t.Parallel()
	l := slow(t)
	r := at(2, StepRunning)
	r.Late = 3 * time.Minute
	if name := Begins(&l.task, &r); name != "Test" {
		t.Fatalf("it begins %q", name)
	}
	l.must(r, worker)
	if name := Begins(&l.task, &r); name != "" {
		t.Fatalf("it begins %q again", name)
	}
	r = Report{Step: StepRef{Name: "Pack"}, StepStatus: StepRunning, Late: time.Minute}
	if name := Begins(&l.task, &r); name != "Pack" {
		t.Fatalf("it begins %q", name)
	}
	if name := Begins(&l.task, &Report{}); name != "" {
		t.Fatalf("a report of no step begins %q", name)
	}
	l.must(r, worker)
	for _, task := range []Task{l.task, Replay("t1", l.events)} {
		for n, want := range []time.Duration{8 * time.Minute, 3 * time.Minute, time.Minute} {
			if got := task.Steps.At(n + 1).Late; got != want {
				t.Errorf("step %d takes %s, want %s", n+1, got, want)
			}
		}
	}
}

// TestSpared: a server that was away hears its workers first.
func TestSpared(t *testing.T) {
	t.Parallel()
	for cause, c := range map[Cause]struct {
		change func(*Create)
		spared time.Duration
	}{CauseQuiet: {quick, 10 * time.Minute}, CauseOverrun: {func(*Create) {}, 30 * time.Second}} {
		l := slow(t, c.change)
		l.at = l.at.Add(9 * time.Minute)
		if cause == CauseQuiet {
			l.at = l.at.Add(time.Hour)
		}
		up := l.at
		look := func() string {
			var said []Event
			for _, do := range l.task.Overdue(l.at) {
				s, _ := do.(Stall)
				s.Up = up
				events, err := l.command(Command{Task: "t1", By: Timer(), Via: ViaTimer, Do: s})
				if err != nil {
					t.Fatal(err)
				}
				said = append(said, events...)
			}
			return causes(said)
		}
		version, heard := l.task.Version, l.task.HeartbeatAt
		if said := look(); said != "" || l.task.Version != version || !l.task.HeartbeatAt.Equal(heard) {
			t.Fatalf("%s: it says %q, version %d after %d", cause, said, l.task.Version, version)
		}
		if wake := l.task.Wake(); !wake.Equal(up.Add(c.spared)) {
			t.Fatalf("%s: it looks again at %s", cause, wake)
		}
		l.at = l.at.Add(c.spared - time.Second)
		if said := look(); said != "" {
			t.Fatalf("%s: it says %q too early", cause, said)
		}
		l.at = l.at.Add(time.Second)
		if said := look(); !strings.HasPrefix(said, string(cause)) {
			t.Fatalf("%s: it says %q", cause, said)
		}
	}
}

// TestStallMeetsReport is the clock that comes too late, as its worker was heard.
func TestStallMeetsReport(t *testing.T) {
	t.Parallel()
	l := slow(t)
	l.at = l.at.Add(time.Hour)
	due := l.task.Overdue(l.at)
	l.must(Heartbeat{}, worker)
	if events := l.must(due[0], Timer()); len(events) > 0 {
		t.Fatalf("it says %s", causes(events))
	}
	if events := l.must(Stall{Cause: CauseOverrun, Step: 2, Reason: "x"}, Timer()); causes(events) != "overrun1" {
		t.Fatalf("it says %s, which is not so", causes(events))
	}
}

// TestLookIsSeldom: reports seldom change when the clock looks at their task,
// which then has something to say.
func TestLookIsSeldom(t *testing.T) {
	t.Parallel()
	l := slow(t, quick)
	looks := map[time.Time]bool{}
	for i := range 600 {
		l.must(tick(1, float64(i)/10), worker)
		looks[l.task.Wake()] = true
	}
	if len(looks) > 62 {
		t.Fatalf("%d times in 600 seconds of reports", len(looks))
	}
	for ms := range 25_000 {
		heard := epoch.Add(time.Duration(ms) * time.Millisecond)
		task := l.task
		task.HeartbeatAt, task.UpdatedAt = heard, epoch
		stored := task.Wake()
		task.HeartbeatAt = heard.Add(BeatEvery(&task) - time.Microsecond) // which is not stored
		if due := task.Overdue(stored); len(due) != 1 {
			t.Fatalf("heard of at %s it looks at %s for nothing", heard, stored)
		}
		if late := stored.Sub(heard); late > 10*time.Minute+20*time.Second {
			t.Fatalf("it looks after %s", late)
		}
	}
	spec := *l.task.Spec
	for after, want := range map[time.Duration]time.Duration{-1: 10 * time.Second, 30 * time.Second: 5 * time.Second, time.Minute: 10 * time.Second, time.Hour: 10 * time.Second} {
		spec.StallAfter = after
		if got := BeatEvery(&Task{Spec: &spec}); got != want {
			t.Errorf("after %s heartbeats are stored every %s", after, got)
		}
	}
}

func TestLasting(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "less than a second", 999 * time.Millisecond: "less than a second", time.Second: "1 second", 59 * time.Second: "59 seconds", 61 * time.Second: "1 minute", 10*time.Minute + 19*time.Second: "10 minutes",
		119 * time.Minute: "119 minutes", 2 * time.Hour: "2 hours", 47 * time.Hour: "47 hours", 71 * time.Hour: "2 days",
	} {
		if got := lasting(d); got != want {
			t.Errorf("%s is %q, want %q", d, got, want)
		}
	}
}

// TestStallLives walks through lives with heartbeats, silences and slow steps:
// replay equals state, the clock never looks for nothing, says nothing twice
// while nothing moves, and the tallies are those of a fresh count.
func TestStallLives(t *testing.T) {
	t.Parallel()
	seen := map[Cause]int{}
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 7))
		plans := plan("a", "b", "c")
		plans[0].Late, plans[1].Late = 40*time.Second, time.Duration(r.IntN(3))*time.Minute
		l := &life{t: t, at: epoch}
		l.must(Create{Spec: Spec{Title: "CRM", StallAfter: time.Duration(r.IntN(3)) * time.Minute}, Steps: plans}, worker)
		for range 100 {
			do, who := anyChange(r, l.task.Steps.Len())
			if _, ok := do.(Stall); ok || r.IntN(3) == 0 {
				do, who = Heartbeat{}, worker
			}
			before := l.task
			events, err := l.try(do, who)
			checkMove(t, before, l.task, do, events, err)
			quietly := l.clock(time.Duration(r.IntN(40)) * time.Second)
			if r.IntN(10) == 0 {
				quietly = append(quietly, l.clock(5*time.Minute)...)
			}
			count := map[string]int{}
			for _, e := range quietly {
				if e.Kind == TaskStalled {
					seen[e.Data.Cause]++
					if count[string(e.Data.Cause)]++; count[string(e.Data.Cause)] > 1 && e.Data.Cause != CauseOverrun {
						t.Fatalf("seed %d: said %s twice while nothing moved", seed, e.Data.Cause)
					}
				}
			}
			if n := count[string(CauseOverrun)]; n > 1 {
				t.Fatalf("seed %d: said %d times while nothing moved", seed, n)
			}
		}
		if got, want := milestones(Replay("t1", l.events)), milestones(l.task); !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d: replay\n%+v\nis not\n%+v", seed, got, want)
		}
		checkLateness(t, l.task)
	}
	for _, c := range []Cause{CauseNoWorker, CauseQuiet, CauseOverrun} {
		if seen[c] < 20 {
			t.Errorf("only %d lives stalled by %s", seen[c], c)
		}
	}
}

func checkLateness(t *testing.T, task Task) {
	t.Helper()
	var want lateness
	for s := range task.Steps.All() {
		if watched(&s) {
			want.add(&s)
		}
	}
	if got := task.Steps.total.late; got != want {
		t.Fatalf("the tally is %+v, counted anew %+v", got, want)
	}
}

// TestWideStall has ten thousand steps of which a thousand run.
func TestWideStall(t *testing.T) {
	t.Parallel()
	list := make([]Step, 10_000)
	for i := range list {
		list[i] = newStep(Plan{Name: fmt.Sprint(i), Late: time.Hour - time.Duration(i)*time.Millisecond}, i+1)
		if i%10 == 0 {
			list[i].Status, list[i].StartedAt = StepRunning, epoch
		}
	}
	l := slow(t)
	l.task.Steps = SetSteps(list)
	l.says("overrun9991", l.beats(time.Hour))
	checkLateness(t, l.task)
	l.must(tick(1, 1), worker)
	l.says("overrun1", l.clock(time.Minute)) // the first of those that are late by now
}

// BenchmarkWake asks when the clock has to look at a task of which many steps run.
func BenchmarkWake(b *testing.B) {
	for _, n := range []int{5, 10_000} {
		b.Run(fmt.Sprintf("steps=%d", n), func(b *testing.B) {
			l := slow(b)
			list := make([]Step, n)
			for i := range list {
				list[i] = newStep(Plan{Name: fmt.Sprint(i), Late: time.Hour}, i+1)
				list[i].Status, list[i].StartedAt = StepRunning, epoch
			}
			l.task.Steps = SetSteps(list)
			b.ReportAllocs()
			for b.Loop() {
				if l.task.Wake().IsZero() || len(l.task.Overdue(epoch)) > 0 {
					b.Fatal("it is late, or never is")
				}
			}
		})
	}
}

func TestStallWire(t *testing.T) {
	t.Parallel()
	l := slow(t)
	l.says("overrun1", l.beats(9*time.Minute))
	text, err := json.Marshal(l.task.Wire(Brief, nil))
	if err != nil || !strings.Contains(string(text), `"stalled_cause":"overrun"`) {
		t.Errorf("the task shows %s, %v", text, err)
	}
	text, err = json.Marshal(l.events[len(l.events)-1].Wire())
	if err != nil || !strings.Contains(string(text), `"step":1`) || !strings.Contains(string(text), `"cause":"overrun"`) {
		t.Errorf("the event shows %s, %v", text, err)
	}
}

// TestSessionsStall: a session goes quiet in mid-step, and ends when its last step
// is done.
func TestSessionsStall(t *testing.T) {
	t.Parallel()
	for percent, want := range map[float64]Status{50: Running, 100: Completed} {
		l := &life{t: t, at: epoch}
		l.must(Create{Spec: Spec{Title: "CRM", Session: "s-1", Grace: time.Minute, StallAfter: 30 * time.Second}}, worker)
		l.must(say("Load", percent), worker)
		said := causes(l.clock(time.Hour))
		if l.status(want); (said == "quiet0") != (want == Running) {
			t.Errorf("at %v it says %q", percent, said)
		}
	}
}

func TestStallAfterRefused(t *testing.T) {
	t.Parallel()
	l := &life{t: t, at: epoch, task: Task{ID: "t1"}}
	if err := l.refusal(Invalid, Create{Spec: Spec{Title: "x", StallAfter: MostStallAfter + 1}}, worker); err.Field != "stall_after" {
		t.Fatal(err)
	}
	l.must(Create{Spec: Spec{Title: "x", StallAfter: MostStallAfter}}, worker)
}
