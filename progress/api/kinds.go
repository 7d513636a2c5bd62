package api

import (
	"context"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/estimate"
	"github.com/taskherald/herald/progress/store"
)

// kindRoutes are what past runs say. Each counts the runs of tasks that the
// caller may see, so that two people may read different figures.
var kindRoutes = []route{
	{method: http.MethodGet, path: "/api/kinds", name: "listKinds", right: progress.MayRead, do: listKinds},
	{method: http.MethodGet, path: "/api/kinds/:kind", name: "getKind", right: progress.MayRead, do: getKind},
	{method: http.MethodGet, path: "/api/estimates/accuracy", name: "getAccuracy", right: progress.MayRead, do: getAccuracy},
}

// The sizes of a page of kinds, and how many newest runs are shown one by one.
const (
	kindPage    = 50
	maxKindPage = 200
	lastRuns    = 20
)

// kindsPage are kinds, the one that ended newest first; More says whether there
// are others.
type kindsPage struct {
	Kinds []progress.WireKind `json:"kinds"`
	More  bool                `json:"more"`
}

// listKinds is GET /api/kinds.
func listKinds(c *call) error {
	kinds, more, err := kindsOf(c)
	if err != nil {
		return err
	}
	page := kindsPage{make([]progress.WireKind, len(kinds)), more}
	for i, k := range kinds {
		page.Kinds[i] = k.WireKind
	}
	c.reply(http.StatusOK, page)
	return nil
}

// kindsOf are the kinds that the caller asks for, and whether there are more.
func kindsOf(c *call) (kinds []progress.WireKindWhole, more bool, err error) {
	q := newQuery(c)
	limit := q.Between("limit", 1, maxKindPage, kindPage)
	if q.Err() != nil {
		return nil, false, q.Err()
	}
	names, err := c.Store.PastKinds(c.ctx(), c.who.Actor, limit+1)
	if err != nil {
		return nil, false, unreadable(err)
	}
	for _, name := range names[:min(len(names), limit)] {
		k, err := kindOf(c, store.PastQuery{Kind: name, Brief: true})
		if progress.CodeOf(err) == progress.NotFound {
			continue // its last run was forgotten just now
		}
		if err != nil {
			return nil, false, err
		}
		kinds = append(kinds, k)
	}
	return kinds, len(names) > limit, nil
}

// getKind is GET /api/kinds/{kind}.
func getKind(c *call) error {
	k, err := kindOf(c, store.PastQuery{Kind: c.Param("kind")})
	if err != nil {
		return err
	}
	c.reply(http.StatusOK, k)
	return nil
}

// kindOf sums up what the caller may see of a kind.
func kindOf(c *call, q store.PastQuery) (progress.WireKindWhole, error) {
	q.Each = estimate.StatRuns
	pasts, err := pastsOf(c.ctx(), c, q)
	if err != nil {
		return progress.WireKindWhole{}, err
	}
	runs := make([]estimate.Finished, len(pasts))
	for i := range pasts {
		runs[i] = estimate.Finished{Run: &pasts[i].Run, Ended: pasts[i].Ended, Idle: pasts[i].Idle.Seconds()}
	}
	return wireKind(estimate.Summarise(runs), pasts[:min(len(pasts), lastRuns)]), nil
}

// pastsOf are the newest runs of a kind that the caller may see, newest first,
// Each of them at most. A kind without any does not exist for it.
func pastsOf(ctx context.Context, c *call, q store.PastQuery) ([]store.Past, error) {
	none := &progress.Error{Code: progress.NotFound, Say: "no run of such a kind has ended, or none that you may see"}
	if q.Kind == "" || !utf8.ValidString(q.Kind) || strings.ContainsRune(q.Kind, 0) { // no task has such a one
		return nil, none
	}
	q.Limit, q.Eyes = q.Each, c.who.Actor
	pasts, err := c.Store.Pasts(ctx, q)
	if err != nil {
		return nil, unreadable(err)
	}
	if len(pasts) == 0 {
		return nil, none
	}
	return pasts, nil
}
