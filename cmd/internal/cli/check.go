package cli

import "github.com/spf13/cobra"

func checkCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "check", Short: "Print the settings in effect, or all that is wrong with them", Args: cobra.NoArgs,
		Long: `Reads the settings as "herald serve" would. Prints them as a file of settings,
each with where its value comes from; secrets print as dots. If something is
wrong, prints all of it, each problem with its file and line, variable or flag.`,
		Example: "  herald check --config herald.yaml",
	}
	addSettings(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c, err := settings(cmd, p)
		if err != nil {
			return err
		}
		if err := c.Print(p.Stdout); err != nil {
			return failure{err}
		}
		return nil
	}
	return cmd
}
