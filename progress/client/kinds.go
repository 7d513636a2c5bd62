package client

import (
	"context"
	"net/url"

	"github.com/taskherald/herald/progress"
)

// Past is about runs that have ended, of tasks that the caller may see.
type Past struct{ http *caller }

// Past is about runs that have ended.
func (c *Client) Past() Past { return Past{c.http} }

// Kinds are what past runs say, by kind, the one that ended newest first: at
// most limit (1..200, 0 means 50). more says whether there are others.
func (p Past) Kinds(ctx context.Context, limit int) (kinds []progress.WireKind, more bool, err error) {
	v := values{}
	v.number("limit", int64(limit))
	var page struct {
		Kinds []progress.WireKind `json:"kinds"`
		More  bool                `json:"more"`
	}
	err = p.http.get(ctx, "/api/kinds", url.Values(v), &page)
	return page.Kinds, page.More, err
}

// Kind is what past runs of one kind say, with its steps and newest runs. A kind
// of which the caller may see no run is a *Problem with the status 404.
func (p Past) Kind(ctx context.Context, kind string) (k progress.WireKindWhole, err error) {
	err = p.http.get(ctx, "/api/kinds/"+url.PathEscape(kind), nil, &k)
	return k, err
}

// Accuracy is how good estimates would have been on the past runs of a kind, of
// all kinds for "". The server replays them, which may take seconds.
func (p Past) Accuracy(ctx context.Context, kind string) (a progress.WireAccuracy, err error) {
	v := values{}
	v.add("kind", kind)
	err = p.http.get(ctx, "/api/estimates/accuracy", url.Values(v), &a)
	return a, err
}
