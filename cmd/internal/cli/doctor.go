package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

func doctorCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "doctor", Short: "Say what works, what does not, and what to do", Args: cobra.NoArgs,
		Long: `Looks at the settings, the server, the token, the clocks, sockets, the database's
folder if the server is on this machine, Slack and Discord if the settings have
them, and the terminal. Changes nothing. Exits with 1 if something is broken.`,
	}
	addConnection(cmd)
	cmd.Flags().SortFlags = false
	addJSON(cmd, `print {"healthy": …, "checks": [{name, state, found, advice}]}`)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return diagnose(cmd, p) }
	return cmd
}

// The states of what doctor has looked at.
const (
	stateGood   = "good"
	stateOdd    = "odd"    // it works, but somebody should look at it
	stateBroken = "broken" // it does not work
)

// check is what doctor has found out about one thing.
type check struct {
	Name   string `json:"name"`
	State  string `json:"state"`
	Found  string `json:"found"`
	Advice string `json:"advice,omitempty"` // what to do
}

func good(name, format string, args ...any) check {
	return check{name, stateGood, fmt.Sprintf(format, args...), ""}
}

func odd(name, advice, format string, args ...any) check {
	return check{name, stateOdd, fmt.Sprintf(format, args...), advice}
}

func broken(name, advice, format string, args ...any) check {
	return check{name, stateBroken, fmt.Sprintf(format, args...), advice}
}

func diagnose(cmd *cobra.Command, p Process) error {
	checks := checkSettings(p)
	c, err := connect(cmd, p)
	s := newSession(p, c, cmd)
	if err != nil {
		checks = append(checks, broken("server", "correct it", "%v", err))
	} else {
		checks = append(checks, checkServer(cmd.Context(), s)...)
		if local(c.URL()) {
			checks = append(checks, checkDatabase(p)...)
		}
	}
	checks = append(checks, diagnoseSlack(cmd.Context(), p)...)
	checks = append(checks, diagnoseDiscord(cmd.Context(), p)...)
	return verdict(s, append(checks, checkTerminal(p)))
}

// verdict prints what was found, and fails if something is broken.
func verdict(s session, checks []check) error {
	healthy := !slices.ContainsFunc(checks, func(c check) bool { return c.State == stateBroken })
	if err := s.report(checks, healthy); err != nil {
		return err
	}
	if !healthy {
		return exit(exitFailed)
	}
	return nil
}

// report prints what was found.
func (s session) report(checks []check, healthy bool) error {
	if s.on(jsonFlag) {
		return s.printJSON(map[string]any{"healthy": healthy, "checks": checks})
	}
	screen := s.screen()
	var out strings.Builder
	for _, c := range checks {
		out.WriteString(screen.Finding(c.State == stateGood, c.State == stateBroken, c.Name, c.Found, c.Advice))
	}
	return s.print(out.String())
}

// checkServer asks the server everything that it can say. What makes no sense
// after something else is broken is left out.
func checkServer(ctx context.Context, s session) []check {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	v := visit{session: s, http: visitor()}
	checks := []check{v.reach(ctx)}
	if checks[0].State == stateBroken {
		return checks
	}
	checks = append(checks, v.ready(ctx), v.version(ctx), v.clock())
	who := v.token(ctx)
	if checks = append(checks, who); who.State != stateBroken {
		checks = append(checks, v.socket(ctx))
	}
	return checks
}

// checkTerminal says what the results are written to.
func checkTerminal(p Process) check {
	columns, rows, terminal := p.size(p.Stdout)
	if !terminal {
		return good("terminal", "none: results go to a file or a pipe, as plain lines")
	}
	can := []string{fmt.Sprintf("%d columns, %d rows", columns, rows)}
	var lacks []string
	for _, ability := range []struct {
		has  bool
		what string
		why  string
	}{
		{p.unicode(), "UTF-8", "set LANG to a UTF-8 locale such as C.UTF-8 for symbols"},
		{p.colours(), "colours", "no colours: NO_COLOR is set, or TERM is not"},
		{p.redraws(), "redraws in place", "set TERM for views that are redrawn in place"},
	} {
		if ability.has {
			can = append(can, ability.what)
		} else {
			lacks = append(lacks, ability.why)
		}
	}
	if len(lacks) > 0 {
		return odd("terminal", strings.Join(lacks, "; "), "%s", strings.Join(can, ", "))
	}
	return good("terminal", "%s", strings.Join(can, ", "))
}
