package cli

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
	"github.com/taskherald/herald/templates/textcard"
)

// completionPatience is how long somebody who pressed tab waits.
const completionPatience = time.Second

// completes makes a command complete the ids of tasks that are in one of those
// statuses (none: all), and then, for a verb about a step, the steps in one of
// those.
func completes(cmd *cobra.Command, p Process, tasks []progress.Status, steps []progress.StepStatus) {
	cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		c, err := connect(cmd, p)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		ctx, cancel := context.WithTimeout(cmd.Context(), completionPatience)
		defer cancel()
		s := newSession(p, c, cmd)
		switch {
		case len(args) == 0 && !s.on(lastFlag):
			return s.ids(ctx, begun, tasks), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
		case steps != nil:
			return s.orders(ctx, args, steps), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
		}
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
}

// ids are the newest tasks whose ids begin with what was typed. Trouble gives
// none: a shell that completes has no place for errors.
func (s session) ids(ctx context.Context, begun string, status []progress.Status) []string {
	page, err := s.Tasks(ctx, client.Query{Status: status, Limit: pageSize})
	if err != nil {
		return nil
	}
	var out []string
	for _, t := range page.Tasks {
		if t.ID.Valid() && strings.HasPrefix(string(t.ID), begun) {
			out = append(out, described(string(t.ID), t.Title+", "+string(t.Status)))
		}
	}
	return out
}

// orders are the steps of the named task.
func (s session) orders(ctx context.Context, args []string, status []progress.StepStatus) []string {
	t, rest, err := s.target(ctx, args)
	if err != nil || len(rest) > 0 {
		return nil
	}
	var out []string
	for _, st := range t.Steps {
		if slices.Contains(status, st.Status) {
			out = append(out, described(strconv.Itoa(st.Order), st.Name))
		}
	}
	return out
}

// described is a word to complete and what the shell shows beside it.
func described(word, text string) string {
	return word + "\t" + textcard.Screen{Unicode: true}.Clean(text)
}
