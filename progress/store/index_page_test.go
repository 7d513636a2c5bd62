package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/store"
)

// paged holds that the page after so many of what a query wants is as it should
// be.
func paged(t *testing.T, x *store.Index, q store.Query, skip int, want []progress.Task) {
	t.Helper()
	var got []progress.Task
	total, err := x.Page(ctx, q, skip, func(one progress.Task) { got = append(got, one) })
	if err != nil || total != len(want) {
		t.Fatalf("%+v after %d: %d in all, want %d, %v", q, skip, total, len(want), err)
	}
	from := min(skip, len(want))
	if want = want[from:min(from+q.Limit, len(want))]; idsOf(got) != idsOf(want) {
		t.Fatalf("%+v after %d: %s, want %s", q, skip, idsOf(got), idsOf(want))
	}
}

// reversed is a list the other way round.
func reversed(list []progress.Task) []progress.Task {
	out := slices.Clone(list)
	slices.Reverse(out)
	return out
}

// TestPage asks the questions of the shop by their pages, in both orders.
func TestPage(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s shelf) {
		s.keep(store.Batch{}, shop(t)...)
		x := store.NewIndex(s.db)
		for _, c := range questions {
			if !c.q.After.IsZero() {
				continue
			}
			c.q.Limit = 200
			want := list(t, x, c.q)
			backward := c.q
			backward.Ascending = true
			if got := list(t, x, backward); idsOf(got) != idsOf(reversed(want)) {
				t.Errorf("%+v: found %s, want the reverse of %s", backward, idsOf(got), idsOf(want))
			}
			for _, limit := range []int{2, 200} {
				for skip := range len(want) + 2 {
					c.q.Limit, backward.Limit = limit, limit
					paged(t, x, c.q, skip, want)
					paged(t, x, backward, skip, reversed(want))
				}
			}
		}
	})
}

// TestPageAscending pages from the oldest on by cursors.
func TestPageAscending(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s shelf) {
		s.keep(store.Batch{}, shop(t)...)
		x := store.NewIndex(s.db)
		for _, limit := range []int{1, 2, 200} {
			if got := idsOf(list(t, x, store.Query{Eyes: ann, Ascending: true, Limit: limit})); got != "t1 t2 t3 t4a t4b t5" {
				t.Errorf("%d a page: %s", limit, got)
			}
		}
	})
}

// TestPageOfUnlisted pages through tasks of which only the tasks themselves know
// who may see them, between others.
func TestPageOfUnlisted(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s shelf) {
		var all []*story
		for i := range 60 {
			owner, gates := "bob", many("dora", 1001)
			switch i % 4 {
			case 1:
				owner, gates = "eve", nil
			case 2:
				gates = many("eve", 1001)
			}
			all = append(all, labelled(t, fmt.Sprintf("t%02d", i), i/3, progress.Spec{Owner: owner}, gates...))
		}
		s.keep(store.Batch{}, all...)
		x := store.NewIndex(s.db)
		for _, backward := range []bool{false, true} {
			q := store.Query{Eyes: actor("eve"), Ascending: backward}
			want := wanted(all, q)
			if len(want) != 30 {
				t.Fatalf("%d tasks are hers", len(want))
			}
			for _, q.Limit = range []int{1, 7, 200} {
				for skip := 0; skip < 32; skip += 3 {
					paged(t, x, q, skip, want)
				}
			}
		}
	})
}

