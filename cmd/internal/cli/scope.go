package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
	"github.com/taskherald/herald/templates/textcard"
)

// subPrefix begins the id of every webhook and subscription.
const subPrefix = "sub_"

// scope is which tasks somebody is told of, and of what.
type scope struct {
	events []string
	task   progress.TaskID
	kind   string
	owner  string
	labels map[string]string
}

// words says it.
func (s scope) words(extra string) string {
	what := "everything"
	if len(s.events) > 0 {
		what = strings.Join(s.events, ", ")
	}
	what += extra
	if of := s.tasks(); of != "" {
		what += ", only of " + of
	}
	return what
}

// tasks says which tasks are meant, "" for all.
func (s scope) tasks() string {
	var of []string
	for _, part := range [][2]string{{"task ", string(s.task)}, {"kind ", s.kind}, {"owner ", s.owner}} {
		if part[1] != "" {
			of = append(of, part[0]+part[1])
		}
	}
	for name, value := range s.labels {
		of = append(of, "label "+name+"="+value)
	}
	slices.Sort(of)
	return strings.Join(of, ", ")
}

// addScope gives a command the flags that say what somebody is told.
func addScope(cmd *cobra.Command) {
	f := cmd.Flags()
	f.String("name", "", "what you call it")
	f.StringSlice("event", nil, "a kind of event such as task.failed, or a beginning such as 'approval.*'; may be repeated")
	f.String("task", "", "only this task")
	addFilter(cmd)
}

// scope is what those flags say.
func (s hooks) scope(ctx context.Context) (of scope, err error) {
	q, err := s.query()
	if err != nil {
		return of, err
	}
	of = scope{events: s.list("event"), kind: q.Kind, owner: q.Owner, labels: q.Labels}
	of.task, err = s.taskFlag(ctx)
	return of, err
}

// taskFlag is the task that the flag names, "" if it was not given.
func (s hooks) taskFlag(ctx context.Context) (progress.TaskID, error) {
	name, err := s.named("task")
	if err != nil || name == "" {
		return "", err
	}
	t, err := s.find(ctx, name)
	return t.ID, err
}

// lines are names with what there is to say of each, and an empty line.
func lines(screen textcard.Screen, all [][2]string) string {
	wide := 0
	for _, line := range all {
		wide = max(wide, len(line[0]))
	}
	var out strings.Builder
	for _, line := range all {
		if line[1] != "" {
			fmt.Fprintf(&out, "%-*s  %s\n", wide+1, line[0], screen.Clean(line[1]))
		}
	}
	return out.String() + "\n"
}

// begins reports whether a word is the beginning of an id, with what all begin with or
// without.
func begins(id, word string) bool {
	begun := subPrefix + strings.TrimPrefix(word, subPrefix)
	return len(begun) >= len(subPrefix)+minPrefix && strings.HasPrefix(id, begun)
}

// fitting are those of a list that the first of many ways means that means any.
func fitting[T any](all []T, ways ...func(T) bool) []T {
	for _, means := range ways {
		if fit := slices.DeleteFunc(slices.Clone(all), func(v T) bool { return !means(v) }); len(fit) > 0 {
			return fit
		}
	}
	return nil
}

// completesIDs makes a command complete the ids that a server lists, each with what a
// shell shows beside it.
func completesIDs(cmd *cobra.Command, p Process, list func(context.Context, *client.Client) ([][2]string, error)) {
	cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		c, err := connect(cmd, p)
		if err != nil || len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		ctx, cancel := context.WithTimeout(cmd.Context(), completionPatience)
		defer cancel()
		all, err := list(ctx, c)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var out []string
		for _, one := range all {
			if printable(one[0]) == one[0] {
				out = append(out, described(one[0], strings.TrimSpace(one[1])))
			}
		}
		return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
	}
}
