package store_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/store"
)

// list finds all that fit, page by page.
func list(t *testing.T, x *store.Index, q store.Query) []progress.Task {
	t.Helper()
	var all []progress.Task
	for {
		page, next, err := x.Find(ctx, q)
		if err != nil {
			t.Fatalf("%+v: %v", q, err)
		}
		if len(page) > q.Limit {
			t.Fatalf("a page of %d, at most %d", len(page), q.Limit)
		}
		all = append(all, page...)
		if next.IsZero() {
			return all
		}
		if q.After, err = store.ParseCursor(next.String()); err != nil {
			t.Fatal(err)
		}
	}
}

func idsOf(tasks []progress.Task) string {
	return joined(tasks, func(t progress.Task) any { return t.ID })
}

// labelled is a task to be found, begun at epoch and some seconds.
func labelled(t *testing.T, id string, second int, spec progress.Spec, gates ...string) *story {
	t.Helper()
	c := plan("a", "b")
	if c.Spec = spec; spec.Title == "" {
		c.Spec.Title = id
	}
	if gates != nil {
		c.Steps[1].Gate = &progress.Gate{Approvers: gates}
	}
	s := &story{TB: t, at: epoch.Add(time.Duration(second-1) * time.Second)}
	s.task.ID = progress.TaskID(id)
	return s.do(worker, c)
}

// shop are tasks of all sorts, second by second.
func shop(t *testing.T) []*story {
	t.Helper()
	labels := func(pairs ...string) (s progress.Spec) {
		s.Labels = map[string]string{}
		for i := 0; i < len(pairs); i += 2 {
			s.Labels[pairs[i]] = pairs[i+1]
		}
		return s
	}
	crm := labels("env", "prod", "team", "a")
	crm.Kind, crm.Owner, crm.Title = "crm", "ann", "Move the CRM: 100% of ΟΔΟΣ_Straße"
	build := labels("env", "prod", "team", "b")
	build.Kind, build.Owner, build.Title = "build", "group:ops", `Build C:\new 'x' "y" a_b 50%`
	test := labels("env", "test", "odd%_\\'", `v"!`)
	test.Kind, test.Title = "build", "Test the CRM! ŽLUŤOUČKÝ kůň"
	return []*story{
		labelled(t, "t1", 1, crm),
		labelled(t, "t2", 2, build).do(worker, tick(1, 5)),
		labelled(t, "t3", 3, test).do(worker, progress.Report{Status: progress.Completed}),
		labelled(t, "t4a", 4, progress.Spec{Kind: "crm", Owner: "bob"}, "ann", "group:dev"),
		labelled(t, "t4b", 4, progress.Spec{Kind: "Crm", Owner: "bob"}).do(worker, tick(1, 5)).do(bob, progress.Pause{}),
		labelled(t, "t5", 5, progress.Spec{Kind: "crm", Owner: "group:dev"}).do(worker, at(1, progress.StepFailed)),
	}
}

var everything = "t5 t4b t4a t3 t2 t1"

func sec(n int) time.Time { return epoch.Add(time.Duration(n) * time.Second) }

// actor sees only what is theirs, whatever else they may do.
func actor(p string, groups ...string) progress.Actor {
	return progress.Actor{Person: progress.Person(p), Groups: groups, Rights: progress.MayAdmin}
}

func carries(name, value string) []store.Label { return []store.Label{{Name: name, Value: value}} }

