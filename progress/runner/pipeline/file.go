package pipeline

import (
	"path/filepath"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/taskherald/herald/progress"
)

// What a file may ask for.
const (
	maxParallel = 64
	maxEnv      = 1_000
	maxWord     = 100 << 10 // bytes of an argument or a variable: the system takes 128 KiB
)

// common is what the pipeline says for each of its steps.
type common struct {
	dir     string
	shell   []string
	timeout time.Duration
}

// pipeline reads the whole file.
func (r *reader) pipeline(p *Pipeline, root value) {
	limits := progress.DefaultLimits()
	*p = Pipeline{Title: titleOf(r.file, limits.Title), Kind: titleOf(r.file, limits.Name), Parallel: 4}
	c := common{dir: ".", shell: []string{"sh", "-eu", "-c"}}
	var steps value
	root.fields(keys{
		"title":    lineInto(&p.Title, limits.Title),
		"kind":     lineInto(&p.Kind, limits.Name),
		"owner":    lineInto(&p.Owner, limits.Name),
		"labels":   labelsInto(&p.Labels),
		"env":      envInto(&p.Env),
		"dir":      folderInto(&c.dir),
		"shell":    shellInto(&c.shell),
		"parallel": wholeInto(&p.Parallel, 1, maxParallel),
		"timeout":  durationInto(&c.timeout, time.Second, week),
		"stay":     durationInto(&p.Stay, 0, week),
		"inputs":   inputsInto(&p.Inputs),
		"steps":    func(v value) { steps = v },
	})
	if _, mapping := pairsOf(root.node); !mapping {
		return // which is said already
	}
	if steps.null() {
		root.wrong("has no steps; write steps: and below it - name: … with run: …")
		return
	}
	readSteps(p, steps, c)
}

// titleOf makes a title of a file's name.
func titleOf(file string, most int) string {
	base := filepath.Base(file)
	title := strings.TrimSpace(strings.Map(func(c rune) rune {
		if unicode.IsControl(c) || c == utf8.RuneError {
			return -1
		}
		return c
	}, strings.TrimSuffix(base, filepath.Ext(base))))
	if title == "" {
		return "pipeline"
	}
	if list := []rune(title); len(list) > most {
		return string(list[:most])
	}
	return title
}

// labelsInto reads names with their values.
func labelsInto(to *map[string]string) func(value) {
	limits := progress.DefaultLimits()
	return func(v value) {
		pairsInto(to, v, limits.Labels, func(e entry) (string, bool) {
			if strings.TrimSpace(e.key) == "" || utf8.RuneCountInString(e.key) > limits.Name {
				e.value.r.problem(e.at, e.value.path, "must have a name of 1 to %d characters", limits.Name)
				return "", false
			}
			return e.value.line(limits.Name)
		})
	}
}

// envInto reads variables of the environment.
func envInto(to *map[string]string) func(value) {
	return func(v value) {
		pairsInto(to, v, maxEnv, func(e entry) (string, bool) {
			if e.key == "" || strings.ContainsFunc(e.key, func(c rune) bool { return c <= ' ' || c == '=' || c == 0x7f }) {
				e.value.r.problem(e.at, e.value.path, "is no name of a variable; write letters, digits and _")
				return "", false
			}
			return e.value.word()
		})
	}
}

// word reads a text that is handed to a process.
func (v value) word() (string, bool) {
	s, ok := v.text()
	if ok && len(s) > maxWord {
		v.wrong("is %d bytes long; at most %d are taken: put it into a file", len(s), maxWord)
		return "", false
	}
	return s, ok
}

// pairsInto reads a mapping of text to text.
func pairsInto(to *map[string]string, v value, most int, read func(entry) (string, bool)) {
	if v.null() {
		return
	}
	entries, _ := v.entries()
	if len(entries) > most {
		v.wrong("has %d names; at most %d are taken", len(entries), most)
		return
	}
	m := make(map[string]string, len(entries))
	for _, e := range entries {
		if e.value.null() {
			e.value.wrong(`says nothing; write "" for an empty text`)
		} else if s, ok := read(e); ok {
			m[e.key] = s
		}
	}
	*to = m
}

// folderInto reads where commands run.
func folderInto(to *string) func(value) {
	return func(v value) {
		if v.null() {
			return
		}
		if s, ok := v.line(4_000); ok {
			*to = filepath.Clean(s)
		}
	}
}
