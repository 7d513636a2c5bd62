package pipeline

import "strings"

// elsewhere is what other tools call our keys.
var elsewhere = map[string]string{
	"after": "needs", "depends": "needs", "depends_on": "needs", "requires": "needs",
	"args": "run", "cmd": "run", "command": "run", "commands": "run", "exec": "run", "script": "run",
	"cwd": "dir", "directory": "dir", "workdir": "dir", "working_dir": "dir", "working_directory": "dir",
	"continue_on_error": "allow_failure", "ignore_errors": "allow_failure", "soft_fail": "allow_failure",
	"environment": "env", "variables": "env", "vars": "env",
	"approve": "approval", "confirm": "approval", "gate": "approval", "manual": "approval",
	"max_parallel": "parallel", "concurrency": "parallel", "group": "parallel",
	"jobs": "steps", "stages": "steps", "tasks": "steps", "description": "title", "id": "name",
	"retry": "retries", "attempts": "retries", "delay": "backoff", "params": "inputs", "message": "prompt",
	"expires": "expires_in", "users": "approvers", "reviewers": "approvers",
}

// hint says which known key was meant, or which there are.
func hint(name string, known []string) string {
	if best, ok := near(name, known); ok {
		return "did you mean " + best + "?"
	}
	other := elsewhere[strings.ReplaceAll(strings.ToLower(name), "-", "_")]
	for _, k := range known {
		if k == other {
			return "did you mean " + k + "?"
		}
	}
	return "there are " + strings.Join(known, ", ")
}

// near finds the one of the known names that is most like a name.
func near(name string, known []string) (string, bool) {
	if len(name) > 200 || len(known) > 1000 {
		return "", false // nobody misspells so much
	}
	name = bare(name)
	best, least := "", min(3, (len([]rune(name))+1)/3)+1
	for _, k := range known {
		if n := apart([]rune(name), []rune(bare(k))); n < least {
			best, least = k, n
		}
	}
	return best, best != ""
}

// bare leaves out what people mix up: allowFailure, allow-failure.
func bare(name string) string {
	return strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(name))
}

// apart counts the letters to add, drop, change or swap with their neighbour
// that lead from a to b.
func apart(a, b []rune) int {
	var before []int // the row above the one above
	above := make([]int, len(b)+1)
	for j := range above {
		above[j] = j
	}
	for i := range a {
		row := make([]int, len(b)+1)
		row[0] = i + 1
		for j := range b {
			change := above[j]
			if a[i] != b[j] {
				change++
			}
			row[j+1] = min(change, above[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, above = above, row
	}
	return above[len(b)]
}
