package store_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/store"
)

var ctx = context.Background()

// tales are tasks of all sorts, told after every command.
var tales = map[string]func(t testing.TB, id string, told func(*story)){"saga": saga, "wide": wide, "bare": bare}

// TestPicture holds that Restore gives what Picture was given.
func TestPicture(t *testing.T) {
	t.Parallel()
	for name, tale := range tales {
		tale(t, name, func(s *story) {
			back, err := store.Restore(store.Picture(s.task))
			if err != nil || flat(back) != flat(s.task) {
				t.Fatalf("%v, restored\n%s\nof\n%s", err, flat(back), flat(s.task))
			}
		})
	}
	for _, bad := range []string{"", "{", `{"pulse":"{"}`, `{"steps":3}`} {
		if _, err := store.Restore(bad); err == nil && bad != "" {
			t.Errorf("%q was restored", bad)
		}
	}
}

// TestRoundTrip stores tasks after every command and holds that they, their
// milestones, lines and runs are read as they are.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s shelf) {
		for name, tale := range tales {
			runs := 0
			var lines []progress.LogLine
			tale(t, name, func(told *story) {
				runs += len(told.runs)
				lines = append(lines, told.lines...)
				s.keep(store.Batch{}, told)
				s.holds(told)
				id := told.task.ID
				task, ok, err := s.Task(ctx, id)
				if err != nil || !ok || flat(task) != flat(told.task) {
					t.Fatalf("%v %v, read\n%s\nof\n%s", ok, err, flat(task), flat(told.task))
				}
				events, err := s.Events(ctx, id, 0, 1000)
				if err != nil || text(events) != text(told.all) || len(events) != int(task.Seq) {
					t.Fatalf("%v, read\n%s\nof\n%s", err, text(events), text(told.all))
				}
				kept, err := s.Lines(ctx, store.Logs{Task: id, Limit: 1000})
				if err != nil || text(kept) != text(lines) {
					t.Fatalf("%v, read\n%s\nof\n%s", err, text(kept), text(lines))
				}
				old, err := s.Runs(ctx, id, 0, 100)
				if err != nil || len(old) != runs || len(old) > 0 && old[runs-1].Run != task.Run-1 {
					t.Fatalf("%d runs of %d, %v", len(old), runs, err)
				}
			})
		}
		if task, ok, err := s.Task(ctx, "none"); ok || err != nil || task.Spec != nil {
			t.Fatal(task, ok, err)
		}
	})
}

// TestPortions stores every number of ticks, from none to more than two
// portions, and for many of them as many milestones of other tasks, and rows of
// all else that goes in by portions.
func TestPortions(t *testing.T) {
	t.Parallel()
	const most = 130
	each(t, func(t *testing.T, s shelf) {
		var all []*story
		for n := range 16 {
			for i := range n + 1 {
				all = append(all, begin(t, fmt.Sprintf("n%d-%d", n, i), plan("a")).do(worker, tick(1, 0.1)))
			}
			s.keep(store.Batch{}, all[len(all)-n-1:]...)
		}
		every, log, all := all, all[most], all[:most]
		for n := range most + 1 {
			for i, one := range all[:n] {
				one.do(worker, tick(1, float64(n)/2+float64(i)/1000))
			}
			if n > 16 && n%32 > 1 {
				s.keep(store.Batch{}, all[:n]...)
				s.sums(every)
				continue
			}
			moved := slices.Concat(all[:min(2*n, most)], every[most:most+1])
			for _, one := range moved[n : len(moved)-1] {
				one.toggle()
			}
			log.do(worker, progress.Log{Lines: make([]progress.LogLine, n)})
			b, need := portion(n)
			s.keep(b, moved...)
			s.holds(moved...)
			checkPortion(t, s, n, need.Keys)
		}
		lines, err := s.Lines(ctx, store.Logs{Task: log.task.ID, Limit: 1 << 20})
		if err != nil || int64(len(lines)) != log.task.Lines || lines[len(lines)-1].N != log.task.Lines {
			t.Errorf("%d lines of %d, %v", len(lines), log.task.Lines, err)
		}
	})
}

