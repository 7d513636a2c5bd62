package setup

import (
	"slices"
	"strings"
)

// A token is one of the secrets, as findings call it.
type token struct {
	setting string // its key
	where   string // where Slack's pages show it
}

var (
	botToken = token{"slack.bot_token", "OAuth & Permissions, Bot User OAuth Token, on the app's pages (https://api.slack.com/apps)"}
	appToken = token{"slack.app_token", "Basic Information, App-Level Tokens, on the app's pages (https://api.slack.com/apps)"}
)

// A meaning is what a code of Slack comes down to, and what to do. TOKEN stands for the
// setting of the token, WHERE for where to find it, and SCOPE for what is missing.
type meaning struct {
	codes       string // with spaces between them
	say, advice string
	passes      bool // by itself
}

var meanings = []meaning{
	{"invalid_auth", "Slack does not know TOKEN: it is mistyped, cut short or of an app that is deleted, or the app does not allow calls from this machine's address", "copy it again from WHERE; look at the allowed addresses under OAuth & Permissions", false},
	{"not_authed", "Slack has not seen a token", "look for a proxy that takes the header Authorization away", false},
	{"token_revoked", "TOKEN was revoked", "install the app again, and copy the new token from WHERE", false},
	{"token_expired", "TOKEN has expired: token rotation is on, which Slack does not let anybody switch off again", `make another app with "herald setup slack"`, false},
	{"account_inactive user_removed_from_team team_disabled", "the app is not installed any more, or its workspace is gone", "install the app again, and copy the new token from WHERE", false},
	{"not_allowed_token_type", "TOKEN is of another kind than Slack wants there", "have you mixed up slack.bot_token (xoxb-…) and slack.app_token (xapp-…)? This one is under WHERE", false},
	{"missing_scope", "the scope SCOPE is missing", "add it to the app, and install the app again: Slack gives new scopes only then", false},
	{"socket_mode_disabled socket_mode_not_enabled link_disabled", "Socket Mode is switched off for the app", "switch it on under Socket Mode on the app's pages (https://api.slack.com/apps)", false},
	{"org_login_required team_added_to_org", "the workspace is being moved into an organisation", "wait until that is done", false},
	{"ekm_access_denied", "administrators of the workspace have suspended the app's access to its messages", "ask them", false},
	{"access_denied accesslimited enterprise_is_restricted forbidden_team no_permission team_access_not_granted", "the rules of the workspace or its organisation do not let the app do that", "ask its administrators to approve the app for this workspace", false},
	{"ratelimited rate_limited", "Slack wants fewer calls", "ask again after a minute", true},
	{"fatal_error internal_error request_timeout service_unavailable team_is_being_migrated", "Slack has trouble of its own", "look at https://slack-status.com, and ask again", true},
}

// explain is what a trouble with a token comes down to, and what to do.
func (t *trouble) explain(of token) (say, advice string) {
	if t.code == "" {
		return t.say, t.advice
	}
	say, advice = "Slack says "+t.code, "look it up at https://docs.slack.dev/reference/methods"
	if i := slices.IndexFunc(meanings, t.is); i >= 0 {
		say, advice = meanings[i].say+" ("+t.code+")", meanings[i].advice
	}
	if t.advice != "" {
		advice = t.advice
	}
	scope := strings.ReplaceAll(t.needed, ",", ", ")
	if scope == "" {
		scope = "that this needs"
	}
	words := strings.NewReplacer("TOKEN", of.setting, "WHERE", of.where, "SCOPE", scope)
	return words.Replace(say), words.Replace(advice)
}

// passing reports whether the trouble goes away by itself, and says nothing of how the app
// is set up.
func (t *trouble) passing() bool {
	i := slices.IndexFunc(meanings, t.is)
	return i >= 0 && meanings[i].passes
}

// is reports whether a meaning is that of the trouble.
func (t *trouble) is(m meaning) bool { return slices.Contains(strings.Fields(m.codes), t.code) }
