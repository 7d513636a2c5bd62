package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
)

func tasksCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "tasks", Aliases: []string{"ls"}, Short: "List tasks, the newest first", Args: cobra.NoArgs,
		Example: `  herald tasks
  herald tasks --status approval              what waits for somebody
  herald tasks --status running,paused --label env=prod
  herald tasks --all --json | jq -r '.tasks[].task_id'`,
	}
	f := cmd.Flags()
	f.StringSlice("status", nil, "only those in one of these statuses: "+strings.Join(statusWords(), ", "))
	addFilter(cmd)
	f.String("query", "", "only those with this in their title")
	f.Int64("limit", 50, "at most so many")
	f.Bool("all", false, "all of them, however many")
	addJSON(cmd, `print {"tasks": […], "next": …} as the API gives it`)
	cmd.MarkFlagsMutuallyExclusive("limit", "all")
	_ = cmd.RegisterFlagCompletionFunc("status", cobra.FixedCompletions(statusWords(), cobra.ShellCompDirectiveNoFileComp)) // the flag is there
	calls(cmd, p, listTasks)
	return cmd
}

// addFilter gives a command the flags that both lists and sockets filter by.
func addFilter(cmd *cobra.Command) {
	f := cmd.Flags()
	f.String("kind", "", "only those of this kind")
	f.String("owner", "", "only those of this owner: a person, or group:NAME")
	f.StringSlice("label", nil, "only those with this label, NAME=VALUE; may be repeated")
}

func statusWords() []string {
	var words []string
	for _, status := range progress.Statuses() {
		words = append(words, string(status))
	}
	return words
}

func listTasks(ctx context.Context, s session, _ []string) error {
	q, err := s.query()
	if err != nil {
		return err
	}
	most := s.number("limit")
	if s.on("all") {
		most = 1 << 40
	}
	if most < 1 {
		return misused("--limit must be 1 or more, not %d", most)
	}
	found, next, err := s.listed(ctx, q, most)
	if err != nil {
		return err
	}
	if s.on(jsonFlag) {
		return s.printJSON(listing{found, next})
	}
	if len(found) == 0 {
		fmt.Fprintln(s.Stderr, "No tasks.")
		return nil
	}
	if next != nil {
		defer fmt.Fprintf(s.Stderr, "There are more: --limit %d, or --all.\n", 2*most)
	}
	return s.print(s.screen().Tasks(found))
}

// listing is a list of tasks as the API gives it.
type listing struct {
	Tasks []progress.Wire `json:"tasks"`
	Next  *string         `json:"next"`
}

// listed reads pages of tasks. next is where it goes on, nil at the end.
func (s session) listed(ctx context.Context, q client.Query, most int64) (found []progress.Wire, next *string, err error) {
	found = []progress.Wire{}
	for {
		q.Limit = int(min(most-int64(len(found)), pageSize))
		page, err := s.Tasks(ctx, q)
		if err != nil {
			return nil, nil, err
		}
		found = append(found, page.Tasks...)
		if page.Next == "" {
			return found, nil, nil
		}
		if int64(len(found)) >= most {
			return found, &page.Next, nil
		}
		q.Cursor = page.Next
	}
}

// query reads the flags that narrow a list.
func (s options) query() (client.Query, error) {
	q := client.Query{Kind: s.text("kind"), Owner: s.text("owner"), Title: s.text("query")}
	for _, word := range s.list("status") {
		status := progress.Status(word)
		if !slices.Contains(progress.Statuses(), status) {
			return q, misused("%q is no status of a task; they are %s", word, strings.Join(statusWords(), ", "))
		}
		q.Status = append(q.Status, status)
	}
	for _, label := range s.list("label") {
		name, value, ok := strings.Cut(label, "=")
		if !ok {
			name, value, ok = strings.Cut(label, ":")
		}
		if !ok || name == "" {
			return q, misused("--label must be NAME=VALUE, not %q", label)
		}
		if had, twice := q.Labels[name]; twice {
			return q, misused("--label gives %s twice, as %q and as %q; a task has one", name, had, value)
		}
		if q.Labels == nil {
			q.Labels = map[string]string{}
		}
		q.Labels[name] = value
	}
	return q, nil
}