// questions are parts of a query, alone and together, and what of the shop fits.
var questions = map[string]struct {
	q    store.Query
	want string
}{
	"all": {store.Query{Eyes: ann}, everything},

	"status":           {store.Query{Eyes: ann, Status: []progress.Status{progress.Running}}, "t2"},
	"statuses":         {store.Query{Eyes: ann, Status: []progress.Status{progress.Paused, progress.Pending, progress.Paused}}, "t4b t4a t1"},
	"every status":     {store.Query{Eyes: ann, Status: progress.Statuses()}, everything},
	"status of nobody": {store.Query{Eyes: ann, Status: []progress.Status{progress.Cancelled}}, ""},

	"kind":            {store.Query{Eyes: ann, Kind: "crm"}, "t5 t4a t1"},
	"kind's case":     {store.Query{Eyes: ann, Kind: "Crm"}, "t4b"},
	"kind and status": {store.Query{Eyes: ann, Kind: "crm", Status: []progress.Status{progress.Pending}}, "t4a t1"},
	"no such kind":    {store.Query{Eyes: ann, Kind: "cr"}, ""},

	"owner":         {store.Query{Eyes: ann, Owner: "bob"}, "t4b t4a"},
	"owner's case":  {store.Query{Eyes: ann, Owner: "Bob"}, ""},
	"group":         {store.Query{Eyes: ann, Owner: "group:ops"}, "t2"},
	"group's name":  {store.Query{Eyes: ann, Owner: "ops"}, ""},
	"decider":       {store.Query{Eyes: ann, Owner: "ann"}, "t1"},
	"maker":         {store.Query{Eyes: ann, Owner: "ci"}, ""},
	"odd owner":     {store.Query{Eyes: ann, Owner: `%_\'"`}, ""},
	"owner and all": {store.Query{Eyes: ann, Owner: "ann", Kind: "crm", Labels: carries("team", "a"), Title: "crm"}, "t1"},

	"label":          {store.Query{Eyes: ann, Labels: carries("env", "prod")}, "t2 t1"},
	"labels":         {store.Query{Eyes: ann, Labels: []store.Label{{Name: "env", Value: "prod"}, {Name: "team", Value: "b"}}}, "t2"},
	"labels at odds": {store.Query{Eyes: ann, Labels: []store.Label{{Name: "env", Value: "prod"}, {Name: "env", Value: "test"}}}, ""},
	"odd label":      {store.Query{Eyes: ann, Labels: carries(`odd%_\'`, `v"!`)}, "t3"},
	"label's name":   {store.Query{Eyes: ann, Labels: carries("prod", "env")}, ""},
	"empty label":    {store.Query{Eyes: ann, Labels: carries("env", "")}, ""},

	"title":          {store.Query{Eyes: ann, Title: "crm"}, "t3 t1"},
	"titles' words":  {store.Query{Eyes: ann, Title: " \tTHE  mov "}, "t1"},
	"words apart":    {store.Query{Eyes: ann, Title: "build crm"}, ""},
	"percent":        {store.Query{Eyes: ann, Title: "%"}, "t2 t1"},
	"percent and 5":  {store.Query{Eyes: ann, Title: "5%"}, ""},
	"underscore":     {store.Query{Eyes: ann, Title: "_b"}, "t2"},
	"any character":  {store.Query{Eyes: ann, Title: "C_M"}, ""},
	"backslash":      {store.Query{Eyes: ann, Title: `c:\N`}, "t2"},
	"quotes":         {store.Query{Eyes: ann, Title: `'X' "y"`}, "t2"},
	"exclamation":    {store.Query{Eyes: ann, Title: "crm!"}, "t3"},
	"sigma":          {store.Query{Eyes: ann, Title: "οδος"}, "t1"},
	"capital sigma":  {store.Query{Eyes: ann, Title: "ΟΔΟΣ"}, "t1"},
	"sharp s":        {store.Query{Eyes: ann, Title: "straße"}, "t1"},
	"carons":         {store.Query{Eyes: ann, Title: "žluťoučký KŮŇ"}, "t3"},
	"blank title":    {store.Query{Eyes: ann, Title: " \n"}, everything},
	"title and kind": {store.Query{Eyes: ann, Title: "crm", Kind: "build"}, "t3"},
	"long word":      {store.Query{Eyes: ann, Title: strings.Repeat("x", 1000)}, ""},

	"created from":    {store.Query{Eyes: ann, CreatedFrom: sec(4)}, "t5 t4b t4a"},
	"created past":    {store.Query{Eyes: ann, CreatedFrom: sec(4).Add(1)}, "t5"},
	"created to":      {store.Query{Eyes: ann, CreatedTo: sec(2)}, "t1"},
	"created past to": {store.Query{Eyes: ann, CreatedTo: sec(2).Add(1)}, "t2 t1"},
	"created between": {store.Query{Eyes: ann, CreatedFrom: sec(2), CreatedTo: sec(4)}, "t3 t2"},
	"created never":   {store.Query{Eyes: ann, CreatedFrom: sec(4), CreatedTo: sec(4)}, ""},
	"updated from":    {store.Query{Eyes: ann, UpdatedFrom: sec(4)}, "t5 t4b t4a t3"},
	"updated to":      {store.Query{Eyes: ann, UpdatedTo: sec(4)}, "t2 t1"},
	"updated between": {store.Query{Eyes: ann, UpdatedFrom: sec(4), UpdatedTo: sec(6), Status: []progress.Status{progress.Completed}}, "t3"},
	"label, created":  {store.Query{Eyes: ann, Labels: carries("env", "prod"), CreatedFrom: sec(2)}, "t2"},

	"nobody":            {store.Query{}, "t3"},
	"a stranger":        {store.Query{Eyes: actor("eve", "none")}, "t3"},
	"who made it":       {store.Query{Eyes: actor("ci")}, everything},
	"owner's eyes":      {store.Query{Eyes: actor("bob")}, "t4b t4a t3"},
	"decider's eyes":    {store.Query{Eyes: actor("ann")}, "t4a t3 t1"},
	"group's eyes":      {store.Query{Eyes: actor("eve", "ops")}, "t3 t2"},
	"deciding group":    {store.Query{Eyes: actor("eve", "dev")}, "t5 t4a t3"},
	"two groups":        {store.Query{Eyes: actor("ann", "dev", "ops")}, "t5 t4a t3 t2 t1"},
	"group as a person": {store.Query{Eyes: actor("group:ops")}, "t3"},
	"person as a group": {store.Query{Eyes: actor("eve", "ann")}, "t3"},
	"own":               {store.Query{Eyes: actor("ann"), Owner: "ann"}, "t1"},
	"another's":         {store.Query{Eyes: actor("ann"), Owner: "bob"}, "t4a"},
	"a foreign group's": {store.Query{Eyes: actor("eve", "dev"), Owner: "group:ops"}, ""},
	"eyes and status":   {store.Query{Eyes: actor("ann"), Status: []progress.Status{progress.Pending}}, "t4a t1"},
	"eyes and kind":     {store.Query{Eyes: actor("eve", "dev"), Kind: "crm"}, "t5 t4a"},
	"eyes and label":    {store.Query{Eyes: actor("ann"), Labels: carries("env", "prod")}, "t1"},
	"eyes and title":    {store.Query{Eyes: actor("ann"), Title: "CRM"}, "t3 t1"},
	"eyes and times":    {store.Query{Eyes: actor("ann"), CreatedTo: sec(4), UpdatedFrom: sec(2)}, "t3"},
	"odd eyes":          {store.Query{Eyes: actor("\xff\x00", "a\x00", "\xfe", `'; --`)}, "t3"},
	"long eyes":         {store.Query{Eyes: actor(strings.Repeat("é", 500), strings.Repeat("\xff", 500))}, "t3"},
	"after":             {store.Query{Eyes: ann, After: store.Cursor{CreatedAt: sec(4), ID: "t4b"}}, "t4a t3 t2 t1"},
	"after none":        {store.Query{Eyes: ann, After: store.Cursor{CreatedAt: sec(4), ID: "t4aa"}}, "t4a t3 t2 t1"},
	"after all":         {store.Query{Eyes: ann, After: store.Cursor{CreatedAt: sec(1), ID: "t1"}}, ""},
}

