package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
)

// minPrefix is how many characters of an id name a task.
const minPrefix = 4

// maxPages bounds the search for a prefix, to the newest 10,000 tasks.
const (
	maxPages = 50
	pageSize = 200
)

const lastFlag = "last"

// addLast gives a command that takes a task the flag for the newest one.
func addLast(cmd *cobra.Command) {
	cmd.Flags().Bool(lastFlag, false, "the newest task that you may see, instead of an id")
}

// target finds the task that the arguments name, and returns what follows it.
func (s session) target(ctx context.Context, args []string) (t client.Task, rest []string, err error) {
	if s.on(lastFlag) {
		t, err = s.last(ctx)
		return t, args, err
	}
	if len(args) == 0 {
		return t, nil, misused("name a task: its id, or --%s", lastFlag)
	}
	t, err = s.find(ctx, args[0])
	return t, args[1:], err
}

// last is the newest task.
func (s session) last(ctx context.Context) (client.Task, error) {
	page, err := s.Tasks(ctx, client.Query{Limit: 1})
	if err != nil {
		return client.Task{}, err
	}
	if len(page.Tasks) == 0 {
		return client.Task{}, failure{errors.New("there is no task that you may see")}
	}
	return s.Task(ctx, page.Tasks[0].ID)
}

// find finds a task by its id or the beginning of it.
func (s session) find(ctx context.Context, name string) (client.Task, error) {
	id := progress.TaskID(name)
	if !id.Valid() {
		return client.Task{}, misused("%q is no id of a task; \"herald tasks\" lists them", name)
	}
	t, err := s.Task(ctx, id)
	if p, ok := errors.AsType[*client.Problem](err); !ok || p.Status != http.StatusNotFound {
		return t, err
	}
	if len(name) < minPrefix {
		return t, failure{fmt.Errorf("there is no task %q; give its id, or at least the first %d characters of it", name, minPrefix)}
	}
	found, err := s.matching(ctx, name)
	switch {
	case err != nil:
		return t, err
	case len(found) == 0:
		return t, failure{fmt.Errorf("there is no task whose id begins with %q, or it is not for your eyes; \"herald tasks --all\" lists those that are", name)}
	case len(found) > 1:
		return t, failure{s.ambiguous(name, found)}
	}
	return s.Task(ctx, found[0].ID)
}

// matching lists the tasks whose ids begin with a prefix, the newest first.
func (s session) matching(ctx context.Context, prefix string) ([]progress.Wire, error) {
	var found []progress.Wire
	q := client.Query{Limit: pageSize}
	for range maxPages {
		page, err := s.Tasks(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, t := range page.Tasks {
			if strings.HasPrefix(string(t.ID), prefix) {
				found = append(found, t)
			}
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
	}
	return found, nil
}

// ambiguous lists the tasks that a prefix may mean.
func (s session) ambiguous(prefix string, found []progress.Wire) error {
	const most = 10
	screen := s.screen()
	var list strings.Builder
	for _, t := range found[:min(len(found), most)] {
		fmt.Fprintf(&list, "\n  %s  %s, %s", t.ID, screen.Brief(t), t.Status)
	}
	if more := len(found) - most; more > 0 {
		fmt.Fprintf(&list, "\n  and %d more", more)
	}
	return fmt.Errorf("%d tasks begin with %q; give more of the id:%s", len(found), prefix, list.String())
}
