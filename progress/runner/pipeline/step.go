package pipeline

import (
	"path/filepath"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/taskherald/herald/progress"
)

// The waits before a retry.
const (
	backoff    = time.Second
	backoffMax = time.Minute
)

// A draft is a step, or a group of them, as the file has it.
type draft struct {
	Step
	at       place
	path     string
	needs    []need
	explicit bool    // it has needs; else it waits for the one before it
	members  []draft // of a group
	group    bool
}

// A need is a name that something waits for.
type need struct {
	name string
	at   place
	path string
}

// readSteps reads the list of steps and groups, and brings it in order.
func readSteps(p *Pipeline, v value, c common) {
	items, ok := readList(v)
	if !ok {
		return
	}
	drafts := make([]draft, 0, len(items))
	count := 0
	for _, item := range items {
		d := readStep(item, c, false)
		drafts = append(drafts, d)
		if count += max(1, len(d.members)); count > progress.DefaultLimits().Steps {
			v.wrong("has more than %d steps", progress.DefaultLimits().Steps)
			return
		}
	}
	if steps, ok := v.r.link(drafts); ok {
		p.Steps = ordered(steps)
	}
}

// readList is a list with something in it.
func readList(v value) ([]value, bool) {
	if seq, ok := v.node.(*ast.SequenceNode); !ok || len(seq.Values) == 0 {
		v.wrong("must be a list of steps, each with - name: … and run: …")
		return nil, false
	}
	return v.items(), true
}

// readStep reads one step or group.
func readStep(v value, c common, member bool) draft {
	limits := progress.DefaultLimits()
	d := draft{at: v.at, path: v.path, Step: Step{Timeout: c.timeout, Backoff: backoff, BackoffMax: -1}}
	var run, group, name value
	known := keys{
		"name":          func(v value) { name = v; lineInto(&d.Name, limits.Name)(v) },
		"needs":         needsInto(&d),
		"run":           func(v value) { run = v },
		"approval":      approvalInto(&d.Approval),
		"env":           envInto(&d.Env),
		"dir":           folderInto(&d.Dir),
		"shell":         shellInto(&c.shell),
		"timeout":       durationInto(&d.Timeout, time.Second, week),
		"retries":       wholeInto(&d.Retries, 0, 100),
		"backoff":       durationInto(&d.Backoff, 0, day),
		"backoff_max":   durationInto(&d.BackoffMax, 0, day),
		"allow_failure": flagInto(&d.AllowFailure),
		"substeps":      substepsInto(&d.Substeps),
		"weight":        weightInto(&d.Weight),
		"parallel":      func(v value) { group = v; d.group = true },
	}
	if hasKey(v, "parallel") {
		for key := range known {
			if key != "name" && key != "needs" && key != "parallel" {
				known[key] = notOfGroup
			}
		}
	}
	problems := len(v.r.problems)
	v.fields(known)
	d.Dir = inside(c.dir, d.Dir)
	if name.node != nil {
		d.at = name.at
	}
	switch _, mapping := pairsOf(v.node); {
	case !mapping:
		return d
	case d.group:
		readGroup(&d, group, c, member)
		return d
	}
	if name.null() {
		v.wrong("has no name; write name: and what it does")
	}
	patience(&d.Step, v)
	switch {
	case !run.null():
		d.Args = command(run, c.shell)
	case d.Approval == nil && len(v.r.problems) == problems:
		v.wrong("has nothing to do; write run: with a command, approval: with a question, or parallel: with steps")
	}
	return d
}

// hasKey tells whether a mapping itself has a key.
func hasKey(v value, key string) bool {
	pairs, _ := pairsOf(v.node)
	for _, p := range pairs {
		if k, ok := keyOf(p.Key); ok && k == key {
			return true
		}
	}
	return false
}

func notOfGroup(v value) {
	v.wrong("does not belong to a group, which has name, needs and parallel; write it in each of its steps")
}

// readGroup reads the members of a group.
func readGroup(d *draft, v value, c common, member bool) {
	if member {
		v.wrong("is a group in a group; list its steps in the outer one")
		return
	}
	items, ok := readList(v)
	if !ok {
		return
	}
	for _, item := range items {
		d.members = append(d.members, readStep(item, c, true))
	}
}

// patience settles the waits between tries.
func patience(s *Step, v value) {
	if s.BackoffMax < 0 {
		s.BackoffMax = max(backoffMax, s.Backoff)
	}
	if s.BackoffMax < s.Backoff {
		v.r.problem(v.at, v.under("backoff_max"), "is shorter than backoff, which is %s", sayDuration(s.Backoff))
	}
}

// inside is a folder as seen from another.
func inside(outer, inner string) string {
	if filepath.IsAbs(inner) {
		return inner
	}
	return filepath.Join(outer, inner)
}

// weightInto reads a step's share of the task.
func weightInto(to *float64) func(value) {
	return func(v value) {
		if !v.null() {
			*to, _ = v.number(0, 1e9)
		}
	}
}

// needsInto reads the names that a step or group waits for.
func needsInto(d *draft) func(value) {
	return func(v value) {
		d.explicit = true
		if v.null() {
			v.wrong("says nothing; write [] to wait for nothing, or leave it out to wait for the step before it")
			return
		}
		for _, item := range v.items() {
			if name, ok := item.line(progress.DefaultLimits().Name); ok {
				d.needs = append(d.needs, need{name, item.at, item.path})
			}
		}
	}
}

// substepsInto reads the names of a step's parts.
func substepsInto(to *[]string) func(value) {
	limits := progress.DefaultLimits()
	return func(v value) {
		if v.null() {
			return
		}
		items := v.items()
		if len(items) > limits.Substeps {
			v.wrong("has %d substeps; at most %d are taken", len(items), limits.Substeps)
			return
		}
		seen := map[string]place{}
		for _, item := range items {
			name, ok := item.line(limits.Name)
			if before, twice := seen[name]; ok && twice {
				item.wrong("%q is already at line %d, column %d; name each differently", clip(name), before.line, before.column)
			} else if ok {
				seen[name] = item.at
				*to = append(*to, name)
			}
		}
	}
}