// TestFind asks the questions, in small pages and large, and counts.
func TestFind(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s shelf) {
		s.keep(store.Batch{}, shop(t)...)
		x := store.NewIndex(s.db)
		for name, c := range questions {
			for _, c.q.Limit = range []int{1, 2, 200} {
				if got := idsOf(list(t, x, c.q)); got != c.want {
					t.Errorf("%s: found %q, want %q, %d a page", name, got, c.want, c.q.Limit)
				}
			}
			counts(t, x, c.q, list(t, x, anyStatus(c.q)))
		}
	})
}

// counts holds that Count counts the tasks that fit but for their status.
func counts(t *testing.T, x *store.Index, q store.Query, fitting []progress.Task) {
	t.Helper()
	want := map[progress.Status]int{}
	for _, one := range fitting {
		want[one.Status]++
	}
	if got, err := x.Count(ctx, q); err != nil || !maps.Equal(got, want) {
		t.Errorf("%+v: counted %v, want %v, %v", q, got, want, err)
	}
}

// anyStatus is the whole list that a page's query is of.
func anyStatus(q store.Query) store.Query {
	q.Status, q.After, q.Limit = nil, store.Cursor{}, 200
	return q
}

// TestDeciders follows who finds a task for being asked: those whom a step named
// last, and again those whom it was declared with.
func TestDeciders(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s shelf) {
		x := store.NewIndex(s.db)
		one := labelled(t, "t1", 1, progress.Spec{Owner: "bob"}, "ann")
		finders := func(want ...string) {
			t.Helper()
			s.keep(store.Batch{}, one)
			var got []string
			for _, name := range []string{"ann", "bob", "cy", "dora"} {
				q := store.Query{Eyes: actor(name), Limit: 1}
				found := list(t, x, q)
				if counts(t, x, q, found); len(found) > 0 {
					got = append(got, name)
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%v find it, want %v", got, want)
			}
		}
		finders("ann", "bob")
		one.do(worker, at(1, progress.StepCompleted)).do(worker, at(2, progress.StepRunning)).do(ann, progress.Approve{})
		finders("ann", "bob")
		one.do(worker, progress.Ask{Step: ref(2), Gate: progress.Gate{Approvers: []string{"cy", "dora"}}})
		finders("bob", "cy", "dora")
		one.do(worker, progress.Ask{Step: ref(2), Gate: progress.Gate{Approvers: []string{"cy"}}})
		finders("bob", "cy")
		one.do(ann, progress.Restart{})
		finders("ann", "bob")
		one.do(worker, progress.Ask{Step: ref(1), Gate: progress.Gate{Approvers: many("dora", 1001)}})
		finders("ann", "bob", "dora")
		one.do(ann, progress.Restart{})
		finders("ann", "bob")
		escalate := []progress.Escalation{{After: 60}, {After: 60, Tell: []string{"cy"}}}
		one.do(worker, progress.Ask{Step: ref(1), Gate: progress.Gate{Escalate: escalate}})
		finders("ann", "bob", "cy")
	})
}

