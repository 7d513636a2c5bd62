package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates/textcard"
)

func statsCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "stats [KIND]", Short: "How long past runs took, by kind of task", Args: cobra.MaximumNArgs(1),
		Long: `Shows what the past runs of each kind took: the newest 200 that have ended, of
tasks that you may see. With a kind it shows its steps, the slowest first, and its
last runs.

The times are those of work: pauses and waiting for people are told beside them.
9 of 10 runs took no longer than what stands below that title. The trend compares
the newest third of the runs with those before.`,
		Example: `  herald stats
  herald stats backup
  herald stats backup --json | jq '.steps[0]'`,
	}
	cmd.Flags().Int64("limit", kindLimit, "at most so many kinds, 1 to 200")
	addJSON(cmd, "print the statistics as the API gives them")
	completesKinds(cmd, p)
	calls(cmd, p, func(ctx context.Context, s session, args []string) error {
		if len(args) > 0 {
			return showKind(ctx, s, args[0])
		}
		return listKinds(ctx, s)
	})
	return cmd
}

// kindLimit is how many kinds are listed where nothing else is said.
const kindLimit = 50

func listKinds(ctx context.Context, s session) error {
	limit := s.number("limit")
	if limit < 1 || limit > 200 {
		return misused("--limit must be 1 to 200, not %d", limit)
	}
	kinds, more, err := s.Past().Kinds(ctx, int(limit))
	if err != nil {
		return err
	}
	if s.on(jsonFlag) {
		return s.printJSON(kindList{kinds, more})
	}
	if len(kinds) == 0 {
		fmt.Fprintln(s.Stderr, noPast)
		return nil
	}
	if more {
		defer fmt.Fprintln(s.Stderr, "There are more: --limit 200.")
	}
	return s.print(textcard.Past{Screen: s.screen()}.Kinds(kinds))
}

// noPast is said where there is nothing to tell yet.
const noPast = `No run has ended yet, of a task with a kind. Give tasks a kind, for example with
"herald run --kind backup -- ./backup.sh": runs of the same kind are compared.`

// kindList is a list of kinds as the API gives it.
type kindList struct {
	Kinds []progress.WireKind `json:"kinds"`
	More  bool                `json:"more"`
}

func showKind(ctx context.Context, s session, kind string) error {
	if kind == "" {
		return misused("name a kind; herald stats alone lists them")
	}
	k, err := s.Past().Kind(ctx, kind)
	if err != nil {
		return err
	}
	if s.on(jsonFlag) {
		return s.printJSON(k)
	}
	return s.print(textcard.Past{Screen: s.screen()}.Kind(k))
}

// completesKinds makes a command complete the kinds of past runs.
func completesKinds(cmd *cobra.Command, p Process) {
	cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		c, err := connect(cmd, p)
		if err != nil || len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		ctx, cancel := context.WithTimeout(cmd.Context(), completionPatience)
		defer cancel()
		kinds, _, err := c.Past().Kinds(ctx, 0)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var out []string
		for _, k := range kinds {
			if word := newSession(p, c, cmd).screen().Clean(k.Kind); word == k.Kind {
				out = append(out, described(word, fmt.Sprintf("runs: %d", k.Runs)))
			}
		}
		return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
	}
}
