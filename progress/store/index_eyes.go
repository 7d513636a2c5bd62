package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/table"
)

const (
	everyone = ""  // the name in task_eyes of a task without an owner
	perhaps  = "*" // and of one whose deciders are not listed

	maxDeciders = 1000 // that are listed of a task; of one that names more, none is
	maxEye      = 800  // bytes of a name; an index of PostgreSQL takes 2,700 in all
)

// eye is a person or "group:NAME", as tasks name them, in the words of task_eyes.
func eye(name string) string {
	if group, ok := strings.CutPrefix(name, "group:"); ok {
		return "g:" + short(group)
	}
	return personal(progress.Person(name))
}

// personal is someone who acts, whatever their name begins with.
func personal(p progress.Person) string { return "p:" + short(string(p)) }

func short(name string) string {
	if len(name) <= maxEye {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:])
}

// eyesOf are the names under which an actor finds what it may see.
func eyesOf(a progress.Actor) []string {
	out := []string{everyone}
	if a.Person != "" {
		out = append(out, personal(a.Person))
	}
	for _, group := range a.Groups {
		out = append(out, eye("group:"+group))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// eyes are the names under which a task is found, sorted: those that
// progress.Sees looks at.
func eyes(t *progress.Task) []string {
	if t.Spec.Owner == "" {
		return []string{everyone}
	}
	names := map[string]bool{}
	for s := range t.Steps.All() {
		for _, name := range deciders(s) {
			names[eye(name)] = true
		}
	}
	if len(names) > maxDeciders {
		names = map[string]bool{perhaps: true}
	}
	names[eye(t.Spec.Owner)] = true
	if t.Spec.CreatedBy != "" {
		names[personal(t.Spec.CreatedBy)] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// deciders are those whom a step names: by what was asked last, else by what
// was declared.
func deciders(s progress.Step) []string {
	switch {
	case s.Approval != nil:
		return s.Approval.Named()
	case s.Gate != nil:
		return s.Gate.Named()
	}
	return nil
}

// enter gathers what a new task is found by.
func (r *rows) enter(t *progress.Task) {
	id, at := string(t.ID), table.Micros(t.CreatedAt)
	for name, value := range t.Spec.Labels {
		r.labels = append(r.labels, id, name, value, at)
	}
	r.titles = append(r.titles, id, at, beginning(fold(t.Spec.Title)))
	r.eyes = eyeArgs(r.eyes, t, eyes(t))
}

// beginning is a text's first bytes, as an index of PostgreSQL takes them: whole
// for titles of up to 500 characters.
func beginning(s string) string {
	const most = 2000
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "")
}

// watch gathers the names under which a task is found from now on, and deletes
// those under which it no longer is.
func (r *rows) watch(ctx context.Context, tx *db.Tx, was, is *progress.Task) error {
	if !reassigned(was.Steps, is.Steps) {
		return nil
	}
	before, after := eyes(was), eyes(is)
	r.eyes = eyeArgs(r.eyes, is, without(after, before))
	for part := range table.Chunks(without(before, after)) {
		if _, err := tx.Exec(ctx, `DELETE FROM task_eyes WHERE task_id = $1 AND name IN `+table.Set(2, len(part)),
			append([]any{string(is.ID)}, table.Anys(part)...)...); err != nil {
			return err
		}
	}
	return nil
}

// reassigned reports whether steps name other deciders than they did.
func reassigned(was, is progress.Steps) bool {
	if is.Len() < was.Len() {
		return true
	}
	for s := range is.Changed(was) {
		var old []string
		if s.Order <= was.Len() {
			old = deciders(was.At(s.Order))
		}
		if !slices.Equal(old, deciders(s)) {
			return true
		}
	}
	return false
}

func eyeArgs(args []any, t *progress.Task, names []string) []any {
	for _, name := range names {
		args = append(args, name, table.Micros(t.CreatedAt), string(t.ID))
	}
	return args
}

// without are the names of a list that another, which is sorted, does not have.
func without(names, others []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		_, found := slices.BinarySearch(others, name)
		return found
	})
}
