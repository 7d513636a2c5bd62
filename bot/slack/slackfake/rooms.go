package slackfake

import (
	"slices"
	"strings"
)

// shape is a conversation as the Web API tells of it.
func (r *room) shape() answer {
	if r.im != "" {
		return answer{"id": r.ID, "created": r.created, "is_archived": false, "is_im": true, "is_org_shared": false, "user": r.im, "is_user_deleted": false, "context_team_id": Team}
	}
	topic := answer{"value": "", "creator": "", "last_set": 0}
	return answer{
		"id": r.ID, "name": r.Name, "name_normalized": r.Name, "created": r.created, "creator": r.creator(), "context_team_id": Team,
		"is_channel": true, "is_group": false, "is_im": false, "is_mpim": false, "is_private": r.Private, "is_archived": r.Archived, "is_general": false,
		"is_shared": r.Shared, "is_ext_shared": r.Shared, "is_org_shared": false, "is_member": r.Bot, "num_members": len(r.Members),
		"topic": topic, "purpose": topic, "previous_names": []string{}, "unlinked": 0,
	}
}

func (r *room) creator() string {
	if len(r.Members) == 0 {
		return ""
	}
	return r.Members[0]
}

// kinds are the conversations of each type that conversations.list knows.
var kinds = map[string]string{"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}

// listRooms looks at a page of all conversations, and then leaves out what was not meant:
// a page may be short, or empty, and others follow.
func listRooms(c *call) (answer, *refusal) {
	types := c.args.list("types")
	if types == nil {
		types = []string{"public_channel"}
	}
	for i, t := range types {
		kind, ok := kinds[strings.TrimSpace(t)]
		if !ok {
			return nil, no("invalid_types")
		}
		if scope := scopeOf(kind, "read"); c.token.lacks([]string{scope}) != "" {
			return nil, c.token.missing(scope)
		}
		types[i] = kind
	}
	known := slices.DeleteFunc(slices.Clone(c.rooms), func(r *room) bool { return !slices.Contains(types, r.kind()) || r.kind() != "channel" && !r.Bot })
	page, next, refused := paged(c, known, 100, 999, func(r *room) string { return r.ID })
	if refused != nil {
		return nil, refused
	}
	shapes := []answer{}
	for _, r := range page {
		if !r.Archived || !c.args.flag("exclude_archived") {
			shapes = append(shapes, r.shape())
		}
	}
	return answer{"channels": shapes, "response_metadata": answer{"next_cursor": next}}, nil
}

func roomInfo(c *call) (answer, *refusal) {
	r, refused := c.readable(c.args["channel"], "read")
	if refused != nil {
		return nil, refused
	}
	return answer{"channel": r.shape()}, nil
}

func roomMembers(c *call) (answer, *refusal) {
	r, refused := c.readable(c.args["channel"], "read")
	if refused != nil {
		return nil, refused
	}
	all := slices.Clone(r.Members)
	if r.Bot {
		all = append(all, Bot)
	}
	page, next, refused := paged(c, all, 100, 999, func(id string) string { return id })
	if refused != nil {
		return nil, refused
	}
	return answer{"members": page, "response_metadata": answer{"next_cursor": next}}, nil
}

// openRoom opens the direct message with one person.
func openRoom(c *call) (answer, *refusal) {
	if id := c.args["channel"]; id != "" {
		r := c.room(id)
		if r == nil || r.im == "" {
			return nil, no("channel_not_found")
		}
		return opened(c, r, true)
	}
	users := c.args.list("users")
	switch {
	case len(users) == 0:
		return nil, no("users_list_not_supplied")
	case len(users) > 1:
		return nil, no("not_enough_users") // the fake knows no direct messages of several
	}
	p := c.people[users[0]]
	switch {
	case p == nil:
		return nil, no("user_not_found")
	case p.Deleted:
		return nil, no("user_disabled")
	case p.Bot:
		return nil, no("cannot_dm_bot")
	}
	r := c.direct(p.ID)
	was := r.open
	return opened(c, r, was)
}

func opened(c *call, r *room, was bool) (answer, *refusal) {
	r.open = true
	channel := answer{"id": r.ID}
	if c.args.flag("return_im") {
		channel = r.shape()
	}
	a := answer{"channel": channel}
	if was {
		a["no_op"], a["already_open"] = true, true
	}
	return a, nil
}