// sums holds in one statement that no row was missed.
func (s shelf) sums(all []*story) {
	s.Helper()
	var wantRev, wantMils, rev, mils int64
	for _, one := range all {
		wantRev += one.rev
		wantMils += int64(math.Round(one.task.Steps.At(1).Percent * 1000))
	}
	s.row(`SELECT (SELECT SUM(rev) FROM tasks), (SELECT SUM(CAST(ROUND(percent * 1000) AS BIGINT)) FROM task_progress)`, &rev, &mils)
	if rev != wantRev || mils != wantMils {
		s.Fatalf("the revs add up to %d, not %d, and the percents to %d, not %d", rev, wantRev, mils, wantMils)
	}
}

// toggle pauses a task, or resumes it.
func (s *story) toggle() {
	s.Helper()
	if s.task.Status == progress.Paused {
		s.do(ann, progress.Resume{})
	} else {
		s.do(ann, progress.Pause{})
	}
}

// portion is n rows for the statements that are not about tasks.
func portion(n int) (b store.Batch, need store.Need) {
	b.Keys = map[string]store.Keyed{}
	for i := range n {
		key, at := fmt.Sprintf("k%d-%d", n, i), epoch.Add(time.Duration(i)*time.Second)
		need.Keys = append(need.Keys, key)
		b.Keys[key] = store.Keyed{Body: fmt.Sprint(i), Outcome: []byte("{}"), At: at}
		b.Snapshots = append(b.Snapshots, store.Snapshot{Task: progress.TaskID(fmt.Sprint("p", n)), At: at, Step: i % 3, Run: 1, Percent: float64(i)})
		b.Pasts = append(b.Pasts, pastRun(fmt.Sprint("p", n), i+1, fmt.Sprint(n), at))
	}
	return b, need
}

// checkPortion holds that they are all there.
func checkPortion(t *testing.T, s shelf, n int, want []string) {
	t.Helper()
	keys := s.find(store.Need{Keys: append(want, "none")}).Keys
	for i, k := range want {
		if got := keys[k]; got.Body != fmt.Sprint(i) || string(got.Outcome) != "{}" || !got.At.Equal(epoch.Add(time.Duration(i)*time.Second)) {
			t.Errorf("key %s is %+v", k, got)
		}
	}
	past, err := s.Pasts(ctx, store.PastQuery{Kind: fmt.Sprint(n), Limit: 1000, Eyes: ann})
	if err != nil || len(past) != n || len(keys) != n {
		t.Fatalf("%d past runs and %d keys of %d, %v", len(past), len(keys), n, err)
	}
	snaps, err := s.Snapshots(ctx, progress.TaskID(fmt.Sprint("p", n)), 1000)
	if err != nil || len(snaps) != n {
		t.Fatalf("%d snapshots of %d, %v", len(snaps), n, err)
	}
	for i := range n {
		d, p := past[n-1-i], snaps[i]
		if pastText([]store.Past{d}) != pastText([]store.Past{pastRun(fmt.Sprint("p", n), i+1, fmt.Sprint(n), p.At)}) || p.Percent != float64(i) || p.Step != i%3 || p.Run != 1 {
			t.Errorf("%+v and %+v at %d", d, p, i)
		}
	}
}

// TestMany stores 300 new tasks at once, then ticks of them all, and loads 200.
func TestMany(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s shelf) {
		var all []*story
		for i := range 300 {
			all = append(all, begin(t, fmt.Sprint("t", i), plan("a", "b")))
		}
		s.keep(store.Batch{}, all...)
		for i, one := range all {
			one.do(worker, tick(1+i%2, float64(i)/3))
		}
		s.keep(store.Batch{}, all...)
		s.holds(all...)
		need := store.Need{Tasks: []progress.TaskID{"none", "nor this"}, Known: map[progress.TaskID]int64{}}
		for _, one := range all[50:250] {
			need.Tasks = append(need.Tasks, one.task.ID)
		}
		if found := s.find(need); len(found.Tasks) != 200 || len(found.Keys) != 0 {
			t.Errorf("%d of 200 tasks", len(found.Tasks))
		}
		for _, one := range all[:250] {
			need.Known[one.task.ID] = one.rev
		}
		if found := s.find(need); len(found.Tasks) != 0 {
			t.Errorf("%d tasks were read that are known", len(found.Tasks))
		}
		if s.SingleWriter() {
			return // and need not ask whether others have changed them
		}
		need.Known["t60"], need.Known["t61"] = 1, 3
		if found := s.find(need).Tasks; len(found) != 2 || found["t60"].Rev != 2 || flat(found["t61"].Task) != flat(all[61].task) {
			t.Errorf("%d tasks of two that are known as they are not", len(found))
		}
	})
}