// many are a name and others, so many in all.
func many(name string, n int) []string {
	names := []string{name}
	for i := range n - 1 {
		names = append(names, fmt.Sprint(name, i))
	}
	return names
}

// TestUnlisted pages past tasks with more deciders than are listed, which the
// actor may not see.
func TestUnlisted(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s shelf) {
		var all []*story
		for i := range 90 {
			gates := many("dora", 1001)
			if i%40 < 2 { // t80, t81, t40, t41, t00, t01
				gates = []string{"eve"}
			}
			all = append(all, labelled(t, fmt.Sprintf("t%02d", i), i, progress.Spec{Owner: "bob"}, gates...))
		}
		s.keep(store.Batch{}, all...)
		x := store.NewIndex(s.db)
		for _, limit := range []int{1, 2, 3, 6, 7, 200} {
			q := store.Query{Eyes: actor("eve"), Limit: limit}
			if got := idsOf(list(t, x, q)); got != "t81 t80 t41 t40 t01 t00" {
				t.Errorf("%d a page: eve finds %s", limit, got)
			}
		}
		counts(t, x, store.Query{Eyes: actor("eve")}, list(t, x, store.Query{Eyes: actor("eve"), Limit: 200}))
		if n, err := x.Count(ctx, store.Query{Eyes: actor("dora7")}); err != nil || n[progress.Pending] != 84 || len(n) != 1 {
			t.Errorf("dora7 has %v, %v", n, err)
		}
	})
}