// TestPageOfLargeTasks holds that a page has all its tasks, however many steps
// they have, and each of them whole.
func TestPageOfLargeTasks(t *testing.T) {
	t.Parallel()
	names := make([]string, 10_000)
	for i := range names {
		names[i] = fmt.Sprint(i)
	}
	each(t, func(t *testing.T, s shelf) {
		var all []*story
		for i, n := range []int{1, 10_000, 10_000, 1, 10_000, 0, 2} {
			one := &story{TB: t, at: sec(i)}
			one.task.ID = progress.TaskID(fmt.Sprint("t", i))
			all = append(all, one.do(worker, plan(names[:n]...)))
		}
		s.keep(store.Batch{}, all...)
		x := store.NewIndex(s.db)
		n := len(all)
		if _, err := x.Page(ctx, store.Query{Eyes: ann, Limit: 200}, 0, func(one progress.Task) {
			if n--; flat(one) != flat(all[n].stored) {
				t.Errorf("task %s is not as it was stored", one.ID)
			}
		}); err != nil || n != 0 {
			t.Errorf("%d more, %v", n, err)
		}
		s.exec(`UPDATE task_docs SET spec = 'spoiled' WHERE task_id IN ('t4', 't1')`)
		var given []string
		total, err := x.Page(ctx, store.Query{Eyes: ann, Limit: 2}, 3, func(one progress.Task) { given = append(given, string(one.ID)) })
		if err != nil || total != 7 || strings.Join(given, " ") != "t3 t2" {
			t.Errorf("%v of %d, %v: a task that is skipped was read", given, total, err)
		}
		given = nil
		if _, err = x.Page(ctx, store.Query{Eyes: ann, Limit: 200, Ascending: true}, 2, func(one progress.Task) { given = append(given, string(one.ID)) }); err == nil || given != nil {
			t.Errorf("%v, %v", given, err)
		}
	})
}

// TestPageInPortions holds that tasks are given away before all are loaded.
func TestPageInPortions(t *testing.T) {
	t.Parallel()
	names := make([]string, 10_000)
	for i := range names {
		names[i] = fmt.Sprint(i)
	}
	each(t, func(t *testing.T, s shelf) {
		for i := range 4 {
			s.keep(store.Batch{}, begin(t, fmt.Sprint("t", i), plan(names...)))
		}
		s.exec(`UPDATE task_docs SET spec = 'spoiled' WHERE task_id = 't0'`)
		var given []string
		_, err := store.NewIndex(s.db).Page(ctx, store.Query{Eyes: ann, Limit: 200}, 0, func(one progress.Task) { given = append(given, string(one.ID)) })
		if err == nil || strings.Join(given, " ") != "t3 t2 t1" {
			t.Errorf("%v, %v", given, err)
		}
	})
}

// TestPageRefusals asks what is out of range, and far past the end.
func TestPageRefusals(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s shelf) {
		s.keep(store.Batch{}, shop(t)...)
		x := store.NewIndex(s.db)
		none := func(one progress.Task) { t.Errorf("task %s", one.ID) }
		for field, ask := range map[string]struct {
			q    store.Query
			skip int
		}{
			"skip": {store.Query{Limit: 1}, -1}, "limit": {store.Query{Limit: 201}, 0}, "kind": {store.Query{Limit: 1, Kind: "\x00"}, 0},
		} {
			_, err := x.Page(ctx, ask.q, ask.skip, none)
			if bad, ok := errors.AsType[*progress.Error](err); !ok || bad.Code != progress.Invalid || bad.Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		for _, skip := range []int{6, 7, 1 << 40, 1<<63 - 1} {
			if total, err := x.Page(ctx, store.Query{Eyes: ann, Limit: 200}, skip, none); err != nil || total != 6 {
				t.Errorf("after %d: %d, %v", skip, total, err)
			}
		}
		q := store.Query{Eyes: ann, Limit: 200, After: store.Cursor{CreatedAt: sec(2), ID: "t2"}}
		paged(t, x, q, 0, list(t, x, store.Query{Eyes: ann, Limit: 200}))
	})
}

// TestPageHasTheTasksWord holds that a task has the last word on who may see it,
// whatever the tables say.
func TestPageHasTheTasksWord(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s shelf) {
		s.keep(store.Batch{}, labelled(t, "t1", 1, progress.Spec{Owner: "bob"}), labelled(t, "t2", 2, progress.Spec{Owner: "eve"}))
		s.exec(`INSERT INTO task_eyes (name, created_at, task_id) SELECT 'p:eve', created_at, id FROM tasks WHERE id = 't1'`)
		var given []string
		_, err := store.NewIndex(s.db).Page(ctx, store.Query{Eyes: actor("eve"), Limit: 200}, 0, func(one progress.Task) { given = append(given, string(one.ID)) })
		if err != nil || strings.Join(given, " ") != "t2" {
			t.Errorf("eve sees %v, %v", given, err)
		}
	})
}
