package pipeline

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/taskherald/herald/progress"
)

// Pipeline is what a file says, whole and in order.
type Pipeline struct {
	Title    string // of the task
	Kind     string
	Owner    string // "" for none
	Labels   map[string]string
	Env      map[string]string // for each step; Environ adds the step's own
	Parallel int               // how many steps run at once, 1 to 64
	Stay     time.Duration     // how long to wait for a retry, skip or restart after a failure, 0 to 7 days
	Inputs   json.RawMessage   // nil for none
	Steps    []Step            // in running order
	Digest   string            // what has to be the same for a run to go on where it was
}

// Step is one step of a pipeline.
type Step struct {
	Name         string
	Args         []string          // the command; nil for a step that is only an approval
	Env          map[string]string // of this step alone
	Dir          string            // where it runs; absolute after Load, after Parse relative to the file's folder
	Timeout      time.Duration     // of each try; 0 for none
	Retries      int               // how often a failed command is run again, 0 to 100
	Backoff      time.Duration     // the longest wait before the first retry; it doubles with each
	BackoffMax   time.Duration     // up to here
	Needs        []int             // indexes in Steps of what it waits for itself, each below its own, rising
	AllowFailure bool              // what needs it goes on when it fails
	Substeps     []string
	Approval     *progress.Gate // nil for none
	Weight       float64        // 0 if the file says none
}

// Load reads the file at path. The error is [Problems], or says why the file
// cannot be read.
func Load(path string) (*Pipeline, error) {
	text, err := read(path)
	if err != nil {
		return nil, err
	}
	p, err := Parse(path, text)
	if err != nil {
		return nil, err
	}
	folder, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("cannot tell the folder of %s: %w", path, err)
	}
	for i, s := range p.Steps {
		if !filepath.IsAbs(s.Dir) {
			p.Steps[i].Dir = filepath.Join(folder, s.Dir)
		}
	}
	return p, nil
}

// read reads as much of a file as Parse wants to see.
func read(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err == nil {
		defer func() { _ = f.Close() }() // it was only read
		var text []byte
		if text, err = io.ReadAll(io.LimitReader(f, maxSize+1)); err == nil {
			return text, nil
		}
	}
	if cause, ok := errors.AsType[*fs.PathError](err); ok {
		err = cause.Err
	}
	return nil, fmt.Errorf("cannot read %s: %w", path, err)
}

// Parse reads the text of a file, at most 1 MiB; its name stands in the
// problems, and is the title of a pipeline that has none. The error is
// [Problems].
func Parse(name string, text []byte) (*Pipeline, error) {
	r := &reader{file: name}
	p := &Pipeline{}
	if root, ok := r.open(text); ok {
		r.pipeline(p, root)
	}
	if len(r.problems) > 0 {
		return nil, r.problems.sorted()
	}
	p.Digest = p.digest()
	return p, nil
}

// Environ is what step i has in its environment beside the runner's own, as
// NAME=value, by name. The step's own values win over the pipeline's.
func (p *Pipeline) Environ(i int) []string {
	var list []string
	for name, value := range p.Env {
		if _, own := p.Steps[i].Env[name]; !own {
			list = append(list, name+"="+value)
		}
	}
	for name, value := range p.Steps[i].Env {
		list = append(list, name+"="+value)
	}
	slices.Sort(list)
	return list
}

// Plan is what the task declares as its steps.
func (p *Pipeline) Plan() []progress.Plan {
	plan := make([]progress.Plan, len(p.Steps))
	for i, s := range p.Steps {
		plan[i] = progress.Plan{Name: s.Name, Weight: s.Weight, Gate: s.Approval, AllowFailure: s.AllowFailure}
		for _, name := range s.Substeps {
			plan[i].Substeps = append(plan[i].Substeps, progress.Substep{Name: name})
		}
	}
	return plan
}
