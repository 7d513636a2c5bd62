package setup

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/bwmarrin/discordgo"
)

// channel is a channel, or a thread of one, as Discord describes it.
type channel struct {
	ID         string                `json:"id"`
	Type       discordgo.ChannelType `json:"type"`
	Guild      string                `json:"guild_id"`
	Parent     string                `json:"parent_id"`
	Name       string                `json:"name"`
	Overwrites []overwrite           `json:"permission_overwrites"`
	Thread     *struct {
		Locked bool `json:"locked"`
	} `json:"thread_metadata"`
}

// overwrite is what a channel says of a role, or of somebody.
type overwrite struct {
	ID    string `json:"id"`
	Allow int64  `json:"allow,string"`
	Deny  int64  `json:"deny,string"`
}

// lettered are the kinds of channels in which messages stand.
var lettered = []discordgo.ChannelType{
	discordgo.ChannelTypeGuildText, discordgo.ChannelTypeGuildNews, discordgo.ChannelTypeGuildVoice, discordgo.ChannelTypeGuildStageVoice,
	discordgo.ChannelTypeGuildPublicThread, discordgo.ChannelTypeGuildPrivateThread, discordgo.ChannelTypeGuildNewsThread,
}

func (c channel) lettered() bool { return slices.Contains(lettered, c.Type) }

// called is what people call it.
func (c channel) called() string { return "#" + c.Name }

var idForm = regexp.MustCompile(`^[0-9]{17,20}$`)

// mostAsked is how many rooms are asked about one by one: threads and people.
const mostAsked = 20

// rooms looks at all rooms that rules name.
func (in inside) rooms(ctx context.Context) {
	asked, twice := 0, map[string]string{}
	for _, room := range slices.Compact(slices.Sorted(slices.Values(in.Rooms))) {
		c, ok := in.find(room)
		if !ok && !strings.HasPrefix(room, "#") {
			if asked++; asked > mostAsked {
				in.Odd("", "only %d of the rooms that rules name by their ids were asked about", mostAsked)
				return
			}
			c, ok = in.ask(ctx, room)
		}
		if !ok {
			continue // it was said why
		}
		if before := twice[c.ID]; before != "" {
			in.Odd("name it in one way everywhere", "discord:%s and discord:%s are one channel: it has two cards of each task", before, room)
		}
		twice[c.ID] = room
		in.enter("discord:"+room, c)
	}
}

// find finds a channel among those of the server, by its id or its name. That of a name there
// is not one channel for is said.
func (in inside) find(room string) (c channel, ok bool) {
	name, named := strings.CutPrefix(room, "#")
	var fit []channel
	for _, c := range in.channels {
		if c.ID == room || named && c.lettered() && strings.EqualFold(c.Name, name) {
			fit = append(fit, c)
		}
	}
	switch {
	case len(fit) == 1:
		return fit[0], true
	case named && len(fit) == 0:
		in.Broken("correct the name, or name it by its id", "discord:%s is no channel of the server %s", room, in.home.Name)
	case named:
		ids := make([]string, len(fit))
		for i, c := range fit {
			ids[i] = c.ID
		}
		in.Broken("name the one that is meant by its id, such as discord:"+ids[0], "discord:%s may be %d channels of the server %s: %s", room, len(fit), in.home.Name, strings.Join(ids, ", "))
	}
	return c, false
}

// ask asks about what is none of the server's channels: a thread, a channel of another
// server, or somebody. That there is nothing to enter is said.
func (in inside) ask(ctx context.Context, room string) (c channel, ok bool) {
	id, person := strings.CutPrefix(room, "@")
	switch {
	case !idForm.MatchString(id):
		in.Broken("write discord:#name, or the id of a channel, or @ and the id of a person", "discord:%s names no room", room)
		return c, false
	case person:
		in.person(ctx, id)
		return c, false
	}
	_, t := in.get(ctx, "channels/"+id, &c)
	switch {
	case t.missing():
		in.Broken("correct the id (Developer Mode on, right-click the channel, Copy Channel ID), or let the bot see it", "discord:%s is no channel of the server %s, or none that the bot sees", room, in.home.Name)
	case t != nil:
		in.failed("discord:"+room+" cannot be looked at", t)
	case c.Guild != in.home.ID:
		in.Broken("name a channel of the server "+in.home.Name, "discord:%s (%s) is in another server", room, c.called())
	default:
		return c, true
	}
	return c, false
}

// person looks at somebody whose direct messages rules name.
func (in inside) person(ctx context.Context, id string) {
	var said struct {
		User person `json:"user"`
	}
	_, t := in.get(ctx, "guilds/"+in.home.ID+"/members/"+id, &said)
	switch {
	case t != nil && (t.code == unknownMember || t.code == unknownUser):
		in.Broken("correct the id (Developer Mode on, right-click the person, Copy User ID), or invite them: a bot writes only to who shares a server with it", "discord:@%s is nobody of the server %s", id, in.home.Name)
	case t != nil:
		in.failed("discord:@"+id+" cannot be looked at", t)
	case said.User.Bot:
		in.Broken("name a person", "discord:@%s (@%s) is a bot, and gets no messages", id, said.User.Name)
	default:
		in.Good("discord:@%s is @%s", id, said.User.Name)
	}
}

// enter says whether the bot can do its work in a channel.
func (in inside) enter(name string, c channel) {
	if !strings.Contains(name, "#") {
		name += " (" + c.called() + ")"
	}
	if !c.lettered() {
		in.Broken("name a text channel", "%s is a category or a forum, in which no messages stand", name)
		return
	}
	if c.Thread != nil && c.Thread.Locked {
		in.Broken("unlock it, or name another in the rule", "%s is a locked thread", name)
		return
	}
	lacks := in.lacks(c)
	needed := slices.DeleteFunc(slices.Clone(lacks), func(r Right) bool { return !r.needed })
	const advice = "give it that: Edit Channel, Permissions, the bot's role"
	switch {
	case len(needed) > 0:
		in.Broken(advice, "in %s the bot lacks %s: %s", name, names(needed), needed[0].Without)
	case len(lacks) > 0:
		in.Odd(advice, "in %s the bot lacks %s: %s", name, names(lacks), lacks[0].Without)
	default:
		in.Good("the bot can do its work in %s", name)
	}
}

// lacks are the rights that the bot needs in a channel and has not. In a thread there are no
// threads, and what is said there needs a right of its own; the rest is as its channel says.
func (in inside) lacks(c channel) (out []Right) {
	thread := c.Thread != nil
	if thread {
		i := slices.IndexFunc(in.channels, func(p channel) bool { return p.ID == c.Parent })
		if i < 0 {
			return nil // it is there, and was shown to the bot
		}
		c = in.channels[i]
	}
	may := in.may(c)
	for _, r := range rights {
		switch {
		case thread && (r.bit == discordgo.PermissionSendMessages || r.bit == discordgo.PermissionCreatePublicThreads):
		case may&r.bit != 0:
		default:
			r.needed = r.needed || thread && r.bit == discordgo.PermissionSendMessagesInThreads
			out = append(out, r)
		}
	}
	return out
}
