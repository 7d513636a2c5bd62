package estimate

import "fmt"

// Guess is what is left of a run: from Low to High in four of five cases, and
// most likely Likely, in seconds from now.
type Guess struct {
	Low, Likely, High float64
	Basis             Basis
}

// Basis is what a guess rests on. The zero value is a guess that rests on
// nothing, which nobody should be shown.
type Basis struct {
	Runs     int  // past runs of the kind that ended well, of those that are remembered
	Pace     bool // how this run has gone so far
	Borrowed bool // steps of the same names that are known from elsewhere
}

// String says it to people, "" for nothing.
func (b Basis) String() string {
	switch {
	case b.Runs == 1:
		return "1 similar run" + b.also()
	case b.Runs > 1:
		return fmt.Sprintf("%d similar runs", b.Runs) + b.also()
	case b.Pace:
		return "this run's pace"
	case b.Borrowed:
		return "steps of the same names"
	}
	return ""
}

func (b Basis) also() string {
	if b.Pace {
		return " and this run's pace"
	}
	return ""
}
