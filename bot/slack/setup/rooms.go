package setup

import (
	"context"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// channel is a channel as Slack describes it.
type channel struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Archived bool   `json:"is_archived"`
	Member   bool   `json:"is_member"`
	Shared   bool   `json:"is_ext_shared"`
	ReadOnly bool   `json:"is_read_only"`
}

// What rules may name.
var (
	channelForm = regexp.MustCompile(`^[CG][A-Z0-9]{2,30}$`)
	personForm  = regexp.MustCompile(`^[UW][A-Z0-9]{2,30}$`)
	directForm  = regexp.MustCompile(`^D[A-Z0-9]{2,30}$`)
)

// mostRooms is how many are looked at one by one, which Slack allows in a minute.
const mostRooms = 40

// rooms are those that rules name, as the bot sees them.
type rooms struct {
	*visit
	me identity
}

// look looks at all of them.
func (v rooms) look(ctx context.Context) {
	var names []string
	single := 0
	for _, room := range slices.Compact(slices.Sorted(slices.Values(v.Rooms))) {
		if strings.HasPrefix(room, "#") {
			names = append(names, strings.ToLower(room)) // as Slack has them
			continue
		}
		if single++; single > mostRooms {
			v.Odd("", "only %d of the rooms that rules name by their ids were looked at", mostRooms)
			break
		}
		v.room(ctx, room)
	}
	if len(names) > 0 {
		slices.Sort(names)
		v.named(ctx, slices.Compact(names))
	}
}

// room looks at what rules name by its id.
func (v rooms) room(ctx context.Context, id string) {
	switch {
	case channelForm.MatchString(id):
		var said struct {
			Channel channel `json:"channel"`
		}
		_, t := v.call(ctx, v.BotToken, "conversations.info", url.Values{"channel": {id}}, &said)
		if t != nil && t.code == "channel_not_found" {
			v.Broken("correct the id, or, if it is private, write \"/invite @"+v.me.User+"\" in it", "slack:%s is no channel of the workspace %s, or a private one that the bot is not in", id, v.me.Team)
		} else if t != nil {
			v.failed("slack:"+id+" cannot be looked at", t, botToken)
		} else {
			v.enter("slack:"+id, said.Channel)
		}
	case personForm.MatchString(id):
		v.person(ctx, id)
	case !directForm.MatchString(id): // direct messages by their id only their two see
		v.Broken("write slack:#name, or the id of a channel (C…) or a person (U…)", "slack:%s names no room", id)
	}
}

// person looks at somebody whose direct messages rules name.
func (v rooms) person(ctx context.Context, id string) {
	var said struct {
		User struct {
			Name    string `json:"name"`
			Deleted bool   `json:"deleted"`
			Bot     bool   `json:"is_bot"`
		} `json:"user"`
	}
	_, t := v.call(ctx, v.BotToken, "users.info", url.Values{"user": {id}}, &said)
	switch {
	case t != nil && t.code == "user_not_found":
		v.Broken("correct the id", "slack:%s is nobody of this workspace", id)
	case t != nil:
		v.failed("slack:"+id+" cannot be looked at", t, botToken)
	case said.User.Deleted || said.User.Bot:
		v.Broken("name somebody else", "slack:%s (@%s) is a bot or has left, and gets no messages", id, said.User.Name)
	default:
		v.Good("slack:%s is @%s", id, said.User.Name)
	}
}

// enter says whether the bot can do its work in a channel.
func (v rooms) enter(name string, c channel) {
	if !strings.Contains(name, "#") {
		name += " (#" + c.Name + ")"
	}
	switch {
	case c.Archived:
		v.Broken("unarchive it, or name another in the rule", "%s is archived", name)
	case !c.Member:
		v.Broken("write \"/invite @"+v.me.User+"\" in it", "the bot is not in %s", name)
	case c.ReadOnly:
		v.Broken("let the bot post there, in the channel's settings under Permissions", "only some may post in %s", name)
	case c.Shared:
		v.Odd("is that meant?", "the bot is in %s, which is shared with another organisation: its people see the cards", name)
	default:
		v.Good("the bot is in %s", name)
	}
}

// named looks at channels that rules name as #name.
func (v rooms) named(ctx context.Context, names []string) {
	found, t := v.list(ctx, names, "public_channel,private_channel")
	if t != nil && t.code == "missing_scope" && strings.Contains(t.needed, "groups:read") {
		found, t = v.list(ctx, names, "public_channel")
	}
	if t != nil {
		v.failed("the channels that rules name cannot be looked up", t, botToken)
		return
	}
	for _, name := range names {
		c, ok := found[name]
		if !ok {
			v.Broken("correct the name, or write \"/invite @"+v.me.User+"\" in it: a private channel is there only for who is in it",
				"slack:%s is no public channel of the workspace %s, and no private one that the bot is in", name, v.me.Team)
			continue
		}
		v.enter("slack:"+name, c)
	}
}

// The most pages that are read, and the most channels that Slack puts on one.
const (
	mostPages = 20
	pageSize  = "999"
)

// list finds channels by their names with a # before them.
func (v rooms) list(ctx context.Context, names []string, types string) (map[string]channel, *trouble) {
	found := map[string]channel{}
	cursor := ""
	for range mostPages {
		var said struct {
			Channels []channel `json:"channels"`
			Metadata struct {
				Next string `json:"next_cursor"`
			} `json:"response_metadata"`
		}
		form := url.Values{"types": {types}, "limit": {pageSize}, "exclude_archived": {"false"}}
		if cursor != "" {
			form.Set("cursor", cursor)
		}
		if _, t := v.call(ctx, v.BotToken, "conversations.list", form, &said); t != nil {
			return nil, t
		}
		for _, c := range said.Channels {
			if slices.Contains(names, "#"+c.Name) {
				found["#"+c.Name] = c
			}
		}
		if cursor = said.Metadata.Next; cursor == "" || len(found) == len(names) {
			break
		}
	}
	return found, nil
}
