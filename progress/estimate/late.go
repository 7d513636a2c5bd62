package estimate

import (
	"math"
	"slices"
	"time"
)

// lateAfter is how many times a step must have been completed before it can be
// late.
const lateAfter = 5

// mostLate is the longest time that anything can be late by, in seconds.
const mostLate = 1e9

// Late is the time that a step of that name exceeds in about one of twenty runs:
// the longest of the newest, or more where they say that more is usual. 0 if it
// was completed less than five times.
func (b *Book) Late(kind, step string) time.Duration {
	s := b.known(kind).steps[step]
	if s == nil || len(s.took.past) < lateAfter {
		return 0
	}
	logs := make([]float64, len(s.took.past))
	for i, v := range s.took.past {
		logs[i] = v.time
	}
	slices.Sort(logs)
	nearest := logs[int(math.Ceil(0.95*float64(len(logs))))-1]
	usual := s.took.guess(unknown) + 1.645*s.took.spread() // of a normal distribution
	return time.Duration(min(secondsOf(max(nearest, usual)), mostLate) * float64(time.Second))
}
