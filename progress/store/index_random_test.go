package store_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/store"
)

// dice make tasks, actors and queries up.
type dice struct {
	*rand.Rand
	long string // a name that PostgreSQL's indexes do not take
	odd  string // a word that databases do not fold
	past bool   // there are no escalations yet
}

func newDice(long, odd string) dice {
	return dice{Rand: rand.New(rand.NewPCG(1, 2)), long: long, odd: odd}
}

func pick[T any](d dice, list ...T) T { return list[d.IntN(len(list))] }

// some picks any number of a list, in any order.
func some[T any](d dice, list ...T) []T {
	d.Shuffle(len(list), func(i, k int) { list[i], list[k] = list[k], list[i] })
	return list[:d.IntN(len(list)+1)]
}

func (d dice) person() string { return pick(d, "ann", "bob", "cy", "group:ops", d.long, "") }
func (d dice) group() string  { return pick(d, "ops", "dev", "ann", "", d.long) }

func (d dice) actor() progress.Actor {
	a := progress.Actor{Person: progress.Person(d.person()), All: d.IntN(5) == 0}
	for range d.IntN(4) {
		a.Groups = append(a.Groups, d.group())
	}
	return a
}

func (d dice) deciders() []string {
	var out []string
	for range d.IntN(4) {
		out = append(out, pick(d, "ann", "bob", "cy", "dora", d.long, "group:"+d.group(), "Group:ops"))
	}
	return out
}

func (d dice) stages() []progress.Escalation {
	var out []progress.Escalation
	for range d.IntN(3) {
		out = append(out, progress.Escalation{After: progress.MinAfter, Tell: d.deciders()})
	}
	if d.past {
		return nil
	}
	return out
}

func (d dice) gate() *progress.Gate {
	if d.IntN(2) == 0 {
		return nil
	}
	g := progress.Gate{
		Approvers: d.deciders(), OnReject: pick(d, progress.RejectFails, progress.RejectSkips, progress.RejectCancels), Escalate: d.stages(),
	}
	if d.IntN(60) == 0 { // more than are listed
		for i := range 1001 {
			g.Approvers = append(g.Approvers, fmt.Sprint("dora", i))
		}
	}
	return &g
}

func (d dice) title() string {
	words := []string{"Straße", d.odd, "100%", "a_b", `c\d`, "it's", `"q"`, "zluty", "!"}
	return strings.Join(append(some(d, words...), pick(d, words...)), " ")
}

func (d dice) create() progress.Create {
	c := progress.Create{Spec: progress.Spec{
		Title: d.title(), Kind: pick(d, "", "crm", "build"), Labels: map[string]string{"env": pick(d, "prod", "test"), "team": pick(d, "a", "b", "c")},
		Owner: pick(d, "", "ann", "bob", "group:ops", "group:dev", "group:", "Group:ops", d.long, "group:"+d.long),
	}}
	for i := range d.IntN(4) {
		c.Steps = append(c.Steps, progress.Plan{Name: fmt.Sprint("s", i), Gate: d.gate()})
	}
	return c
}

// change is something that may befall a task.
func (d dice) change() progress.Change {
	step := progress.StepRef{Order: 1 + d.IntN(4)}
	return pick[progress.Change](d,
		progress.Report{Step: step, StepStatus: pick(d, progress.StepRunning, progress.StepCompleted, progress.StepFailed)},
		progress.Report{Step: progress.StepRef{Name: fmt.Sprint("more", d.IntN(5))}, StepStatus: progress.StepRunning},
		progress.Report{Step: step, StepProgress: new(d.Float64() * 100)},
		progress.Ask{Step: step, Gate: progress.Gate{Prompt: fmt.Sprint(d.IntN(3)), Approvers: d.deciders(), Escalate: d.stages()}},
		progress.Ask{Step: step, Gate: progress.Gate{Prompt: fmt.Sprint(d.IntN(3)), Approvers: d.deciders()}},
		progress.Approve{}, progress.Reject{}, progress.Pause{}, progress.Resume{}, progress.Restart{}, progress.Retry{}, progress.Retry{Inputs: raw("1")},
		progress.Report{Status: progress.Completed}, progress.Cancel{}, progress.Skip{},
	)
}

