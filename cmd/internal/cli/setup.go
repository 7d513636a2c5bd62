package cli

import "github.com/spf13/cobra"

func setupCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "setup", Short: "Set Herald up in a chat", Args: cobra.NoArgs,
		Long: "Prints what a chat needs to let Herald in, and looks at whether that has worked.",
	}
	cmd.AddCommand(setupSlackCommand(p), setupDiscordCommand(p))
	return cmd
}
