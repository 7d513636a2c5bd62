package cli

import (
	"github.com/spf13/cobra"
)

// completesFlag makes a flag complete to one of some words.
func completesFlag(cmd *cobra.Command, name string, words []string) {
	_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)) // the flag is there
}

// completesSet completes a channel, a class and a way.
func completesSet(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	words := [][]string{channels[:], append(classes[:], "all"), ways[:]}
	if len(args) >= len(words) {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return words[len(args)], cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}