// TestHistory asks for parts of what is kept of a task.
func TestHistory(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s shelf) {
		one := begin(t, "t1", plan("a", "b"))
		levels, steps := []string{"", "info", "warn", "error"}, []string{"", "a", "b"}
		for i := range 24 {
			one.do(worker, progress.Log{Lines: []progress.LogLine{{Line: fmt.Sprint(i + 1), Level: levels[i%4], Step: steps[i%3]}}})
		}
		for range 5 {
			one.do(ann, progress.Restart{})
		}
		b := store.Batch{}
		for i := range 10 {
			b.Snapshots = append(b.Snapshots, store.Snapshot{Task: "t1", At: epoch.Add(time.Duration(i/2) * time.Second), Step: i % 2, Run: 1, Percent: float64(i)})
		}
		s.keep(b, one, begin(t, "t2", plan("a")).do(worker, progress.Log{Lines: make([]progress.LogLine, 3)}))
		for q, want := range map[*store.Logs]string{
			{Limit: 3}:                            "1 2 3",
			{Limit: 3, Tail: true}:                "22 23 24",
			{Limit: 3, Since: 20}:                 "21 22 23",
			{Limit: 3, Since: 22, Tail: true}:     "23 24",
			{Limit: 99, Since: 24}:                "",
			{Limit: 0}:                            "",
			{Limit: 99, Step: "b"}:                "3 6 9 12 15 18 21 24",
			{Limit: 2, Step: "b", Tail: true}:     "21 24",
			{Limit: 99, Level: []string{"error"}}: "4 8 12 16 20 24",
			{Limit: 99, Level: []string{"warn", "error"}, Step: "b"}: "3 12 15 24",
			{Limit: 2, Level: []string{"warn", "error"}, Since: 4}:   "7 8",
			{Limit: 1, Level: []string{"info", "none"}, Tail: true}:  "22",
			{Limit: 99, Step: "none"}:                                "",
		} {
			q.Task = "t1"
			lines, err := s.Lines(ctx, *q)
			if got := joined(lines, func(l progress.LogLine) any { return l.Line }); err != nil || got != want {
				t.Errorf("%+v gives %q, want %q, %v", *q, got, want, err)
			}
		}
		for since, want := range map[int64]string{0: "1 2", 2: "3 4", 5: "6", 6: ""} {
			events, err := s.Events(ctx, "t1", since, 2)
			if got := joined(events, func(e progress.Event) any { return e.Seq }); err != nil || got != want {
				t.Errorf("events since %d are %q, want %q, %v", since, got, want, err)
			}
		}
		for limit, want := range map[int]string{3: "6 8 9", 4: "6 7 8 9", 100: "0 1 2 3 4 5 6 7 8 9"} {
			snaps, err := s.Snapshots(ctx, "t1", limit)
			if got := joined(snaps, func(p store.Snapshot) any { return p.Percent }); err != nil || got != want {
				t.Errorf("%d snapshots are %q, want %q, %v", limit, got, want, err)
			}
		}
		s.keep(store.Batch{Snapshots: []store.Snapshot{{Task: "t1", At: epoch, Step: 1, Run: 1, Percent: 77}}}, one.do(ann, progress.Cancel{}))
		if snaps, err := s.Snapshots(ctx, "t1", 100); err != nil || len(snaps) != 10 || snaps[1].Percent != 77 {
			t.Errorf("a snapshot of the same moment replaces the first: %v, %v", snaps, err)
		}
		runs, err := s.Runs(ctx, "t1", 0, 100)
		if got := joined(runs, func(r progress.Task) any { return r.Run }); err != nil || got != "1 2 3 4 5" {
			t.Errorf("runs %s, %v", got, err)
		}
	})
}

