package slackfake

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// method is one method of the Web API.
type method struct {
	do     func(*call) (answer, *refusal)
	pace   pace
	scopes []string // each of them; "a|b" is either
	json   bool     // it reads JSON too
	app    bool     // it wants the app's token
	either bool     // it takes both
	open   bool     // it wants none
	about  string   // "history" if it reads messages
}

// pace is how often a method may be called.
type pace struct {
	calls int           // in any window; 0 for no bound
	per   time.Duration // the window
	room  bool          // each channel is counted too, one message a second
}

// The tiers of the Web API, the numbers that are promised.
var (
	tier1 = pace{calls: 1, per: time.Minute}
	tier2 = pace{calls: 20, per: time.Minute}
	tier3 = pace{calls: 50, per: time.Minute}
	tier4 = pace{calls: 100, per: time.Minute}
	posts = pace{calls: 300, per: time.Minute, room: true} // "several hundred a minute" in a workspace
	often = pace{calls: 600, per: time.Minute}             // "hundreds a minute"
)

// methods are the methods that the fake knows.
var methods = map[string]method{
	"auth.test":             {do: authTest, pace: often, json: true, either: true},
	"apps.connections.open": {do: openConnection, pace: tier3, scopes: []string{"connections:write"}, json: true, app: true},

	"chat.postMessage":   {do: postMessage, pace: posts, scopes: []string{"chat:write"}, json: true},
	"chat.update":        {do: updateMessage, pace: tier3, scopes: []string{"chat:write"}, json: true},
	"chat.delete":        {do: deleteMessage, pace: tier3, scopes: []string{"chat:write"}, json: true},
	"chat.postEphemeral": {do: postEphemeral, pace: tier4, scopes: []string{"chat:write"}, json: true},
	"chat.getPermalink":  {do: permalink, pace: often},

	"conversations.history": {do: history, pace: tier3, about: "history"},
	"conversations.replies": {do: replies, pace: tier3, about: "history"},
	"conversations.list":    {do: listRooms, pace: tier2},
	"conversations.info":    {do: roomInfo, pace: tier3},
	"conversations.members": {do: roomMembers, pace: tier4},
	"conversations.open":    {do: openRoom, pace: tier3, scopes: []string{"im:write"}, json: true},

	"users.info":            {do: userInfo, pace: tier4, scopes: []string{"users:read"}},
	"users.lookupByEmail":   {do: userByEmail, pace: tier3, scopes: []string{"users:read.email"}},
	"bots.info":             {do: botInfo, pace: tier3, scopes: []string{"users:read"}},
	"usergroups.list":       {do: listGroups, pace: tier2, scopes: []string{"usergroups:read"}},
	"usergroups.users.list": {do: groupMembers, pace: tier2, scopes: []string{"usergroups:read"}},

	"views.open":    {do: openView, pace: tier4, json: true},
	"views.push":    {do: pushView, pace: tier4, json: true},
	"views.update":  {do: updateView, pace: tier4, json: true},
	"views.publish": {do: publishView, pace: tier4, json: true},

	"files.getUploadURLExternal":   {do: uploadURL, pace: tier4, scopes: []string{"files:write"}},
	"files.completeUploadExternal": {do: completeUpload, pace: tier4, scopes: []string{"files:write"}, json: true},

	"oauth.v2.access": {do: refresh, pace: often, open: true},
}

// knownEvents are the events that the fake can tell of.
func knownEvents() []string {
	return []string{
		"app_home_opened", "app_mention", "app_uninstalled", "channel_archive", "channel_rename", "member_joined_channel",
		"message.channels", "message.groups", "message.im", "tokens_revoked",
	}
}

// knownScopes are all scopes that some method or event asks for. With chat:write.public
// the app could write where it is no member, so it has to be asked for.
func knownScopes() []string {
	known := map[string]bool{}
	for _, s := range []string{"app_mentions:read", "commands", "users:read.email", "im:read", "im:history", "groups:read", "groups:history", "channels:read", "channels:history"} {
		known[s] = true
	}
	for _, m := range methods {
		for _, s := range m.scopes {
			for one := range strings.SplitSeq(s, "|") {
				known[one] = !m.app || known[one]
			}
		}
	}
	maps.DeleteFunc(known, func(_ string, bots bool) bool { return !bots })
	return slices.Sorted(maps.Keys(known))
}
