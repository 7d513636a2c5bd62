package discordfake

import (
	"net/http"
	"slices"
	"strconv"
)

// shape is a channel as the API has it.
func (r *room) shape(w *world) object {
	o := object{"id": r.ID, "type": r.Kind, "flags": 0, "last_message_id": nil}
	if n := len(r.posts); n > 0 {
		o["last_message_id"] = r.posts[n-1].id
	}
	switch {
	case r.with != "":
		o["recipients"] = []object{w.user(r.with)}
	case r.parent != nil:
		o["name"], o["guild_id"], o["parent_id"], o["owner_id"] = r.Name, Guild, r.parent.ID, Bot
		o["message_count"], o["total_message_sent"], o["member_count"] = len(r.posts), len(r.posts), 1
		o["thread_metadata"] = object{
			"archived": r.closed(), "locked": r.locked, "auto_archive_duration": int(r.lasts.Minutes()), "archive_timestamp": stamp(r.active),
		}
	default:
		o["name"], o["guild_id"], o["position"], o["nsfw"], o["parent_id"], o["topic"] = r.Name, Guild, slices.Index(w.rooms, r), false, nil, nil
		o["permission_overwrites"] = r.overwrites()
	}
	return o
}

// overwrites are what a channel gives and takes.
func (r *room) overwrites() []object {
	all := []object{}
	add := func(id string, kind int, allow, deny int64) {
		all = append(all, object{"id": id, "type": kind, "allow": strconv.FormatInt(allow, 10), "deny": strconv.FormatInt(deny, 10)})
	}
	if r.Private {
		add(Everyone, 0, 0, ViewChannel)
		for _, who := range r.Members {
			add(who, 1, ViewChannel, 0)
		}
	}
	if r.Deny != 0 {
		add(BotRole, 0, 0, r.Deny)
	}
	return all
}

func getChannel(c *call) (any, *refusal) {
	r, bad := c.seen()
	if bad != nil {
		return nil, bad
	}
	return r.shape(c.world), nil
}

// inGuild finds the server of a call, if the app is in it. Only one has anything in it.
func (c *call) inGuild() (s Server, ours bool, bad *refusal) {
	id := c.vars["guild"]
	if id == Guild && !c.away {
		return Server{Guild, "Herald's"}, true, nil
	}
	at := slices.IndexFunc(c.opts.Others, func(s Server) bool { return s.ID == id })
	if at < 0 {
		return Server{}, false, no(http.StatusNotFound, 10004, "Unknown Guild")
	}
	return c.opts.Others[at], false, nil
}

func getGuild(c *call) (any, *refusal) {
	s, ours, bad := c.inGuild()
	if bad != nil {
		return nil, bad
	}
	if !ours {
		return object{"id": s.ID, "name": s.Name, "roles": []object{}}, nil
	}
	return object{
		"id": Guild, "name": "Herald's", "icon": nil, "owner_id": Ana, "preferred_locale": "en-US", "features": []string{}, "roles": c.roleShapes(),
		"premium_tier": 0, "nsfw_level": 0, "verification_level": 0, "default_message_notifications": 0, "emojis": []object{}, "system_channel_id": nil,
	}, nil
}

func listChannels(c *call) (any, *refusal) {
	_, ours, bad := c.inGuild()
	if bad != nil {
		return nil, bad
	}
	found := []object{}
	for _, r := range c.rooms {
		if ours && r.with == "" && r.parent == nil {
			found = append(found, r.shape(c.world)) // those too that the app cannot see
		}
	}
	return found, nil
}

func listRoles(c *call) (any, *refusal) {
	_, ours, bad := c.inGuild()
	if bad != nil || !ours {
		return []object{}, bad
	}
	return c.roleShapes(), nil
}

func openDM(c *call) (any, *refusal) {
	var who string
	if bad := c.args.into("recipient_id", &who); bad != nil {
		return nil, bad
	}
	if !snowflake(who) {
		return nil, wrong("recipient_id", "NUMBER_TYPE_COERCE", "Value \""+who+"\" is not snowflake.")
	}
	if p := c.person(who); p == nil || p.Bot {
		return nil, no(http.StatusBadRequest, 50033, "Invalid Recipient(s)")
	}
	return c.direct(who).shape(c.world), nil
}
