package bottest

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// conversation is one of a script.
type conversation struct {
	name  string
	lines []line
}

// line is one line of a conversation.
type line struct {
	at   string // FILE:NUMBER
	text string
}

// read reads the conversations of a script.
func read(file, text string) ([]conversation, error) {
	var out []conversation
	n := 0
	for raw := range strings.Lines(text) {
		n++
		l := line{at: fmt.Sprintf("%s:%d", file, n), text: strings.TrimSpace(raw)}
		name, head := strings.CutPrefix(l.text, "== ")
		switch {
		case l.text == "" || strings.HasPrefix(l.text, "#"):
		case head:
			out = append(out, conversation{name: name})
		case len(out) == 0:
			return nil, fmt.Errorf("%s: before the first \"== name\"", l.at)
		default:
			last := &out[len(out)-1]
			last.lines = append(last.lines, l)
		}
	}
	return out, nil
}

// words are the words of a line; one may stand in quotes, behind a name and = too.
func words(text string) []string {
	var out []string
	for _, w := range wordForm.FindAllString(text, -1) {
		if key, value, ok := strings.Cut(w, "="); ok && key != "" {
			w = key + "=" + strings.Trim(value, `"`)
		}
		out = append(out, strings.Trim(w, `"`))
	}
	return out
}

var wordForm = regexp.MustCompile(`[\w.:-]+="[^"]*"|"[^"]*"|\S+`)

// options are the words with a = of some, and the others.
func options(list []string) (bare []string, named map[string]string) {
	named = map[string]string{}
	for _, w := range list {
		if key, value, ok := strings.Cut(w, "="); ok && key != "" {
			named[key] = value
			continue
		}
		bare = append(bare, w)
	}
	return bare, named
}

// passing is a line that lets time pass.
var passing = regexp.MustCompile(`^(?:…|\.\.\.) (\d+) (second|minute|hour|day)s? later$`)

// passed is how much time a line lets pass; ok is false for another line.
func passed(text string) (d time.Duration, ok bool) {
	m := passing.FindStringSubmatch(text)
	if m == nil {
		return 0, false
	}
	n, err := strconv.Atoi(m[1])
	unit := map[string]time.Duration{"second": time.Second, "minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}[m[2]]
	return time.Duration(n) * unit, err == nil
}

// speech is a line in which somebody says something.
var speech = regexp.MustCompile(`^([\w-]+)((?: overheard)?(?: (?:in|at|on) [^\s:]+)*): (.+)$`)

// idForm is a task in what somebody says, of which they say the id.
var idForm = regexp.MustCompile(`\{[\w-]+\}`)

// expects reports why a text is not what a line expects of it, "" if it is.
func expects(text, want string) string {
	rest := strings.ToLower(text)
	for part := range strings.SplitSeq(want, "…") {
		part = strings.ToLower(strings.TrimSpace(part))
		if without, ok := strings.CutPrefix(part, "not "); ok {
			if strings.Contains(strings.ToLower(text), without) {
				return fmt.Sprintf("it has %q", without)
			}
			continue
		}
		i := strings.Index(rest, part)
		if i < 0 {
			return fmt.Sprintf("it has no %q", part)
		}
		rest = rest[i+len(part):]
	}
	return ""
}
