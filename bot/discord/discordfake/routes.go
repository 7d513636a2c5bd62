package discordfake

import (
	"strings"
	"time"
)

// The calls, as [Discord.Fail] and [Discord.Calls] name them.
const (
	ListMessages  = "GET /channels/{channel}/messages"
	CreateMessage = "POST /channels/{channel}/messages"
	GetMessage    = "GET /channels/{channel}/messages/{message}"
	EditMessage   = "PATCH /channels/{channel}/messages/{message}"
	DeleteMessage = "DELETE /channels/{channel}/messages/{message}"
	StartThread   = "POST /channels/{channel}/messages/{message}/threads"
	GetChannel    = "GET /channels/{channel}"
	EditChannel   = "PATCH /channels/{channel}"

	GetGuild      = "GET /guilds/{guild}"
	ListChannels  = "GET /guilds/{guild}/channels"
	GetMember     = "GET /guilds/{guild}/members/{user}"
	ListRoles     = "GET /guilds/{guild}/roles"
	GetMe         = "GET /users/@me"
	ListGuilds    = "GET /users/@me/guilds"
	OpenDM        = "POST /users/@me/channels"
	GetUser       = "GET /users/{user}"
	GetApp        = "GET /applications/@me"
	GetOAuthApp   = "GET /oauth2/applications/@me"
	GetGateway    = "GET /gateway"
	GetGatewayBot = "GET /gateway/bot"

	ListCommands       = "GET /applications/{application}/commands"
	CreateCommand      = "POST /applications/{application}/commands"
	PutCommands        = "PUT /applications/{application}/commands"
	GetCommand         = "GET /applications/{application}/commands/{command}"
	EditCommand        = "PATCH /applications/{application}/commands/{command}"
	DeleteCommand      = "DELETE /applications/{application}/commands/{command}"
	ListGuildCommands  = "GET /applications/{application}/guilds/{guild}/commands"
	CreateGuildCommand = "POST /applications/{application}/guilds/{guild}/commands"
	PutGuildCommands   = "PUT /applications/{application}/guilds/{guild}/commands"
	GetGuildCommand    = "GET /applications/{application}/guilds/{guild}/commands/{command}"
	EditGuildCommand   = "PATCH /applications/{application}/guilds/{guild}/commands/{command}"
	DeleteGuildCommand = "DELETE /applications/{application}/guilds/{guild}/commands/{command}"

	Callback       = "POST /interactions/{interaction}/{token}/callback"
	GetOriginal    = "GET /webhooks/{application}/{token}/messages/@original"
	EditOriginal   = "PATCH /webhooks/{application}/{token}/messages/@original"
	DeleteOriginal = "DELETE /webhooks/{application}/{token}/messages/@original"
	CreateFollowup = "POST /webhooks/{application}/{token}"
	GetFollowup    = "GET /webhooks/{application}/{token}/messages/{message}"
	EditFollowup   = "PATCH /webhooks/{application}/{token}/messages/{message}"
	DeleteFollowup = "DELETE /webhooks/{application}/{token}/messages/{message}"
)

// Gateway is the name that [Discord.Fail] has for the opening of a connection to the
// gateway, which is no call.
const Gateway = "gateway"

// route is one call that Discord knows.
type route struct {
	name  string
	calls int // so many
	per   time.Duration
	open  bool // it wants no token in the header: that in its path says who it is
	do    func(*call) (any, *refusal)
}

