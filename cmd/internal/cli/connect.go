package cli

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/taskherald/herald/cmd/internal/app"
	"github.com/taskherald/herald/progress/client"
)

// The variables that say which server a command calls, and as whom.
const (
	urlVar   = "HERALD_URL"
	tokenVar = "HERALD_TOKEN"
)

// The flags beside them. There is none for the token itself: everybody on the
// machine may read a process's arguments.
const (
	urlFlag       = "url"
	tokenFileFlag = "token-file"
)

// addConnection gives a command the flags that connect reads.
func addConnection(cmd *cobra.Command) {
	cmd.Flags().String(urlFlag, "", "server to talk to ("+urlVar+", default "+client.DefaultURL+")")
	cmd.Flags().String(tokenFileFlag, "", "file that holds the token (else "+tokenVar+")")
}

// connect makes the client that the flags and variables of a command describe.
// Nothing is sent yet. The error means wrong arguments, unless it is a failure.
func connect(cmd *cobra.Command, p Process) (*client.Client, error) {
	url := flag(cmd, urlFlag)
	if url == "" {
		url = p.variable(urlVar)
	}
	token, err := secretOf(cmd, p)
	if err != nil {
		return nil, err
	}
	c, err := client.New(client.Options{URL: url, Token: token, Agent: "herald/" + app.Version()})
	if err != nil {
		return nil, fmt.Errorf("%w (--%s, %s, --%s, %s)", err, urlFlag, urlVar, tokenFileFlag, tokenVar)
	}
	return c, nil
}

// secretOf is the token that a command sends, "" for none.
func secretOf(cmd *cobra.Command, p Process) (string, error) {
	path := flag(cmd, tokenFileFlag)
	if path == "" {
		return p.variable(tokenVar), nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", failure{fmt.Errorf("cannot read the token: %w; --%s names a file with a token from \"herald token create\"", err, tokenFileFlag)}
	}
	token := strings.TrimSpace(string(text))
	if token == "" || len(strings.Fields(token)) != 1 {
		return "", failure{fmt.Errorf("%s holds no token; write one from \"herald token create\" into it, and nothing else", path)}
	}
	return token, nil
}

// flag is the value of a text flag, "" for a command that does not have it.
func flag(cmd *cobra.Command, name string) string {
	f := cmd.Flags().Lookup(name)
	if f == nil {
		return ""
	}
	return f.Value.String()
}

// variable is the value of an environment variable, "" for none. As everywhere
// in Herald an empty one is one that is not set.
func (p Process) variable(name string) string {
	value := ""
	for _, e := range p.Environ {
		if n, v, ok := strings.Cut(e, "="); ok && n == name {
			value = strings.TrimSpace(v) // the last one counts, as with exec
		}
	}
	return value
}

// trouble turns what a client says into what a person can act on: a failure,
// whose text says what to do next.
func trouble(c *client.Client, err error) error {
	switch err.(type) { //nolint:errorlint // as the command has made them, not what they wrap
	case nil, misuse, failure, exit:
		return err
	}
	if problem, ok := errors.AsType[*client.Problem](err); ok {
		return failure{advised(problem)}
	}
	if op, ok := errors.AsType[*net.OpError](err); ok {
		return failure{fmt.Errorf("no server answers at %s (%w); start one with \"herald serve\" or set %s", c.URL(), op.Err, urlVar)}
	}
	if _, ok := errors.AsType[*client.Away](err); ok {
		return failure{fmt.Errorf("%w; is %s right?", err, urlVar)}
	}
	return failure{err}
}

// advised adds what to do to a refusal that does not say so itself.
func advised(problem *client.Problem) error {
	if problem.Status == http.StatusUnauthorized {
		return fmt.Errorf("the server wants a good token (%w); set %s: a token from \"herald token create\", or the one that the first start of the server printed", problem, tokenVar)
	}
	return problem
}
