package notify

import (
	"math/rand/v2"
	"time"
)

// The pauses after failures that go away by themselves.
const (
	firstPause   = time.Second
	longestPause = time.Minute
	leastLimited = time.Second      // where a far side says "too fast", whatever else it says
	longestLimit = 24 * time.Hour   // of a far side that says for how long
	barredPause  = 5 * time.Minute  // of a channel whose credentials are no good
	troublePause = time.Second      // where our own store does not answer
	sendPatience = 30 * time.Second // of one call, unless its channel says otherwise
	noteEvery    = time.Hour        // between two notes of dead letters of a lane
	noteHorizon  = 24 * time.Hour   // of a note
	stopPatience = 5 * time.Second  // of calls under way when the notifier stops
	idleLook     = time.Second      // between two looks at the outbox, when no bell rings
	reconcile    = 30 * time.Second // between two looks whether cards are behind
	leaseFor     = 6 * time.Second  // of the right to dispatch
	leaseRenew   = leaseFor / 3     // between two times that it is renewed
	leaseTry     = leaseFor / 6     // of one try to have it
	budgetLook   = time.Second      // between two looks whether the account has a call left
	dispatchMost = 256              // events a transaction
	mostRows     = 1000             // addresses in the trace of an event
	loadMost     = 512              // letters of a lane in memory, and as many more of those that are urgent
	mostCalls    = 256              // to far sides at a time, of all lanes of a channel together
	purgeEvery   = 10 * time.Minute // between two looks at what is old
	rollsFresh   = 500 * time.Millisecond
)

// pauseAfter is how long to wait after so many failures in a row: anything up to a
// bound that doubles, so that those who failed together do not come back together.
func pauseAfter(fails int, jitter func() float64) time.Duration {
	bound := longestPause
	if fails < 16 {
		bound = min(firstPause<<fails, longestPause)
	}
	return time.Duration(jitter() * float64(bound))
}

// limitedPause is how long a lane rests whose far side said that it is too fast.
func limitedPause(after time.Duration, fails int, jitter func() float64) time.Duration {
	if after > 0 {
		return min(max(after, leastLimited), longestLimit)
	}
	return leastLimited + pauseAfter(fails, jitter)
}

func random() float64 { return rand.Float64() } //nolint:gosec // jitter, not a secret
