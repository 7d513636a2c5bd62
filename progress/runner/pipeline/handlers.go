package pipeline

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/taskherald/herald/progress"
)

// AnyTarget is the name of the handler of tasks whose target has none of its own.
const AnyTarget = "*"

// Handlers are what a worker runs for the tasks that it claims.
type Handlers struct {
	Parallel int               // how many tasks at once, 1 to 64
	Env      map[string]string // for each command
	List     []Handler         // by target
}

// Handler is what is run for the tasks of one target: a command or a pipeline.
type Handler struct {
	Target   string            // AnyTarget for all others
	Args     []string          // the command; nil for a pipeline
	Env      map[string]string // of this handler alone
	Dir      string            // absolute after LoadHandlers
	Timeout  time.Duration     // 0 for none
	Pipeline *Pipeline         // nil for a command
}

// For is the handler of a target, and whether there is one.
func (h *Handlers) For(target string) (Handler, bool) {
	for _, name := range []string{target, AnyTarget} {
		if i := slices.IndexFunc(h.List, func(h Handler) bool { return h.Target == name }); i >= 0 {
			return h.List[i], true
		}
	}
	return Handler{}, false
}

// Environ is what a handler's command has in its environment beside the worker's
// own, as NAME=value, by name.
func (h *Handlers) Environ(one Handler) []string {
	p := Pipeline{Env: h.Env, Steps: []Step{{Env: one.Env}}}
	return p.Environ(0)
}

// LoadHandlers reads the file of a worker at path, and the pipelines that it
// names. The error is [Problems], several of them joined, or says why a file
// cannot be read.
func LoadHandlers(path string) (*Handlers, error) {
	text, err := read(path)
	if err != nil {
		return nil, err
	}
	h, files, err := parseHandlers(path, text)
	if err != nil {
		return nil, err
	}
	folder, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("cannot tell the folder of %s: %w", path, err)
	}
	var all []error
	for i := range h.List {
		one := &h.List[i]
		one.Dir = inside(folder, one.Dir)
		if file := files[one.Target]; file != "" {
			one.Pipeline, err = Load(inside(folder, file))
			all = append(all, err)
		}
	}
	return h, errors.Join(all...)
}

// ParseHandlers reads the text of a worker's file, but none of the pipelines that
// it names. The error is [Problems].
func ParseHandlers(name string, text []byte) (*Handlers, error) {
	h, _, err := parseHandlers(name, text)
	return h, err
}

// parseHandlers also returns the files of pipelines, by target.
func parseHandlers(name string, text []byte) (*Handlers, map[string]string, error) {
	r := &reader{file: name}
	h, files := &Handlers{Parallel: 1}, map[string]string{}
	if root, ok := r.open(text); ok {
		r.handlers(h, files, root)
	}
	if len(r.problems) > 0 {
		return nil, nil, r.problems.sorted()
	}
	slices.SortFunc(h.List, func(a, b Handler) int { return strings.Compare(a.Target, b.Target) })
	return h, files, nil
}

// handlers reads the whole file.
func (r *reader) handlers(h *Handlers, files map[string]string, root value) {
	c := common{dir: ".", shell: []string{"sh", "-eu", "-c"}}
	var list value
	root.fields(keys{
		"parallel": wholeInto(&h.Parallel, 1, maxParallel),
		"env":      envInto(&h.Env),
		"dir":      folderInto(&c.dir),
		"shell":    shellInto(&c.shell),
		"timeout":  durationInto(&c.timeout, time.Second, week),
		"handlers": func(v value) { list = v },
	})
	if _, mapping := pairsOf(root.node); !mapping {
		return // which is said already
	}
	if list.null() {
		root.wrong("has no handlers; write handlers: and below it a target with run: …")
		return
	}
	entries, _ := list.entries()
	for _, e := range entries {
		readHandler(h, files, e, c)
	}
}

// readHandler reads what is run for one target.
func readHandler(h *Handlers, files map[string]string, e entry, c common) {
	if strings.TrimSpace(e.key) == "" || utf8.RuneCountInString(e.key) > progress.DefaultLimits().Name {
		e.value.r.problem(e.at, e.value.path, "must have a target of 1 to %d characters, or %q for all others", progress.DefaultLimits().Name, AnyTarget)
		return
	}
	one := Handler{Target: e.key, Timeout: c.timeout}
	var run, file value
	e.value.fields(keys{
		"run":      func(v value) { run = v },
		"pipeline": func(v value) { file = v },
		"env":      envInto(&one.Env),
		"dir":      folderInto(&one.Dir),
		"shell":    shellInto(&c.shell),
		"timeout":  durationInto(&one.Timeout, time.Second, week),
	})
	if _, mapping := pairsOf(e.value.node); !mapping {
		return // which is said already
	}
	one.Dir = inside(c.dir, one.Dir)
	switch {
	case run.null() == file.null():
		e.value.wrong("must have either run: with a command, or pipeline: with the path of a file")
	case !file.null():
		files[e.key], _ = file.line(4_000)
	default:
		one.Args = command(run, c.shell)
	}
	h.List = append(h.List, one)
}
