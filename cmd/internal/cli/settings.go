package cli

import (
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/taskherald/herald/config"
)

// addSettings gives a command a flag for each setting that has one, and one for
// the file.
func addSettings(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.String(fileFlag, "", "YAML file of settings (HERALD_CONFIG)")
	for _, s := range config.Settings() {
		if s.Flag == "" {
			continue
		}
		usage := s.Usage + " (" + s.Env + ")"
		if slices.Contains(s.Choices, "true") {
			flags.Bool(s.Flag, false, usage)
			continue
		}
		flags.String(s.Flag, s.Default, usage)
		if len(s.Choices) > 0 {
			_ = cmd.RegisterFlagCompletionFunc(s.Flag, cobra.FixedCompletions(s.Choices, cobra.ShellCompDirectiveNoFileComp)) // the flag is there
		}
	}
}

const fileFlag = "config"

// settings loads the settings with the flags that a command was given.
func settings(cmd *cobra.Command, p Process) (config.Config, error) {
	s := config.Source{Environ: p.Environ, Flags: map[string]string{}}
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if f.Name == fileFlag {
			s.File = f.Value.String()
			return
		}
		s.Flags[f.Name] = f.Value.String()
	})
	return config.Load(s)
}