// live lets some things befall a task; what may not be does not.
func (d dice) live(s *story) {
	everybody := progress.Actor{Person: progress.Person(pick(d, "ann", "bob", "cy")), Groups: []string{"ops", "dev", "ann", "", d.long}, Rights: progress.MayAdmin, All: true}
	for range d.IntN(6) {
		before := s.task
		s.at = s.at.Add(time.Duration(d.IntN(3)) * time.Second)
		after, events, err := progress.Act(before, progress.Command{Task: before.ID, By: everybody, Do: d.change()}, s.at)
		if err != nil {
			continue
		}
		s.task = after
		for _, e := range events {
			if e.Seq > 0 {
				s.events = append(s.events, e)
			}
			if e.Kind == progress.TaskRestarted {
				s.runs = append(s.runs, before)
			}
		}
	}
}

// task is a new one, begun within few seconds of all others.
func (d dice) task(t *testing.T, n int) *story {
	s := &story{TB: t, at: epoch.Add(time.Duration(d.IntN(10)) * time.Second)}
	s.task.ID = progress.TaskID(fmt.Sprintf("%c%d", pick(d, 'a', 'B', 'c', 'D'), n))
	s.do(progress.Actor{Person: progress.Person(d.person()), Rights: progress.MayAdmin, All: true}, d.create())
	d.live(s)
	return s
}

func (d dice) moment() time.Time {
	if d.IntN(3) > 0 {
		return time.Time{}
	}
	return epoch.Add(time.Duration(d.IntN(15))*time.Second + time.Duration(d.IntN(3)-1))
}

func (d dice) query() store.Query {
	q := store.Query{Eyes: d.actor(), CreatedFrom: d.moment(), CreatedTo: d.moment(), UpdatedFrom: d.moment(), UpdatedTo: d.moment()}
	if d.IntN(2) == 0 {
		q.Status = some(d, progress.Statuses()...)
	}
	if d.IntN(3) == 0 {
		q.Kind = pick(d, "crm", "build")
	}
	if d.IntN(3) == 0 {
		q.Owner = pick(d, "ann", "group:ops", "group:", "Group:ops", d.long, "group:"+d.long, "nobody")
	}
	if d.IntN(3) == 0 {
		q.Labels = some(d, store.Label{Name: "env", Value: "prod"}, store.Label{Name: "team", Value: pick(d, "a", "b")})
	}
	q.Ascending = d.IntN(3) == 0
	if d.IntN(3) == 0 {
		q.Title = strings.Join(some(d, "straSSe", "STRAßE", strings.ToLower(d.odd), "%", "_", `\`, "'", `"Q`, "ZLU", "!"), " ")
	}
	return q
}

// fits says in plain words which tasks a query wants.
func fits(t progress.Task, q store.Query) bool {
	title := strings.ToLower(strings.ReplaceAll(t.Spec.Title, "Σ", "σ"))
	within := func(at, from, to time.Time) bool {
		return (from.IsZero() || !at.Before(from)) && (to.IsZero() || at.Before(to))
	}
	return progress.Sees(t, q.Eyes) &&
		(len(q.Status) == 0 || slices.Contains(q.Status, t.Status)) &&
		(q.Kind == "" || t.Spec.Kind == q.Kind) && (q.Owner == "" || t.Spec.Owner == q.Owner) &&
		!slices.ContainsFunc(q.Labels, func(l store.Label) bool { return t.Spec.Labels[l.Name] != l.Value }) &&
		!slices.ContainsFunc(strings.Fields(q.Title), func(word string) bool {
			return !strings.Contains(title, strings.ReplaceAll(strings.ToLower(word), "ς", "σ"))
		}) &&
		within(t.CreatedAt, q.CreatedFrom, q.CreatedTo) && within(t.UpdatedAt, q.UpdatedFrom, q.UpdatedTo)
}

// wanted are the tasks that a query wants, in the order of the list.
func wanted(all []*story, q store.Query) []progress.Task {
	var out []progress.Task
	for _, s := range all {
		if fits(s.stored, q) {
			out = append(out, s.stored)
		}
	}
	slices.SortFunc(out, func(a, b progress.Task) int {
		return -cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	if q.Ascending {
		slices.Reverse(out)
	}
	return out
}

// TestRandomFinds finds and counts what random queries want of random tasks,
// while they change, and new ones are created between the pages.
func TestRandomFinds(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s shelf) {
		s.findRandomly(t, newDice(strings.Repeat("aé", 500), "ΟΔΟΣ"), func() {})
	})
}

// TestOldTasks does so with tasks from before there was an index, which have
// names and titles that databases can handle.
func TestOldTasks(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s shelf) {
		d := newDice(strings.Repeat("é", 200), "odos")
		d.past = true
		s.findRandomly(t, d, s.rebuild)
	})
}

