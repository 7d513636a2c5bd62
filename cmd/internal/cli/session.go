package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/taskherald/herald/progress/client"
)

// session is a command that talks to a server.
type session struct {
	results
	*client.Client
	options
}

func newSession(p Process, c *client.Client, cmd *cobra.Command) session {
	return session{results{p}, c, options{cmd}}
}

// options are the flags of a command.
type options struct{ cmd *cobra.Command }

// results are where a command prints what came out.
type results struct{ Process }

// calls makes a command of one that talks to a server: it gets the flags that say
// which, and its errors say what to do.
func calls(cmd *cobra.Command, p Process, do func(context.Context, session, []string) error) {
	addConnection(cmd)
	cmd.Flags().SortFlags = false
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		c, err := connect(cmd, p)
		if err != nil {
			return err
		}
		return trouble(c, do(cmd.Context(), newSession(p, c, cmd), args))
	}
}

// addJSON gives a command the flag for results that programs read.
func addJSON(cmd *cobra.Command, usage string) { cmd.Flags().Bool(jsonFlag, false, usage) }

const jsonFlag = "json"

// on reports whether a switch is set.
func (s options) on(name string) bool {
	set, err := s.cmd.Flags().GetBool(name)
	return err == nil && set
}

// text is the value of a text flag.
func (s options) text(name string) string { return flag(s.cmd, name) }

// named is the value of a flag that names something, "" if it was not given. One that
// is given empty is a variable that is not set, and means no such thing as all.
func (s options) named(name string) (string, error) {
	text := s.text(name)
	if s.cmd.Flags().Changed(name) && blank(text) {
		return "", misused("--%s is empty", name)
	}
	return text, nil
}

// blank reports whether an argument says nothing.
func blank(text string) bool { return strings.TrimSpace(text) == "" }

// number is the value of a number flag.
func (s options) number(name string) int64 {
	n, _ := s.cmd.Flags().GetInt64(name)
	return n
}

// list are the values of a flag that may be repeated.
func (s options) list(name string) []string {
	all, _ := s.cmd.Flags().GetStringSlice(name)
	return all
}

// printJSON writes one document.
func (s results) printJSON(v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return s.printRaw(b)
}

// printLine writes one document on one line.
func (s results) printLine(v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return s.printRaw(b)
}

func (s results) printRaw(b []byte) error {
	if _, err := s.Stdout.Write(append(tame(b), '\n')); err != nil {
		return failure{fmt.Errorf("cannot write the results: %w", err)}
	}
	return nil
}

// tame writes the characters of a JSON document that a terminal might obey as
// \u escapes, which mean the same. Outside of strings JSON has none.
func tame(b []byte) []byte {
	var out bytes.Buffer
	for _, r := range string(b) {
		switch {
		case r == '\n' || !unicode.IsControl(r) && !unicode.Is(unicode.Cf, r):
			out.WriteRune(r)
		case r > 0xffff:
			r -= 0x10000
			fmt.Fprintf(&out, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
	}
	return out.Bytes()
}

// print writes a text of the results.
func (s results) print(text string) error {
	if _, err := io.WriteString(s.Stdout, text); err != nil {
		return failure{fmt.Errorf("cannot write the results: %w", err)}
	}
	return nil
}