// TestFindWhole holds that tasks are found as they are stored.
func TestFindWhole(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s shelf) {
		x := store.NewIndex(s.db)
		for name, tale := range tales {
			tale(t, name, func(told *story) {
				s.keep(store.Batch{}, told)
				found, next, err := x.Find(ctx, store.Query{Eyes: ann, Limit: 1})
				if err != nil || len(found) != 1 || !next.IsZero() || flat(found[0]) != flat(told.task) {
					t.Fatalf("%v, found %d and %v\n%s\nof\n%s", err, len(found), next, text(found), flat(told.task))
				}
			})
			s.purge()
		}
		if found, next, err := x.Find(ctx, store.Query{Eyes: ann, Limit: 200}); err != nil || len(found) != 0 || !next.IsZero() {
			t.Errorf("of none: %v, %v, %v", found, next, err)
		}
		if n, err := x.Count(ctx, store.Query{}); err != nil || len(n) != 0 {
			t.Errorf("of none: %v, %v", n, err)
		}
	})
}

// purge deletes every task, ended or not.
func (s shelf) purge() {
	s.Helper()
	s.exec(`UPDATE tasks SET ended_at = 1`)
	if _, err := s.PurgeTasks(ctx, epoch, 64); err != nil {
		s.Fatal(err)
	}
}

func (s shelf) exec(statements ...string) {
	s.Helper()
	if err := s.db.Write(ctx, func(tx *db.Tx) error {
		for _, statement := range statements {
			if _, err := tx.Exec(ctx, statement); err != nil {
				return fmt.Errorf("%s: %w", statement, err)
			}
		}
		return nil
	}); err != nil {
		s.Fatal(err)
	}
}

// TestRefusals asks what is out of range, and by a hair what is not.
func TestRefusals(t *testing.T) {
	t.Parallel()
	labels := slices.Repeat(carries("a", "b"), 17)
	words := strings.Repeat("w ", 17)
	most := store.Query{Limit: 1, Labels: labels[:16], Status: slices.Repeat(progress.Statuses(), 90), Eyes: actor("eve", many("g", 1000)...), Kind: "k"}
	titled := most
	titled.Title = words[:32]
	each(t, func(t *testing.T, s shelf) {
		s.keep(store.Batch{}, labelled(t, "t1", 1, progress.Spec{Labels: map[string]string{"a": "b"}}))
		x := store.NewIndex(s.db)
		for field, list := range map[string][]store.Query{
			"limit":  {{Limit: -1}, {}, {Limit: 201}},
			"status": {{Limit: 1, Status: []progress.Status{"running", ""}}, {Limit: 1, Status: []progress.Status{"Running"}}},
			"kind":   {{Limit: 1, Kind: "a\x00"}, {Limit: 1, Kind: "\xff"}},
			"owner":  {{Limit: 1, Owner: "\xff"}},
			"label":  {{Limit: 1, Labels: labels}, {Limit: 1, Labels: carries("\x00", "")}, {Limit: 1, Labels: carries("", "\xc0")}},
			"q":      {{Limit: 1, Title: words}, {Limit: 1, Title: strings.Repeat("x", 1001)}, {Limit: 1, Title: "\x00"}},
			"cursor": {{Limit: 1, After: store.Cursor{ID: "\xff"}}},
			"":       {most, titled, {Eyes: ann, Limit: 200, Kind: "none"}},
		} {
			for _, q := range list {
				found, next, err := x.Find(ctx, q)
				bad, refused := errors.AsType[*progress.Error](err)
				if len(found) > 0 || !next.IsZero() || refused != (field != "") || refused && (bad.Code != progress.Invalid || bad.Field != field) || !refused && err != nil {
					t.Errorf("%s: %+v gives %v, %v, %v", field, q, found, next, err)
				}
				_, err = x.Count(ctx, q)
				if ignored := field == "limit" || field == "status" || field == "cursor" || field == ""; (err == nil) != ignored {
					t.Errorf("%s: %+v counts: %v", field, q, err)
				}
			}
		}
	})
}

