package setup

import (
	"strconv"

	"github.com/bwmarrin/discordgo"
)

// Right is a permission that the bot asks for in a server.
type Right struct {
	Name    string // as Discord's pages write it
	Without string // what does not work without it, as a sentence without its full stop

	bit    int64
	needed bool // nothing goes on in a channel without it
}

// rights are those of the bot. It does not ask to embed links: its messages are made of
// components, which need no right and which nobody can switch off for themselves.
var rights = []Right{
	{"View Channels", "it sees no channel", discordgo.PermissionViewChannel, true},
	{"Send Messages", "nothing can be said", discordgo.PermissionSendMessages, true},
	{"Read Message History", "it cannot reply to what stands there, and may post twice after a crash", discordgo.PermissionReadMessageHistory, true},
	{"Create Public Threads", "cards have no threads: what goes on below them stands in the channel", discordgo.PermissionCreatePublicThreads, false},
	{"Send Messages in Threads", "what goes on below a card stands in the channel", discordgo.PermissionSendMessagesInThreads, false},
	{"Attach Files", "long output does not come as a file", discordgo.PermissionAttachFiles, false},
}

// Rights are the permissions that the bot needs, the most important ones first.
func Rights() []Right { return append([]Right(nil), rights...) }

// Permissions are all of them, as Discord adds them up.
func Permissions() (sum int64) {
	for _, r := range rights {
		sum |= r.bit
	}
	return sum
}

// Invite is the link that brings the bot of an application into a server, and lets it have
// commands there. With the id of a server that one is chosen already.
func Invite(application, server string) string {
	link := "https://discord.com/oauth2/authorize?client_id=" + application + "&scope=bot+applications.commands&permissions=" + strconv.FormatInt(Permissions(), 10) + "&integration_type=0"
	if server != "" {
		link += "&guild_id=" + server + "&disable_guild_select=true"
	}
	return link
}

// InteractionsPath is where Discord calls with what is pressed, below the server's public
// address, where the gateway does not bring it.
const InteractionsPath = "/discord/interactions"

// Pages is where applications are made and kept.
const Pages = "https://discord.com/developers/applications"
