package progress

import (
	"fmt"
	"slices"
	"strings"
)

// Escalation is one more try to have an approval decided.
type Escalation struct {
	After int      `json:"after"`          // seconds since the one before it, of the first since it was asked
	Tell  []string `json:"tell,omitempty"` // persons and "group:NAME"; none: those who were asked before, a reminder
	By    []string `json:"by,omitempty"`   // channels such as "email"; none: every way that leads to them
}

// The bounds of escalations.
const (
	MaxStages = 10             // of one approval
	MinAfter  = 30             // seconds
	MaxAfter  = 30 * 24 * 3600 // seconds
)

// Deciders are those who may decide where approvers are named: they, and whoever is
// told while nobody decides. None: anyone may.
func (g Gate) Deciders() []string {
	if len(g.Approvers) == 0 {
		return nil
	}
	return g.Named()
}

// Named are all whom the gate names, each once if it escalates. They see the task.
func (g Gate) Named() []string {
	if len(g.Escalate) == 0 {
		return g.Approvers
	}
	var out []string
	seen := map[string]bool{}
	for _, name := range slices.Concat(g.Approvers, g.told()) {
		if !seen[name] {
			out = append(out, name)
		}
		seen[name] = true
	}
	return out
}

// told are those whom the stages name, in their order.
func (g Gate) told() []string {
	var out []string
	for _, e := range g.Escalate {
		out = append(out, e.Tell...)
	}
	return out
}

// names reports whether the gate names the actor.
func (g *Gate) names(a Actor) bool {
	return slices.ContainsFunc(g.Approvers, a.Is) ||
		slices.ContainsFunc(g.Escalate, func(e Escalation) bool { return slices.ContainsFunc(e.Tell, a.Is) })
}

// checkEscalate says what is wrong with the stages.
func (g Gate) checkEscalate(field string) error {
	if len(g.Escalate) > MaxStages {
		return invalid(field, "has %d stages; at most %d are taken", len(g.Escalate), MaxStages)
	}
	for i, e := range g.Escalate {
		if err := e.check(fmt.Sprintf("%s[%d]", field, i)); err != nil {
			return err
		}
	}
	return nil
}

func (e Escalation) check(field string) error {
	if e.After < MinAfter || e.After > MaxAfter {
		return invalid(field+".after", "must be seconds, %d to %d (30 days)", MinAfter, MaxAfter)
	}
	if slices.ContainsFunc(e.Tell, blank) {
		return invalid(field+".tell", "has an empty name")
	}
	if i := slices.IndexFunc(e.By, func(name string) bool { return !channel(name) }); i >= 0 {
		return invalid(field+".by", "has %.50q, which is no name of a channel: letters, digits, - and _", e.By[i])
	}
	return nil
}

// channel reports whether a name is one that a channel may have.
func channel(name string) bool {
	return name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == ""
}
