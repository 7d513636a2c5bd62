package config

import "strings"

// Problem is one thing that is wrong with the settings.
type Problem struct {
	Place string // "herald.yaml:7", "HERALD_LISTEN" or "--listen"
	Say   string // what is wrong and what would be right; never a secret
}

// String is the place and what is wrong there.
func (p Problem) String() string { return p.Place + ": " + p.Say }

// Problems is everything that is wrong with the settings: first what is in the
// file, by line, then the environment, then the command line.
type Problems []Problem

// Error is one line a problem.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, one := range p {
		lines[i] = one.String()
	}
	return strings.Join(lines, "\n")
}