func (s shelf) findRandomly(t *testing.T, d dice, halfway func()) {
	const rounds, queries = 4, 30
	x := store.NewIndex(s.db)
	var all []*story
	hits := 0
	for round := range rounds {
		for range 15 {
			all = append(all, d.task(t, len(all)))
		}
		for _, one := range all {
			d.live(one)
		}
		s.keep(store.Batch{}, all...)
		if round == rounds/2 {
			halfway()
		}
		for range queries {
			q := d.query()
			want := wanted(all, q)
			hits += len(want)
			q.Limit = 1 + d.IntN(len(want)+2)
			if got := list(t, x, q); idsOf(got) != idsOf(want) {
				t.Fatalf("round %d: %+v finds %s, want %s", round, q, idsOf(got), idsOf(want))
			}
			counts(t, x, q, wanted(all, anyStatus(q)))
			paged(t, x, q, d.IntN(len(want)+2), want)
		}
		all = s.whilePaging(t, x, d, all)
	}
	if hits < rounds*queries {
		t.Errorf("only %d tasks were found; this test is of no use", hits)
	}
}

// whilePaging creates newer tasks between the pages of a list, which does not
// change for that.
func (s shelf) whilePaging(t *testing.T, x *store.Index, d dice, all []*story) []*story {
	t.Helper()
	q := store.Query{Eyes: d.actor()}
	want := wanted(all, q)
	var got []progress.Task
	for {
		q.Limit = 1 + d.IntN(7)
		page, next, err := x.Find(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, page...)
		if next.IsZero() {
			break
		}
		q.After = next
		later := &story{TB: t, at: epoch.Add(time.Hour)}
		later.task.ID = progress.TaskID(fmt.Sprint("later", len(all)))
		later.do(progress.Actor{Person: "ann", Rights: progress.MayAdmin, All: true}, d.create())
		all = append(all, later)
		s.keep(store.Batch{}, later)
	}
	if idsOf(got) != idsOf(want) {
		t.Fatalf("%+v: found %s, want %s", q, idsOf(got), idsOf(want))
	}
	return all
}

// rebuild takes the index away and lets its migration make it anew, as if all
// tasks were from before.
func (s shelf) rebuild() {
	s.Helper()
	file, err := os.ReadFile("../db/migrations/0003_index.sql")
	if err != nil {
		s.Fatal(err)
	}
	s.exec(`DROP TABLE task_eyes`, `DROP TABLE task_titles`, `DROP INDEX task_labels_by_time`,
		`ALTER TABLE task_labels DROP COLUMN created_at`, `CREATE INDEX task_labels_by_value ON task_labels (name, value)`)
	s.exec(strings.Split(strings.TrimSuffix(strings.TrimSpace(string(file)), ";"), ";\n")...)
}
