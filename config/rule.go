package config

import "time"

// Rule says whom the server tells of what, besides those who subscribe. It is as the file
// has it: what its texts mean, and whether they mean anything, others know.
type Rule struct {
	Place string // where it begins, "herald.yaml:7"
	Name  string

	Kinds, Owners   []string // what it is about; of a list one is enough, empty is everything
	Labels          map[string]string
	Classes, Events []string

	Tell, By []string
	Digest   string
	Group    []string
	Longer   time.Duration // 0 is none
	Escalate []Stage
	Continue bool
	Rules    []Rule // inside it
}

// Stage is one more try to have an approval decided.
type Stage struct {
	After    time.Duration // 0 is none
	Tell, By []string
}

// RuleDepth is how deep rules may stand in each other, those of the file's own list being 1.
const RuleDepth = 8

// rulesKey is where the file has its rules. They are no [Setting]: no variable and no flag
// can hold a tree.
const rulesKey = "rules"
