package notify_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/notifytest"
	"github.com/taskherald/herald/progress"
)

// prefer sets what somebody prefers.
func (w *world) prefer(who progress.Person, set func(*notify.Preferences)) {
	w.t.Helper()
	if _, err := w.ledger.Prefer(w.t.Context(), who, func(p *notify.Preferences) error { set(p); return p.Check([]string{"hook", "room"}) }); err != nil {
		w.t.Fatal(err)
	}
}

// rewire starts a notifier with other settings in the place of the one that runs.
func (w *world) rewire(set func(*notify.Options)) {
	w.halt()
	o := w.options()
	set(&o)
	w.notifier = notify.New(o)
	w.stop = running(w.notifier)
	settle(time.Second)
}

func clock(t *testing.T, text string) notify.Clock {
	t.Helper()
	c, err := notify.ParseClock(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// traced is what the trace of a task's event says, an address a line.
func (w *world) traced(id progress.TaskID, kind progress.Kind) (out []string) {
	w.t.Helper()
	all, err := w.ledger.Traces(w.t.Context(), id, 0, 100)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, tr := range all {
		if tr.Kind != kind {
			continue
		}
		for _, r := range tr.Rows {
			out = append(out, strings.Join(strings.Fields(strings.Join([]string{string(r.Person), r.To, string(r.Outcome), r.Why}, " ")), " "))
		}
	}
	return out
}

// TestQuietHours is that steps wait for the morning, and approvals and ends do not; in the
// morning the present truth comes once.
func TestQuietHours(t *testing.T) {
	m := notifytest.NewMemory()
	inWorld(t, map[string]*notifytest.Memory{"hook": m}, func(t *testing.T, w *world) { // it is midnight
		w.prefer("ann", func(p *notify.Preferences) {
			p.Quiet = []notify.Quiet{{From: clock(t, "22:00"), To: clock(t, "00:20")}}
		})
		s := w.subscribe("hook", "a", nil)
		w.create("one", "build", "ship")
		w.do("one", running1)
		w.create("two", "build")
		w.do("two", running1)
		w.do("two", end)
		settle(time.Minute)
		same(t, "at night", kinds(m, s.Address), []string{"task.completed"})
		same(t, "why", w.traced("one", progress.TaskStarted), []string{"ann a held subscribed; it is held in quiet hours"})
		settle(18 * time.Minute)
		same(t, "before it ends", kinds(m, s.Address), []string{"task.completed"})
		settle(2 * time.Minute)
		same(t, "in the morning", kinds(m, s.Address), []string{"task.completed", "digest"})
		last := m.Arrived()[1].Message
		if n := len(last.Note.Items); n != 1 || last.Note.Items[0].Task != "one" {
			t.Errorf("the digest is about %+v", last.Note.Items)
		}
		if at := m.Arrived()[1].At; at.Sub(at.Truncate(24*time.Hour)) > 20*time.Minute+2*time.Second {
			t.Error("it came at", at)
		}
		w.do("one", end)
		settle(time.Minute)
		same(t, "by day", kinds(m, s.Address)[2:], []string{"step.completed", "task.completed"})
	})
}

// TestHeldApproval is a question in the quiet hours of somebody who does not let
// questions pass: it is asked in the morning if it still waits, with its buttons, and not
// if it does not.
func TestHeldApproval(t *testing.T) {
	m := notifytest.NewMemory()
	inWorld(t, map[string]*notifytest.Memory{"hook": m}, func(t *testing.T, w *world) {
		w.prefer("ann", func(p *notify.Preferences) {
			p.Quiet, p.Through = []notify.Quiet{{From: clock(t, "22:00"), To: clock(t, "00:20")}}, []notify.Class{}
		})
		s := w.subscribe("hook", "a", func(s *notify.Subscription) { s.Events = notify.Matters() })
		w.ask("waits", progress.Gate{})
		w.ask("decided", progress.Gate{})
		w.do("decided", progress.Approve{})
		settle(10 * time.Minute)
		same(t, "at night", kinds(m, s.Address), []string{})
		settle(11 * time.Minute)
		got := map[string]int{}
		for _, a := range m.Arrived() {
			if a.Message.Note != nil {
				got[string(a.Message.Note.Kind)] += len(a.Message.Note.Items)
				continue
			}
			got[string(a.Message.Task.ID)+" "+string(a.Message.Event.Kind)] += len(a.Message.Asks)
		}
		same(t, "in the morning", got, map[string]int{"waits approval.needed": 1, "digest": 1, "approval.undelivered": 0})
	})
}

// ask makes a task that asks for an approval at once.
func (w *world) ask(id progress.TaskID, g progress.Gate) {
	w.t.Helper()
	w.do(id, progress.Create{Spec: progress.Spec{Title: "Deploy", Owner: "ann"}, Steps: []progress.Plan{{Name: "go", Gate: &g}, {Name: "rest"}}})
	w.do(id, running1)
}

// running1 is the report that the first step runs, which asks if it has a gate.
var running1 = progress.Report{Step: progress.StepRef{Order: 1}, StepStatus: progress.StepRunning}

// TestDigest is that what happened to a task in the time of a digest is one line.
func TestDigest(t *testing.T) {
	m := notifytest.NewMemory()
	inWorld(t, map[string]*notifytest.Memory{"hook": m}, func(t *testing.T, w *world) {
		w.prefer("ann", func(p *notify.Preferences) {
			all := map[notify.Class]notify.Way{notify.ClassStep: notify.WayDigest, notify.ClassEnd: notify.WayDigest}
			p.Ways, p.Digest = map[string]map[notify.Class]notify.Way{"hook": all}, notify.Cadence{Every: 15 * time.Minute}
		})
		s := w.subscribe("hook", "a", nil)
		for _, id := range []progress.TaskID{"one", "two"} {
			w.create(id, "build")
			w.do(id, running1)
			settle(time.Minute)
			w.do(id, progress.Report{Step: progress.StepRef{Order: 1}, StepStatus: progress.StepFailed})
			w.do(id, progress.Retry{})
			w.do(id, running1)
			w.do(id, end)
			settle(time.Minute)
		}
		same(t, "before", kinds(m, s.Address), []string{})
		settle(12 * time.Minute)
		same(t, "after", kinds(m, s.Address), []string{"digest"})
		msg := m.Arrived()[0].Message
		if len(msg.Note.Items) != 2 || len(msg.Notice.Tasks) != 2 || msg.Notice.Text == "" {
			t.Fatalf("%+v, %+v", msg.Note, msg.Notice)
		}
		settle(20 * time.Minute)
		same(t, "later", kinds(m, s.Address), []string{"digest"})
	})
}

// TestDigestGroups is that a rule's digest is one for each of what it is grouped by.
func TestDigestGroups(t *testing.T) {
	for by, want := range map[string][]int{
		"": {4}, "label:host": {1, 1, 2}, "kind": {1, 3}, "owner": {1, 3}, "task": {1, 1, 1, 1}, "kind label:host": {1, 1, 1, 1},
	} {
		t.Run(by, func(t *testing.T) {
			m := notifytest.NewMemory()
			inWorld(t, map[string]*notifytest.Memory{"hook": m}, func(t *testing.T, w *world) {
				w.subscribe("hook", "a", func(s *notify.Subscription) { s.Match = notify.Match{Kind: "other"} })
				w.rewire(func(o *notify.Options) {
					r := notify.Rule{Tell: []string{"ann"}, Digest: notify.Cadence{Every: 15 * time.Minute}, Group: strings.Fields(by)}
					o.Rules = notify.Named([]notify.Rule{r})
				})
				for id, spec := range map[progress.TaskID]progress.Spec{
					"one": {Kind: "backup", Owner: "ann", Labels: map[string]string{"host": "x"}},
					"two": {Kind: "backup", Owner: "ann", Labels: map[string]string{"host": "y"}}, "three": {Kind: "backup", Owner: "ann"}, "four": {Kind: "sync", Owner: "bob"},
				} {
					spec.Title = "T"
					w.do(id, progress.Create{Spec: spec, Steps: []progress.Plan{{Name: "go"}}})
					w.do(id, running1)
				}
				settle(20 * time.Minute)
				var got []int
				for _, a := range m.Arrived() {
					got = append(got, len(a.Message.Note.Items))
				}
				slices.Sort(got)
				same(t, "tasks of each digest", got, want)
			})
		})
	}
}

// TestMute is that a muted task is silent, but for approvals and ends.
func TestMute(t *testing.T) {
	m := notifytest.NewMemory()
	inWorld(t, map[string]*notifytest.Memory{"hook": m}, func(t *testing.T, w *world) {
		s := w.subscribe("hook", "a", nil)
		mute := func(all bool) {
			w.prefer("ann", func(p *notify.Preferences) {
				p.Mutes = []notify.Mute{{ID: "mut_a", Match: notify.Match{Task: "one"}, All: all, Until: time.Now().Add(10 * time.Minute)}}
			})
		}
		mute(false)
		w.create("one", "build")
		w.do("one", running1)
		w.do("one", end)
		settle(time.Minute)
		same(t, "muted", kinds(m, s.Address), []string{"task.completed"})
		mute(true)
		w.do("one", progress.Restart{})
		w.do("one", running1)
		w.do("one", end)
		settle(time.Minute)
		same(t, "all muted", kinds(m, s.Address), []string{"task.completed"})
		settle(10 * time.Minute)
		w.do("one", progress.Restart{})
		settle(time.Minute)
		same(t, "over", kinds(m, s.Address)[1:], []string{"task.restarted"})
	})
}

// TestRules is who is told by rules who has not subscribed to it.
func TestRules(t *testing.T) {
	m, far := notifytest.NewMemory(), notifytest.NewMemory()
	inWorld(t, map[string]*notifytest.Memory{"hook": m, "room": far}, func(t *testing.T, w *world) {
		w.person(progress.Actor{Person: "bob", Groups: []string{"ops"}, Rights: progress.MayRead, All: true})
		w.person(progress.Actor{Person: "eve", Groups: []string{"ops"}, Rights: progress.MayRead})
		none := func(s *notify.Subscription) { s.Owner, s.Match = "bob", notify.Match{Kind: "other"} }
		b := w.subscribe("hook", "b", none)
		w.subscribe("room", "r", none)
		w.rewire(func(o *notify.Options) {
			o.Rules = notify.Named([]notify.Rule{{
				Match: notify.Matcher{Classes: []notify.Class{notify.ClassEnd}}, Tell: []string{"group:ops", "room:#ops", "zoe"}, By: []string{"hook"},
			}})
		})
		w.create("one", "build")
		w.do("one", running1)
		w.do("one", end)
		settle(time.Minute)
		same(t, "bob", kinds(m, b.Address), []string{"task.completed"})
		same(t, "the room", kinds(far, notify.Address{Channel: "room", To: "#ops"}), []string{"task.completed"})
		same(t, "bob's room", kinds(far, address("room", "r")), []string{})
		same(t, "why", w.traced("one", progress.TaskCompleted), []string{
			"bob b told rule rules[0]", "eve silent they may not see the task", "#ops told rule rules[0]", "zoe silent there is nobody of that name",
		})
	})
}

// TestOneAddressOnce is that subscriptions that overlap at an address tell it once.
func TestOneAddressOnce(t *testing.T) {
	m := notifytest.NewMemory()
	inWorld(t, map[string]*notifytest.Memory{"hook": m}, func(t *testing.T, w *world) {
		to := notify.Address{Channel: "hook", To: "ann's"}
		w.subscribe("hook", "a", func(s *notify.Subscription) { s.Address, s.Events = to, []string{"task.failed"} })
		w.subscribe("hook", "b", func(s *notify.Subscription) { s.Address = to })
		w.subscribe("hook", "c", func(s *notify.Subscription) { s.Address, s.Events = to, []string{"task.*"} })
		w.create("one", "build")
		settle(time.Minute)
		same(t, "told", kinds(m, to), []string{"task.created"})
		same(t, "why", w.traced("one", progress.TaskCreated), []string{
			"ann ann's told subscribed", "ann ann's silent the address is told already, by sub_b",
		})
	})
}

// TestVouchedAddressGone is that operators hear of an address of the rules that takes nothing
// any more, as it is nobody's.
func TestVouchedAddressGone(t *testing.T) {
	m, far := notifytest.NewMemory(), notifytest.NewMemory()
	inWorld(t, map[string]*notifytest.Memory{"hook": m, "room": far}, func(t *testing.T, w *world) {
		s := w.subscribe("hook", "a", func(s *notify.Subscription) { s.Events = []string{"destination.off"} })
		w.rewire(func(o *notify.Options) { o.Rules = notify.Named([]notify.Rule{{Tell: []string{"room:#ops"}}}) })
		far.Fail(notifytest.Status(notify.Gone, 0))
		w.create("one", "build")
		settle(time.Minute)
		same(t, "the operator", kinds(m, s.Address), []string{"destination.off"})
	})
}
