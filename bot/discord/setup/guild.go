package setup

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"
)

// server is what Discord calls a guild.
type server struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Owner string `json:"owner_id"`
	Roles []role `json:"roles"`
}

type role struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Permissions int64  `json:"permissions,string"`
	Managed     bool   `json:"managed"`
}

// member is the bot in a server.
type member struct {
	Roles  []string   `json:"roles"`
	Silent *time.Time `json:"communication_disabled_until"`
}

// inside is a visit in a server that the bot is in.
type inside struct {
	*visit
	home     server
	bot      member
	channels []channel
}

// server finds the server that counts, and how the bot stands in it.
func (v *visit) server(ctx context.Context) (in inside, ok bool) {
	in = inside{visit: v}
	var all []server
	if _, t := v.get(ctx, "users/@me/guilds", &all); t != nil {
		v.failed("the servers that the bot is in cannot be looked at", t)
		return in, false
	}
	id, ok := v.which(all)
	if !ok {
		return in, false
	}
	for _, ask := range []struct {
		path string
		into any
	}{{"guilds/" + id, &in.home}, {"guilds/" + id + "/members/" + v.me.ID, &in.bot}, {"guilds/" + id + "/channels", &in.channels}} {
		if _, t := v.get(ctx, ask.path, ask.into); t != nil {
			v.failed("the server cannot be looked at", t)
			return in, false
		}
	}
	in.stand()
	return in, true
}

// which is the server that counts.
func (v *visit) which(all []server) (id string, ok bool) {
	names := make([]string, len(all))
	for i, s := range all {
		names[i] = s.Name + " (" + s.ID + ")"
	}
	there := slices.ContainsFunc(all, func(s server) bool { return s.ID == v.Server })
	const invite = "open this, and choose the server: "
	switch {
	case len(all) == 0:
		v.Broken(invite+Invite(v.app.ID, v.Server), "the bot is in no server")
	case v.Server != "" && !there:
		v.Broken(invite+Invite(v.app.ID, v.Server)+" – or correct discord.server", "the bot is not in the server %s of discord.server; it is in %s", v.Server, strings.Join(names, ", "))
	case v.Server == "" && len(all) > 1:
		v.Broken("set discord.server to the id of the one that is meant", "the bot is in %d servers, and Herald is for one: %s", len(all), strings.Join(names, ", "))
	case v.Server == "":
		return all[0].ID, true
	default:
		if len(all) > 1 {
			v.Odd("is that meant? There people can talk to it, and are told nothing", "the bot is in %d more servers", len(all)-1)
		}
		return v.Server, true
	}
	return "", false
}

// stand says how the bot stands in its server as a whole.
func (in inside) stand() {
	switch may := in.everywhere(); {
	case in.bot.Silent != nil && in.bot.Silent.After(time.Now()):
		in.Broken("remove the time-out, in the server's list of members", "the bot is in the server %s, but in time-out until %s", in.home.Name, in.bot.Silent.UTC().Format("2006-01-02 15:04 UTC"))
	case may&discordgo.PermissionAdministrator != 0:
		in.Odd("take Administrator away from its role: it needs only "+names(rights), "the bot is an administrator of the server %s", in.home.Name)
	default:
		in.Good("the bot is in the server %s (%s)", in.home.Name, in.home.ID)
	}
}

// names are those of rights.
func names(of []Right) string {
	all := make([]string, len(of))
	for i, r := range of {
		all[i] = r.Name
	}
	return strings.Join(all, ", ")
}

// everywhere is what the bot may where no channel says otherwise. The role of everyone has
// the server's id.
func (in inside) everywhere() (may int64) {
	for _, r := range in.home.Roles {
		if r.ID == in.home.ID || slices.Contains(in.bot.Roles, r.ID) {
			may |= r.Permissions
		}
	}
	if in.home.Owner == in.me.ID || may&discordgo.PermissionAdministrator != 0 {
		return ^int64(0) // discordgo.PermissionAll lacks threads
	}
	return may
}

// may is what the bot may in a channel: what it may everywhere, changed by what the channel
// says of everyone, then of its roles together, then of the bot
// (https://docs.discord.com/developers/topics/permissions#permission-overwrites).
func (in inside) may(c channel) int64 {
	may := in.everywhere()
	if may&discordgo.PermissionAdministrator != 0 {
		return may
	}
	var everyone, roles, bot overwrite
	for _, o := range c.Overwrites {
		switch {
		case o.ID == in.home.ID:
			everyone = o
		case o.ID == in.me.ID:
			bot = o
		case slices.Contains(in.bot.Roles, o.ID):
			roles.Deny |= o.Deny
			roles.Allow |= o.Allow
		}
	}
	for _, o := range []overwrite{everyone, roles, bot} {
		may = may&^o.Deny | o.Allow
	}
	if may&discordgo.PermissionViewChannel == 0 {
		return 0
	}
	return may
}

// roles looks at the roles that are mapped.
func (in inside) roles() {
	for _, id := range slices.Sorted(slices.Values(in.Roles)) {
		i := slices.IndexFunc(in.home.Roles, func(r role) bool { return r.ID == id })
		switch {
		case i < 0:
			in.Broken("copy the id again: Server Settings, Roles, Copy Role ID", "discord.groups: there is no role %s in the server %s", id, in.home.Name)
		case id == in.home.ID:
			in.Odd("name a role that people are given", "discord.groups: %s is @everyone, which Discord counts as nobody's role: it makes nobody a member of that group", id)
		case in.home.Roles[i].Managed:
			in.Odd("is that meant? Nobody can be given it by hand", "discord.groups: %s is @%s, which Discord or a bot manages", id, in.home.Roles[i].Name)
		default:
			in.Good("discord.groups: %s is @%s", id, in.home.Roles[i].Name)
		}
	}
}