// TestCursor holds that a cursor comes back as it went, and nothing else comes.
func TestCursor(t *testing.T) {
	t.Parallel()
	for _, c := range []store.Cursor{
		{}, {CreatedAt: epoch, ID: "a"}, {CreatedAt: epoch.Add(time.Microsecond), ID: "Z.:_-9"}, {ID: "x"},
		{CreatedAt: time.UnixMicro(-5).UTC(), ID: "1"}, {CreatedAt: epoch.AddDate(5000, 0, 0), ID: progress.TaskID(strings.Repeat("i", 128))},
	} {
		back, err := store.ParseCursor(c.String())
		if err != nil || back != c || c.IsZero() != (c.String() == "") || url.PathEscape(c.String()) != c.String() {
			t.Errorf("%+v is %q and came back as %+v, %v", c, c, back, err)
		}
	}
	good := store.Cursor{CreatedAt: epoch, ID: "a"}.String()
	raw := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	for _, bad := range []string{
		"x", " ", good + "A", good + "=", good[1:], "!" + good, good + "\n", raw("1"), raw("1 "), raw(" a"), raw("1 a b"), raw("x a"), raw("1  a"),
		raw("+1 a"), raw("01 a"), raw("1.5 a"), raw("99999999999999999999 a"), raw("1 a\x00"), raw("1 \xff"), raw("1 " + strings.Repeat("i", 129)), raw("1 ../a"),
	} {
		c, err := store.ParseCursor(bad)
		if e, ok := errors.AsType[*progress.Error](err); !ok || e.Code != progress.Invalid || e.Field != "cursor" || !c.IsZero() {
			t.Errorf("%q is %+v, %v", bad, c, err)
		}
	}
}

// TestPageOfManySteps holds that a page ends after the task with which it has
// more than 20,000 steps.
func TestPageOfManySteps(t *testing.T) {
	t.Parallel()
	names := make([]string, 10_000)
	for i := range names {
		names[i] = fmt.Sprint(i)
	}
	each(t, func(t *testing.T, s shelf) {
		large := func(id string, steps int) *story { return begin(t, id, plan(names[:steps]...)) }
		s.keep(store.Batch{}, large("t1", 1), large("t2", 1), large("t3", 10_000), large("t4", 9_999), large("t5", 1), large("t6", 0))
		x := store.NewIndex(s.db)
		q := store.Query{Eyes: ann, Limit: 200}
		for _, want := range []string{"t6 t5 t4 t3 t2", "t1"} {
			found, next, err := x.Find(ctx, q)
			if err != nil || idsOf(found) != want || next.IsZero() != (want == "t1") {
				t.Errorf("found %s, next %v, %v", idsOf(found), next, err)
			}
			q.After = next
		}
		s.keep(store.Batch{}, large("t7", 1))
		if found, next, err := x.Find(ctx, store.Query{Eyes: ann, Limit: 200}); err != nil || idsOf(found) != "t7 t6 t5 t4 t3" || next.ID != "t3" {
			t.Errorf("found %s, next %v, %v", idsOf(found), next, err)
		}
	})
}
