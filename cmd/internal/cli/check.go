package cli

import (
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/taskherald/herald/cmd/internal/app"
	"github.com/taskherald/herald/config"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/mailcard"
)

func checkCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "check", Short: "Print the settings in effect, or all that is wrong with them", Args: cobra.NoArgs,
		Long: `Reads the settings as "herald serve" would. Prints them as a file of settings,
each with where its value comes from; secrets print as dots. If something is
wrong, prints all of it, each problem with its file and line, variable or flag.

What is wrong with words and layouts of your own (templates) is a problem here;
"herald serve" starts all the same, with Herald's own in their place.`,
		Example: "  herald check --config herald.yaml",
	}
	addSettings(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c, err := settings(cmd, p)
		if err != nil {
			return err
		}
		if problems := append(unruly(c), unusable(c.Templates)...); len(problems) > 0 {
			return problems
		}
		if err := c.Print(p.Stdout); err != nil {
			return failure{err}
		}
		return nil
	}
	return cmd
}

// unruly is what is wrong with the rules of who is told what.
func unruly(c config.Config) config.Problems {
	_, err := app.Rules(c, app.Channels(c))
	found, _ := errors.AsType[config.Problems](err)
	return found
}

// unusable is what is wrong with a folder of words and layouts, by file.
func unusable(folder string) config.Problems {
	var found config.Problems
	mailcard.New(templates.New(templates.Options{Folder: folder, Trouble: func(file string, err error) {
		if file == "" {
			file = folder
		}
		found = append(found, config.Problem{Place: printable(file), Say: printable(strings.ReplaceAll(strings.TrimSpace(err.Error()), "\n", "\n    "))})
	}}))
	slices.SortStableFunc(found, func(a, b config.Problem) int { return strings.Compare(a.Place, b.Place) })
	return found
}
