package progress

import (
	"fmt"
	"math"
)

// checkPlan says what is wrong with declared steps.
func checkPlan(plans []Plan) error {
	seen := make(map[string]int, len(plans))
	for i, p := range plans {
		field := fmt.Sprintf("steps[%d]", i)
		if first, twice := seen[p.Name]; twice {
			return invalid(field+".name", "%q is already the name of step %d", p.Name, first)
		}
		seen[p.Name] = i + 1
		if err := p.check(field); err != nil {
			return err
		}
	}
	return nil
}

func (p Plan) check(field string) error {
	switch {
	case blank(p.Name):
		return invalid(field+".name", "must not be empty")
	case math.IsNaN(p.Weight) || p.Weight < 0 || p.Weight > 1e9:
		return invalid(field+".weight", "must be a number from 0 to 1e9")
	}
	seen := make(map[string]bool, len(p.Substeps))
	for i, s := range p.Substeps {
		at := fmt.Sprintf("%s.substeps[%d]", field, i)
		if blank(s.Name) {
			return invalid(at, "must not be empty")
		}
		if seen[s.Name] {
			return invalid(at, "%q is there twice", s.Name)
		}
		seen[s.Name] = true
	}
	if p.Gate == nil {
		return nil
	}
	return p.Gate.check(field + ".approval")
}
