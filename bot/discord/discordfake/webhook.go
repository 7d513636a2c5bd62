package discordfake

import (
	"net/http"
	"slices"
)

// mostFollowups is how many a user's app may send to one interaction.
const mostFollowups = 5

// reacts finds the interaction of a token in a path.
func (c *call) reacts() (*reaction, *refusal) {
	i := c.acts[c.vars["token"]]
	switch {
	case c.vars["application"] != App:
		return nil, no(http.StatusNotFound, 10015, "Unknown Webhook")
	case i == nil || i.old():
		return nil, no(http.StatusUnauthorized, 50027, "Invalid Webhook Token")
	case !i.taken:
		return nil, no(http.StatusNotFound, 10015, "Unknown Webhook")
	}
	return &reaction{c, i}, nil
}

// original finds the message that the response to an interaction shows.
func (c *call) original() (*reaction, *post, *refusal) {
	on, bad := c.reacts()
	if bad != nil {
		return nil, nil, bad
	}
	p := on.i.original
	if p == nil || on.i.room.any(p.id) == nil {
		return nil, nil, unknownMessage()
	}
	return on, p, nil
}

func getOriginal(c *call) (any, *refusal) {
	on, p, bad := c.original()
	if bad != nil {
		return nil, bad
	}
	return p.shape(c.world, on.i.room), nil
}

func editOriginal(c *call) (any, *refusal) {
	on, p, bad := c.original()
	if bad != nil {
		return nil, bad
	}
	return on.rewrite(p)
}

// rewrite changes a message that an interaction brought. One that was to be thought about
// begins only now.
func (c *reaction) rewrite(p *post) (any, *refusal) {
	thought := p.flags&Loading != 0
	changed, bad := c.compose(*p, changeable)
	if bad != nil {
		return nil, bad
	}
	c.change(c.i.room, p, changed)
	if thought {
		p.edits = 0
	}
	return p.shape(c.world, c.i.room), nil
}

func deleteOriginal(c *call) (any, *refusal) {
	on, p, bad := c.original()
	if bad != nil {
		return nil, bad
	}
	c.remove(on.i.room, p)
	return nil, nil
}

func createFollowup(c *call) (any, *refusal) {
	on, bad := c.reacts()
	if bad != nil {
		return nil, bad
	}
	i := on.i
	if i.said == respondLater && i.original.flags&Loading != 0 && i.room.any(i.original.id) != nil {
		return on.rewrite(i.original) // the first one is what the app was thinking about
	}
	if c.opts.UserInstalled && len(i.followups) >= mostFollowups {
		return nil, no(http.StatusBadRequest, 40094, "This interaction has reached the maximum number of follow-up messages.")
	}
	p, bad := c.compose(post{author: Bot, act: i, pings: people()}, sendable|Ephemeral)
	if bad != nil {
		return nil, bad
	}
	if p.flags&Ephemeral != 0 {
		p.only = i.user
	}
	i.followups = append(i.followups, c.add(i.room, p))
	c.posted(i.room, p)
	return p.shape(c.world, i.room), nil
}

// followup finds one of them.
func (c *call) followup() (*reaction, *post, *refusal) {
	on, bad := c.reacts()
	if bad != nil {
		return nil, nil, bad
	}
	i := on.i
	at := slices.IndexFunc(i.followups, func(p *post) bool { return p.id == c.vars["message"] && i.room.any(p.id) != nil })
	if at < 0 {
		return nil, nil, unknownMessage()
	}
	return on, i.followups[at], nil
}

func getFollowup(c *call) (any, *refusal) {
	on, p, bad := c.followup()
	if bad != nil {
		return nil, bad
	}
	return p.shape(c.world, on.i.room), nil
}

func editFollowup(c *call) (any, *refusal) {
	on, p, bad := c.followup()
	if bad != nil {
		return nil, bad
	}
	return on.rewrite(p)
}

func deleteFollowup(c *call) (any, *refusal) {
	on, p, bad := c.followup()
	if bad != nil {
		return nil, bad
	}
	c.remove(on.i.room, p)
	return nil, nil
}