// routes are all of them. Of two that fit the former is meant.
var routes = []route{
	{name: ListMessages, calls: 5, per: 5 * time.Second, do: listMessages},
	{name: CreateMessage, calls: 5, per: 5 * time.Second, do: createMessage},
	{name: GetMessage, calls: 10, per: 5 * time.Second, do: getMessage},
	{name: EditMessage, calls: 5, per: 5 * time.Second, do: editMessage},
	{name: DeleteMessage, calls: 5, per: time.Second, do: deleteMessage},
	{name: StartThread, calls: 5, per: 5 * time.Second, do: startThread},
	{name: GetChannel, calls: 10, per: 5 * time.Second, do: getChannel},
	{name: EditChannel, calls: 5, per: 5 * time.Second, do: editChannel},

	{name: GetGuild, calls: 5, per: 5 * time.Second, do: getGuild},
	{name: ListChannels, calls: 5, per: 5 * time.Second, do: listChannels},
	{name: GetMember, calls: 5, per: time.Second, do: getMember},
	{name: ListRoles, calls: 5, per: 5 * time.Second, do: listRoles},
	{name: GetMe, calls: 30, per: 30 * time.Second, do: getMe},
	{name: ListGuilds, calls: 5, per: 5 * time.Second, do: listGuilds},
	{name: OpenDM, calls: 10, per: 10 * time.Second, do: openDM},
	{name: GetUser, calls: 30, per: 30 * time.Second, do: getUser},
	{name: GetApp, calls: 5, per: 5 * time.Second, do: getApp},
	{name: GetOAuthApp, calls: 5, per: 5 * time.Second, do: getOAuthApp},
	{name: GetGateway, open: true, do: getGateway},
	{name: GetGatewayBot, calls: 2, per: 5 * time.Second, do: getGatewayBot},

	{name: ListCommands, calls: 5, per: 20 * time.Second, do: listCommands},
	{name: CreateCommand, calls: 5, per: 20 * time.Second, do: createCommand},
	{name: PutCommands, calls: 2, per: 60 * time.Second, do: putCommands},
	{name: GetCommand, calls: 5, per: 20 * time.Second, do: getCommand},
	{name: EditCommand, calls: 5, per: 20 * time.Second, do: editCommand},
	{name: DeleteCommand, calls: 5, per: 20 * time.Second, do: deleteCommand},
	{name: ListGuildCommands, calls: 5, per: 20 * time.Second, do: listCommands},
	{name: CreateGuildCommand, calls: 5, per: 20 * time.Second, do: createCommand},
	{name: PutGuildCommands, calls: 2, per: 60 * time.Second, do: putCommands},
	{name: GetGuildCommand, calls: 5, per: 20 * time.Second, do: getCommand},
	{name: EditGuildCommand, calls: 5, per: 20 * time.Second, do: editCommand},
	{name: DeleteGuildCommand, calls: 5, per: 20 * time.Second, do: deleteCommand},

	{name: Callback, open: true, do: callback},
	{name: GetOriginal, calls: 5, per: 2 * time.Second, open: true, do: getOriginal},
	{name: EditOriginal, calls: 5, per: 2 * time.Second, open: true, do: editOriginal},
	{name: DeleteOriginal, calls: 5, per: 2 * time.Second, open: true, do: deleteOriginal},
	{name: CreateFollowup, calls: 5, per: 2 * time.Second, open: true, do: createFollowup},
	{name: GetFollowup, calls: 5, per: 2 * time.Second, open: true, do: getFollowup},
	{name: EditFollowup, calls: 5, per: 2 * time.Second, open: true, do: editFollowup},
	{name: DeleteFollowup, calls: 5, per: 2 * time.Second, open: true, do: deleteFollowup},
}

// find finds the route of a request, with what stands in its path; and whether there is
// one of that path at all.
func findRoute(method, path string) (found route, vars map[string]string, there bool) {
	for _, r := range routes {
		verb, pattern, _ := strings.Cut(r.name, " ")
		if vars, ok := fits(pattern, path); ok {
			if verb == method {
				return r, vars, true
			}
			there = true
		}
	}
	return route{}, nil, there
}

// fits compares a path with a pattern. What stands for an id has to be one, but for
// tokens.
func fits(pattern, path string) (map[string]string, bool) {
	want, have := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(have) {
		return nil, false
	}
	vars := map[string]string{}
	for i, part := range want {
		name, isVar := strings.CutPrefix(part, "{")
		switch {
		case !isVar && part != have[i], isVar && strings.HasPrefix(have[i], "@"), isVar && have[i] == "":
			return nil, false
		case isVar:
			vars[strings.TrimSuffix(name, "}")] = have[i]
		}
	}
	return vars, true
}

// major is what the calls of a route are counted by: Discord counts them for each
// channel, server or webhook alone.
func major(vars map[string]string) string {
	for _, name := range []string{"channel", "guild", "interaction", "token"} {
		if id := vars[name]; id != "" {
			return id
		}
	}
	return ""
}