func joined[T any](list []T, part func(T) any) string {
	texts := make([]string, len(list))
	for i, v := range list {
		texts[i] = fmt.Sprint(part(v))
	}
	return strings.Join(texts, " ")
}

// TestClaimable asks what a worker may claim, and when.
func TestClaimable(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s shelf) {
		claim := progress.Claim{Worker: "w", Lease: "x"}
		old := &story{TB: t, at: epoch.Add(-time.Hour), task: progress.Task{ID: "z-old"}}
		other := plan("a")
		other.Spec.Kind = "other"
		s.keep(store.Batch{}, begin(t, "b", plan("a")), begin(t, "a", plan("a")), old.do(worker, plan("a")),
			begin(t, "other", other),
			begin(t, "ended", plan("a")).do(ann, progress.Cancel{}),
			begin(t, "running", plan("a")).do(worker, tick(1, 1)),
			begin(t, "claimed", plan("a")).do(worker, claim),
			begin(t, "held", plan("a")).do(worker, claim).do(worker, tick(1, 1)).do(ann, progress.Pause{}),
			begin(t, "done", plan("a")).do(worker, claim).do(worker, progress.Report{Status: progress.Completed}),
			begin(t, "again", plan("a")).do(worker, claim).do(worker, at(1, progress.StepFailed)).do(ann, progress.Retry{}))
		soon, later, last := epoch.Add(10*time.Second), epoch.Add(2*time.Second+progress.LeaseFor), epoch.Add(3*time.Second+progress.LeaseFor)
		for _, q := range []struct {
			at    time.Time
			kinds []string
			limit int
			want  string
		}{
			{soon, []string{"crm"}, 99, "z-old a again b"},
			{soon, []string{"crm"}, 2, "z-old a"},
			{soon, []string{"other", "none", "crm"}, 99, "z-old a again b other"},
			{soon, []string{"none"}, 99, ""},
			{later.Add(-time.Microsecond), []string{"crm"}, 99, "z-old a again b"},
			{later, []string{"crm"}, 99, "z-old a again b claimed"}, // its lease has lapsed
			{last, []string{"crm"}, 99, "z-old a again b claimed held"},
		} {
			got, err := s.Claimable(ctx, q.kinds, q.at, q.limit)
			if err != nil || joined(got, func(id progress.TaskID) any { return id }) != q.want {
				t.Errorf("%v at %v: %v, want %s, %v", q.kinds, q.at, got, q.want, err)
			}
		}
	})
}

// TestAwake asks which tasks a timer has to look at, and when.
func TestAwake(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s shelf) {
		gated := func(seconds int, d progress.Default) progress.Create {
			c := plan("a")
			c.Steps[0].Gate = &progress.Gate{ExpiresIn: seconds, Default: d}
			return c
		}
		ask := at(1, progress.StepRunning)
		decided := begin(t, "decided", gated(5, "")).do(worker, ask)
		s.keep(store.Batch{}, begin(t, "plain", plan("a")).do(worker, tick(1, 1)), begin(t, "late", gated(40, "")).do(worker, ask),
			begin(t, "first", gated(10, progress.DefaultApprove)).do(worker, ask), begin(t, "never", gated(0, "")).do(worker, ask),
			begin(t, "hold", gated(10, progress.DefaultHold)).do(worker, ask), begin(t, "idle", plan("a")).do(ann, progress.Restart{}), decided)
		s.keep(store.Batch{}, decided.do(ann, progress.Approve{}))
		for after, want := range map[int]string{11: "", 12: "first", 31: "first", 32: "first idle", 42: "first idle late", 9999: "first idle late"} {
			got, err := s.Awake(ctx, epoch.Add(time.Duration(after)*time.Second), 99)
			if err != nil || joined(got, func(id progress.TaskID) any { return id }) != want {
				t.Errorf("%v after %d s, want %s, %v", got, after, want, err)
			}
		}
		if got, err := s.Awake(ctx, epoch.Add(time.Hour), 2); err != nil || len(got) != 2 || got[0] != "first" {
			t.Error(got, err)
		}
	})
}
