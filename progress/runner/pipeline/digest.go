package pipeline

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/taskherald/herald/progress"
)

// digest is a fingerprint of what the steps do and in which order, 32 hex
// digits: names, commands, where they run and with what environment, needs and
// approvals. Comments, layout, the title, waits, weights, inputs and how many run
// at once are not in it.
func (p *Pipeline) digest() string {
	type step struct {
		Name     string
		Args     []string
		Env      map[string]string `json:",omitempty"`
		Dir      string
		Needs    []int
		Approval *progress.Gate
	}
	whole := struct {
		Env   map[string]string `json:",omitempty"`
		Steps []step
	}{Env: p.Env}
	for _, s := range p.Steps {
		whole.Steps = append(whole.Steps, step{s.Name, s.Args, s.Env, s.Dir, s.Needs, s.Approval})
	}
	text, _ := json.Marshal(whole) // of plain values: cannot fail
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}
