package runner

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/runner/proc"
)

// faultOf is why a command failed, as its task or step shows it.
func faultOf(e proc.Exit, tail []string) *progress.Fault {
	f := &progress.Fault{Type: "exit", Message: exitText(e)}
	for _, line := range slices.Backward(tail) {
		if line = strings.TrimSpace(line); line != "" {
			f.Message += ": " + clip(line, 300)
			break
		}
	}
	f.Details = detail(map[string]any{"exit_code": e.Code, "last_lines": clipped(tail)})
	return f
}

// exitText says how a command ended.
func exitText(e proc.Exit) string {
	if e.Signal != 0 {
		return fmt.Sprintf("killed by signal %d (%s)", int(e.Signal), e.Signal)
	}
	return fmt.Sprintf("exit code %d", e.Code)
}

// lateFault is that of a step that was stopped for its time-out.
func lateFault(limit time.Duration, tail []string) *progress.Fault {
	return &progress.Fault{
		Type: "timeout", Message: fmt.Sprintf("stopped after %s, its time-out", limit),
		Details: detail(map[string]any{"timeout_seconds": limit.Seconds(), "last_lines": clipped(tail)}),
	}
}

// startFault is that of a command that could not be started.
func startFault(err error) *progress.Fault {
	return &progress.Fault{Type: "start", Message: clip(err.Error(), 500)}
}

func detail(v map[string]any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		return nil // of texts and numbers: cannot fail
	}
	return b
}

func clipped(lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = clip(l, 500)
	}
	return out
}

// clip cuts a text to at most n bytes, at a character.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}
