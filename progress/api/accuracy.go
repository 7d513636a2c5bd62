package api

import (
	"context"
	"iter"
	"net/http"
	"slices"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/estimate"
	"github.com/taskherald/herald/progress/store"
)

// What one request of accuracy may cost.
const (
	trialKinds = 100
	trialRuns  = 40      // newest, of each kind
	trialSteps = 200_000 // of all runs together
	trialTime  = 10 * time.Second

	trialsAtOnce = 2 // of one credential
)

// getAccuracy is GET /api/estimates/accuracy: it replays the past runs that the
// caller may see, those of one kind if it names one.
func getAccuracy(c *call) error {
	c.long = true // it is work, not an answer that waits in a drawer
	ctx, cancel := context.WithTimeout(c.ctx(), trialTime)
	defer cancel()
	leave, err := c.trials.Enter(c.who.Credential)
	if err != nil {
		return err
	}
	defer leave()
	pasts, all, err := trialOf(ctx, c)
	if err != nil {
		return err
	}
	done := 0
	report := estimate.Accuracy(estimate.NewBook(), while(ctx, pasts, &done))
	c.reply(http.StatusOK, wireAccuracy(report, all && done == len(pasts)))
	return nil
}

// trialOf are the runs to replay, oldest first, and whether these are all.
func trialOf(ctx context.Context, c *call) (pasts []store.Past, all bool, err error) {
	kinds := []string{c.Query("kind")}
	if kinds[0] == "" {
		if kinds, err = c.Store.PastKinds(ctx, c.who.Actor, trialKinds+1); err != nil {
			return nil, false, unreadable(err)
		}
	}
	all = len(kinds) <= trialKinds
	steps := 0
	for _, kind := range kinds[:min(len(kinds), trialKinds)] {
		runs, err := pastsOf(ctx, c, store.PastQuery{Kind: kind, Each: trialRuns})
		if err != nil && (len(kinds) == 1 || progress.CodeOf(err) != progress.NotFound) {
			return nil, false, err
		}
		for _, r := range runs {
			steps += len(r.Laps)
		}
		if steps > trialSteps && len(pasts) > 0 {
			all = false
			break
		}
		pasts = append(pasts, runs...)
	}
	slices.SortStableFunc(pasts, func(a, b store.Past) int { return a.Ended.Compare(b.Ended) })
	return pasts, all, nil
}

// while are the runs one after the other, until the time is up; done counts
// them.
func while(ctx context.Context, pasts []store.Past, done *int) iter.Seq[*estimate.Run] {
	return func(yield func(*estimate.Run) bool) {
		for i := range pasts {
			if ctx.Err() != nil || !yield(&pasts[i].Run) {
				return
			}
			*done++
		}
	}
}
