package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
)

func syncCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "sync", Short: "Send reports that could not be sent before", Args: cobra.NoArgs,
		Long: `Sends what earlier runs could not report because the server was away. It counts
once, however often it is sent. Every "herald run" does this by itself, too.`,
	}
	addJSON(cmd, "print {\"sent\": …, \"left\": …}")
	calls(cmd, p, func(ctx context.Context, s session, _ []string) error {
		sent, left, err := s.Sync(ctx, s.spool(s.Client))
		if s.on(jsonFlag) {
			if e := s.printLine(map[string]int{"sent": sent, "left": left}); e != nil {
				return e
			}
			return err
		}
		if e := s.print(fmt.Sprintf("%d sent, %d left\n", sent, left)); e != nil {
			return e
		}
		return err
	})
	return cmd
}
