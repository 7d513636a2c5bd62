package discordfake

import (
	"slices"
	"strconv"
)

// crowd is who there is, and what they may.
type crowd struct {
	people []*Person
	roles  []Role
	shut   map[string]bool // who takes no direct messages from the app
	away   bool            // the app is not in the server any more
}

// person finds somebody by id, or nil.
func (c *crowd) person(id string) *Person {
	for _, p := range c.people {
		if p.ID == id {
			return p
		}
	}
	return nil
}

// member finds somebody who is in the server, or nil.
func (c *crowd) member(id string) *Person {
	if p := c.person(id); p != nil && !p.Away && (id != Bot || !c.away) {
		return p
	}
	return nil
}

// reaches tells whether somebody takes direct messages from the app: they share a server
// and have not shut them off.
func (c *crowd) reaches(who string) bool {
	p := c.member(who)
	return p != nil && !p.Bot && !c.shut[who]
}

// may tells whether somebody has all those permissions in a channel.
func (c *crowd) may(who string, r *room, all int64) bool {
	return c.permissions(who, r)&all == all
}

// permissions are what somebody may in a channel: what their roles give, then what the
// channel gives and takes, everybody first and the person last.
func (c *crowd) permissions(who string, r *room) int64 {
	if r.with != "" {
		if r.with == who || who == Bot {
			return ordinary
		}
		return 0
	}
	p := c.member(who)
	if p == nil {
		return 0
	}
	has := c.granted(p)
	if has&Administrator != 0 {
		return ^0
	}
	if r.parent != nil {
		r = r.parent // threads have those of their channel
	}
	if r.Private && !slices.Contains(r.Members, who) {
		has &^= ViewChannel
	}
	if who == Bot {
		has &^= r.Deny
	}
	if has&ViewChannel == 0 {
		return 0
	}
	return has
}

// granted is what somebody's roles give them everywhere.
func (c *crowd) granted(p *Person) (all int64) {
	for _, r := range c.roles {
		if r.ID == Everyone || slices.Contains(p.Roles, r.ID) {
			all |= r.Permissions
		}
	}
	return all
}

// user is somebody as the API has them.
func (c *crowd) user(id string) object {
	p := c.person(id)
	if p == nil {
		return object{"id": id, "username": "deleted", "discriminator": "0", "global_name": nil, "avatar": nil}
	}
	o := object{"id": p.ID, "username": p.Name, "discriminator": "0", "global_name": nil, "avatar": nil, "public_flags": 0}
	if p.Global != "" {
		o["global_name"] = p.Global
	}
	if p.Bot {
		o["bot"], o["discriminator"] = true, "0042"
	}
	return o
}

// memberShape is somebody in the server.
func (c *crowd) memberShape(p *Person, withUser bool) object {
	o := object{
		"roles": append([]string{}, p.Roles...), "nick": nil, "avatar": nil, "joined_at": stamp(opened), "deaf": false, "mute": false, "flags": 0, "pending": false,
		"premium_since": nil, "communication_disabled_until": nil,
	}
	if withUser {
		o["user"] = c.user(p.ID)
	}
	return o
}

// roleShapes are the roles as the API has them.
func (c *crowd) roleShapes() []object {
	all := []object{}
	for i, r := range c.roles {
		o := object{
			"id": r.ID, "name": r.Name, "permissions": strconv.FormatInt(r.Permissions, 10), "position": i, "color": 0, "hoist": false, "managed": r.Managed,
			"mentionable": false, "flags": 0,
		}
		if r.Managed {
			o["tags"] = object{"bot_id": Bot}
		}
		all = append(all, o)
	}
	return all
}

// decimalOf is how permissions are written.
func decimalOf(n int64) string { return strconv.FormatUint(uint64(n), 10) }

// locale is the language of somebody's client.
func locale(p *Person) string {
	if p.Locale == "" {
		return "en-US"
	}
	return p.Locale
}
