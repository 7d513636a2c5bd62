package store

import (
	"context"
	"slices"
	"strings"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
)

// search is a query and the names under which its actor finds tasks.
type search struct {
	Query
	names  []string // any of these; nil: the actor may see all that fit
	except []string // and none of these
}

// search finds under the actor's names, and where deciders are not listed. All
// tasks of an owner who stands for the actor are the actor's to see.
func (q Query) search() search {
	q.Status = slices.Compact(slices.Sorted(slices.Values(q.Status)))
	names := eyesOf(q.Eyes)
	if q.Eyes.All || q.Owner != "" && slices.Contains(names, eye(q.Owner)) {
		return search{Query: q}
	}
	names = slices.DeleteFunc(names, func(name string) bool { return !plain(name) })
	return search{Query: q, names: append(names, perhaps)}
}

// split parts the tasks of which the tables know whether the actor may see them
// from those that have to be looked at.
func (s search) split() (listed, rest search) {
	listed, rest = s, s
	if s.names != nil {
		listed.names = slices.DeleteFunc(slices.Clone(s.names), func(name string) bool { return name == perhaps })
		rest.names, rest.except = []string{perhaps}, listed.names
	}
	return listed, rest
}

// road is a way to the tasks that fit: a table that leads to them newest first.
// A table that is in this order only for one value of a column at a time is
// walked value by value.
type road struct {
	table  string // with its own row as w, or the task's as t
	at, id string // the columns of the order
	where  string // what the table is asked, with ? for each of args
	args   []any
	column string // "" for a table that is in order as it is
	values []string
	rest   search // what remains to be asked of each task
	blind  bool   // to count its rows ahead is to read them all
}

// lookahead is how many rows of a road are counted before it is taken.
const lookahead = 1000

// road chooses the shortest road, as far as it can be seen.
func (s search) road(ctx context.Context, tx *db.Tx) (road, error) {
	roads := s.roads()
	best, least := roads[0], lookahead
	if len(roads) == 1 {
		return best, nil
	}
	for _, r := range roads {
		if r.blind {
			continue
		}
		n, err := r.length(ctx, tx)
		if err != nil {
			return road{}, err
		}
		if n < least {
			best, least = r, n
		}
	}
	return best, nil
}

// roads are all that lead to the tasks, the one to take where all are long
// first: titles are quick to read.
func (s search) roads() []road {
	var out []road
	if strings.TrimSpace(s.Title) != "" {
		out = append(out, s.byTitle())
	}
	if s.names != nil {
		out = append(out, s.byName())
	}
	if s.Owner != "" { // all of the owner's are found under the owner's name
		out = append(out, s.along(`task_eyes`, `w.name = ?`, eye(s.Owner)))
	}
	for i := range s.Labels {
		out = append(out, s.byLabel(i))
	}
	if len(out) == 0 || s.Kind != "" || len(s.Status) > 0 {
		out = append(out, s.straight())
	}
	return out
}

// along leads along a table of rows that belong to tasks.
func (s search) along(table, where string, args ...any) road {
	return road{table: table + ` w`, at: `w.created_at`, id: `w.task_id`, where: where, args: args, rest: s}
}

func (s search) byTitle() road {
	where, args := contains(`w.folded`, s.Title)
	s.Title = ""
	r := s.along(`task_titles`, where, args...)
	r.blind = true
	return r
}

func (s search) byName() road {
	names := s.names
	s.names = nil
	r := s.along(`task_eyes`, `1 = 1`)
	r.column, r.values = `w.name`, names
	return r
}

func (s search) byLabel(i int) road {
	l := s.Labels[i]
	s.Labels = slices.Delete(slices.Clone(s.Labels), i, i+1)
	return s.along(`task_labels`, `w.name = ? AND w.value = ?`, l.Name, l.Value)
}

// straight leads along the tasks themselves. Those of a kind are in order
// status by status.
func (s search) straight() road {
	r := road{table: `tasks t`, at: `t.created_at`, id: `t.id`, where: `1 = 1`}
	statuses := s.Status
	if s.Kind != "" {
		r.where, r.args = `t.kind = ?`, []any{s.Kind}
	}
	if s.Kind != "" && len(statuses) == 0 {
		statuses = progress.Statuses()
	}
	for _, status := range statuses {
		r.column, r.values = `t.status`, append(r.values, string(status))
	}
	s.Kind, s.Status = "", nil
	r.rest = s
	return r
}

// fold is a text in one case, in which σ and ς are the same.
func fold(s string) string { return strings.ToLower(strings.ToUpper(s)) }

// contains says of a folded title that it contains every word.
func contains(column, title string) (where string, args []any) {
	var parts []string
	for word := range strings.FieldsSeq(fold(title)) {
		parts = append(parts, column+` LIKE ? ESCAPE '!'`)
		args = append(args, "%"+plainly.Replace(word)+"%")
	}
	return strings.Join(parts, ` AND `), args
}

// plainly takes from LIKE's signs what they mean to it.
var plainly = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")
