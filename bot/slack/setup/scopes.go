package setup

import "slices"

// Scope is a right that the app asks for in a workspace.
type Scope struct {
	Name    string // as Slack writes it
	Without string // what does not work without it, as a sentence without its full stop
}

// sayScope is the one without which nothing works.
const sayScope = "chat:write"

// groupScope is what only operators need who map user groups.
const groupScope = "usergroups:read"

var scopes = []Scope{
	{"app_mentions:read", "nobody can talk to the bot by mentioning it"},
	{"channels:history", "in public channels it hears no replies in its threads, and may post twice after a crash"},
	{"channels:read", "rules cannot name public channels, as slack:#deploys does"},
	{sayScope, "nothing can be said at all"},
	{"commands", "/herald does nothing"},
	{"files:write", "long logs do not come as files"},
	{"groups:history", "in private channels it hears no replies in its threads, and may post twice after a crash"},
	{"groups:read", "rules cannot name private channels"},
	{"im:history", "it hears no direct messages"},
	{"im:write", "it begins no direct messages"},
	{"users:read", "people are called by their ids"},
}

// Scopes are the rights that the app needs, in the order of their names but for
// that of groups, which is there only if user groups are mapped.
func Scopes(groups bool) []Scope {
	if !groups {
		return slices.Clip(scopes)
	}
	return append(Scopes(false), Scope{groupScope, "members of user groups are in no group of Herald"})
}

// Events is what the app hears of: mentions, direct messages, what is said in the
// channels that it is in (of which it keeps what is said in its own threads), Home
// being opened, and its own end.
func Events() []string {
	return []string{"app_home_opened", "app_mention", "app_uninstalled", "message.channels", "message.groups", "message.im", "tokens_revoked"}
}
