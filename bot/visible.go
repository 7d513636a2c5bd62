package bot

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/taskherald/herald/intents"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/store"
)

// What people can speak of without naming an id or a title of long ago.
const (
	mostSeen   = 200            // tasks; those that have not ended go first, then the newest
	endedSince = 48 * time.Hour // that ended no longer ago than this
	mostIDs    = 8              // of a message that are looked up
	mostTitled = 20             // tasks that are found by a title
)

// seen are the tasks that a turn can be about, oldest first. All of them the person may see.
type seen struct {
	list []progress.Task
	at   map[progress.TaskID]int // where each stands in list
}

// add puts tasks among the others, and reports whether there was a new one.
func (s *seen) add(tasks ...progress.Task) bool {
	before := len(s.list)
	for i := range tasks {
		if !s.has(tasks[i].ID) {
			s.list = append(s.list, tasks[i])
		}
	}
	if len(s.list) == before {
		return false
	}
	slices.SortFunc(s.list, func(a, b progress.Task) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), strings.Compare(string(a.ID), string(b.ID)))
	})
	s.at = make(map[progress.TaskID]int, len(s.list))
	for i := range s.list {
		s.at[s.list[i].ID] = i
	}
	return true
}

func (s *seen) task(id progress.TaskID) (progress.Task, bool) {
	if i, ok := s.at[id]; ok {
		return s.list[i], true
	}
	return progress.Task{}, false
}

func (s *seen) has(id progress.TaskID) bool {
	_, ok := s.at[id]
	return ok
}

// known is an id that is among them, "" for any other.
func (s *seen) known(id progress.TaskID) progress.TaskID {
	if !s.has(id) {
		return ""
	}
	return id
}

// of are the tasks of some ids, in the order of those.
func (s *seen) of(ids []progress.TaskID) []progress.Task {
	var out []progress.Task
	for _, id := range ids {
		if t, ok := s.task(id); ok {
			out = append(out, t)
		}
	}
	return out
}

// sorted are ids in the order of their tasks, oldest first.
func (s *seen) sorted(ids []progress.TaskID) []progress.TaskID {
	var out []progress.TaskID
	for _, t := range s.list {
		if slices.Contains(ids, t.ID) {
			out = append(out, t.ID)
		}
	}
	return out
}

// live are those that have not ended.
func (s *seen) live() []progress.Task {
	return slices.DeleteFunc(slices.Clone(s.list), func(t progress.Task) bool { return t.Status.Ended() })
}

// input are the tasks as the parser knows them.
func (s *seen) input() []intents.Task {
	out := make([]intents.Task, len(s.list))
	for i, t := range s.list {
		out[i] = intents.Task{ID: t.ID, Title: t.Spec.Title, Status: t.Status}
	}
	return out
}

// alive are the statuses of tasks that have not ended.
var alive = []progress.Status{progress.Pending, progress.Running, progress.Paused, progress.Waiting}

// gather finds the tasks that a message can be about.
func gather(t *talk) error {
	if t.turn.Stranger {
		return gatherShown(t)
	}
	live, err := find(t, store.Query{Status: alive}, mostSeen)
	if err != nil {
		return err
	}
	since := t.now.Add(-endedSince)
	ended, err := find(t, store.Query{
		Status: []progress.Status{progress.Completed, progress.Failed, progress.Cancelled}, UpdatedFrom: since,
	}, mostSeen-len(live))
	if err != nil {
		return err
	}
	ended = slices.DeleteFunc(ended, func(x progress.Task) bool { return x.EndedAt.Before(since) })
	t.seen.add(live...)
	t.seen.add(ended...)
	return gatherNamed(t)
}

// gatherNamed adds the tasks that the place is about, and those whose id is in the text.
func gatherNamed(t *talk) error {
	for _, id := range slices.Concat(t.was.tasks(t.now), []progress.TaskID{t.turn.About}, idsIn(t.turn.Text)) {
		if id == "" || t.seen.has(id) {
			continue
		}
		task, ok, err := t.see(id)
		if err != nil {
			return err
		}
		if ok {
			t.seen.add(task)
		}
	}
	return nil
}

// see is a task as it is now; ok is false where there is none for this person. A stranger sees
// what the room was shown.
func (t *talk) see(id progress.TaskID) (task progress.Task, ok bool, err error) {
	if t.turn.Stranger && !slices.Contains(t.turn.sight(), id) {
		return task, false, nil
	}
	task, err = t.Tasks.Task(t.ctx, id)
	if progress.CodeOf(err) == progress.NotFound {
		return task, false, nil
	}
	return task, err == nil && (t.turn.Stranger || progress.Sees(task, t.turn.Who)), err
}

// mostSteps is how many steps the tasks of a query have together, more or less: where they
// have more, fewer tasks are looked at, so that no message costs much memory.
const mostSteps = 20_000

// find are the newest tasks of a query, at most so many.
func find(t *talk, q store.Query, most int) ([]progress.Task, error) {
	var out []progress.Task
	steps := 0
	q.Eyes = t.turn.Who
	for len(out) < most && steps < mostSteps { // a page ends early where tasks have many steps
		q.Limit = min(most-len(out), mostSeen)
		page, next, err := t.Index.Find(t.ctx, q)
		if err != nil {
			return nil, err
		}
		out = append(out, page...)
		for i := range page {
			steps += page[i].Steps.Len()
		}
		if next == (store.Cursor{}) {
			break
		}
		q.After = next
	}
	return out, nil
}

// titled are the tasks whose title has every word of a name, however long ago they ended.
func titled(t *talk, name string) ([]progress.Task, error) {
	if t.turn.Stranger {
		return nil, nil // all that they may hear of is there already
	}
	found, err := find(t, store.Query{Title: name}, mostTitled)
	if progress.CodeOf(err) == progress.Invalid { // longer than any title
		return nil, nil
	}
	return found, err
}

// idLike is what may be an id in a text.
var idLike = regexp.MustCompile(`#?[A-Za-z0-9][A-Za-z0-9._:-]*`)

// idsIn are the words of a text that may be ids: those with a digit or a mark in them. An
// id in capitals is written small too, as ids that are made here are.
func idsIn(text string) []progress.TaskID {
	var out []progress.TaskID
	for _, word := range idLike.FindAllString(text, -1) {
		bare := strings.TrimRight(strings.TrimPrefix(word, "#"), "._:-")
		if !strings.HasPrefix(word, "#") && !strings.ContainsAny(bare, "0123456789._:-") {
			continue
		}
		for _, id := range []progress.TaskID{progress.TaskID(bare), progress.TaskID(strings.ToLower(bare))} {
			if id.Valid() && !slices.Contains(out, id) && len(out) < mostIDs {
				out = append(out, id)
			}
		}
	}
	return out
}
