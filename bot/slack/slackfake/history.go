package slackfake

import (
	"cmp"
	"encoding/base64"
	"slices"
)

// readable finds a conversation whose messages the app may read.
func (c *call) readable(id, right string) (*room, *refusal) {
	r := c.room(id)
	if r == nil || r.Private && r.im == "" && !r.Bot {
		return nil, no("channel_not_found")
	}
	if scope := scopeOf(r.kind(), right); c.token.lacks([]string{scope}) != "" {
		return nil, c.token.missing(scope)
	}
	if !r.Bot && right == "history" {
		return nil, no("not_in_channel")
	}
	return r, nil
}

// scopeOf is the scope that a kind of conversation needs.
func scopeOf(kind, right string) string { return plural(kind) + ":" + right }

// plural is how scopes and events name a kind of conversation.
func plural(kind string) string {
	if kind == "im" {
		return kind
	}
	return kind + "s"
}

func history(c *call) (answer, *refusal) {
	r, refused := c.readable(c.args["channel"], "history")
	if refused != nil {
		return nil, refused
	}
	var all []*post
	for _, p := range slices.Backward(r.messages) {
		if p.only == "" && (p.thread == "" || p.broadcast) && c.args.within(p) {
			all = append(all, p)
		}
	}
	return c.listed(r, all, nil)
}

func replies(c *call) (answer, *refusal) {
	r, refused := c.readable(c.args["channel"], "history")
	if refused != nil {
		return nil, refused
	}
	asked := r.find(c.args["ts"])
	if asked == nil {
		return nil, no("thread_not_found")
	}
	root := r.find(cmp.Or(asked.thread, asked.ts))
	if root == nil {
		return nil, no("thread_not_found")
	}
	below := slices.DeleteFunc(r.below(root.ts), func(p *post) bool { return !c.args.within(p) })
	return c.listed(r, below, root)
}

// within tells whether a message is between oldest and latest. A bound is left out
// unless inclusive says otherwise.
func (a args) within(p *post) bool {
	oldest, latest, bounds := a["oldest"], a["latest"], a.flag("inclusive")
	if oldest != "" && oldest != "0" && (p.ts < oldest || p.ts == oldest && !bounds) {
		return false
	}
	return latest == "" || latest == "now" || p.ts < latest || p.ts == latest && bounds
}

// listed is one page of messages. The root of a thread stands on every page of it.
func (c *call) listed(r *room, all []*post, root *post) (answer, *refusal) {
	size, most := 100, 999
	if c.opts.Distributed {
		size, most = 15, 15
	}
	page, next, refused := paged(c, all, size, most, func(p *post) string { return p.ts })
	if refused != nil {
		return nil, refused
	}
	if root != nil {
		page = append([]*post{root}, page...)
	}
	shapes := []answer{}
	for _, p := range page {
		shapes = append(shapes, p.shape(c.workspace, r, c.args.flag("include_all_metadata")))
	}
	a := answer{"messages": shapes, "has_more": next != ""}
	if root == nil {
		a["pin_count"] = 0
	}
	if next != "" {
		a["response_metadata"] = answer{"next_cursor": next}
	}
	return a, nil
}

// paged is the page that limit and cursor ask for, and the cursor of the next. What a
// cursor names is the thing that comes next, by its key.
func paged[T any](c *call, all []T, size, most int, key func(T) string) (page []T, next string, refused *refusal) {
	limit := c.args.num("limit", size)
	if limit == 0 {
		limit = size
	}
	if limit < 1 || limit > most {
		return nil, "", no("invalid_limit")
	}
	if cursor := c.args["cursor"]; cursor != "" {
		text, err := base64.StdEncoding.DecodeString(cursor)
		from := slices.IndexFunc(all, func(one T) bool { return "next:"+key(one) == string(text) })
		if err != nil || from < 0 {
			return nil, "", no("invalid_cursor")
		}
		all = all[from:]
	}
	if len(all) <= limit {
		return all, "", nil
	}
	return all[:limit], base64.StdEncoding.EncodeToString([]byte("next:" + key(all[limit]))), nil
}
