package cli

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/taskherald/herald/cmd/internal/app"
)

func versionCommand(p Process) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Say which herald this is", Args: cobra.NoArgs,
		Run: func(*cobra.Command, []string) { fmt.Fprintf(p.Stdout, "herald %s\n", version()) },
	}
}

// version is the version, what it was built with, and for which system.
func version() string {
	return fmt.Sprintf("%s (%s, %s/%s)", app.Version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
