package slack

import (
	"errors"
	"net/http"
	"slices"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/callout"
)

// verdict is what some codes of Slack mean for a message.
type verdict struct {
	fate   notify.Fate
	advice string // what to do about it, "" for nothing
	codes  []string
	doubt  bool // some of it may have been done, as Slack says
}

const invite = "bring Herald into the channel by saying /invite @herald there"

// verdicts are what Slack's codes mean for a message. A room that the app is not in is no
// address that is gone: somebody invites it, and what waited arrives within a minute, where
// a closed lane would stay shut until Herald is started again. So all that people in Slack
// can mend in place is tried again for as long as the message is worth it, and its owner
// reads why; gone is what can only be told elsewhere. A code that nobody has heard of is
// tried again too: with pauses that grow and an end, nothing is lost by it and nothing loops.
//
//	the far side says                                 a message     a picture that stands there
//	429, ratelimited, message_limit_exceeded          limited       limited
//	a token that is no good, a scope that is missing  unauthorized  unauthorized
//	a room without the app, or that forbids it        transient     transient
//	an archived room                                  gone          gone: it is sent, and the lane closes
//	a person who cannot be written to                 gone          gone
//	blocks or arguments that it does not take         rejected      rejected, each once with its text alone before
//	a message that cannot be changed                  -             gone: it is sent anew, once an hour
//	it broke, or gave no answer                       transient     transient
//	anything else                                     transient     transient
var verdicts = []verdict{
	{fate: notify.Limited, codes: []string{"ratelimited", "rate_limited", "message_limit_exceeded"}},
	{
		fate: notify.Unauthorized, advice: "give Herald the bot token of an app that is installed",
		codes: []string{"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type"},
	},
	{
		fate: notify.Unauthorized, advice: "somebody who administers Slack has to allow the app",
		codes: []string{"org_login_required", "enterprise_is_restricted", "team_access_not_granted", "accesslimited", "two_factor_setup_required"},
	},
	{fate: notify.Transient, advice: invite, codes: []string{"not_in_channel", "no_permission"}},
	{fate: notify.Transient, advice: "there is none with that id, or it is private; " + invite, codes: []string{"channel_not_found"}},
	{
		fate: notify.Transient, advice: "the channel's settings do not let Herald say this here",
		codes: []string{
			"restricted_action", "restricted_action_read_only_channel", "restricted_action_thread_only_channel",
			"restricted_action_non_threadable_channel", "ekm_access_denied", "posting_to_general_channel_denied",
		},
	},
	{
		fate: notify.Transient, advice: "switch on the Messages Tab under App Home of the app", codes: []string{"messages_tab_disabled"},
	},
	{fate: notify.Gone, advice: "the channel is archived; name another one", codes: []string{"is_archived"}},
	{
		fate: notify.Gone, advice: "nobody can be written to there",
		codes: []string{"user_not_found", "user_disabled", "user_not_visible", "users_not_found", "cannot_dm_bot"},
	},
	{fate: notify.Transient, doubt: true, codes: []string{"internal_error", "fatal_error", "service_unavailable"}},
	{fate: notify.Rejected, codes: append([]string{"no_text", "too_many_attachments", "invalid_thread_ts"}, unfit...)},
}

// unfit is what Slack says of blocks or arguments that it does not take: the text alone may
// be taken.
var unfit = []string{
	"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long", "invalid_arguments", "invalid_array_arg",
	"block_mismatch", "slack_connect_lists_sharing_blocked", "slack_connect_canvas_sharing_blocked",
}

// rootless is what it says of a reply that cannot stand where it should.
var rootless = []string{
	"thread_not_found", "message_not_found", "invalid_thread_ts", "cannot_reply_to_message",
	"restricted_action_thread_locked", "restricted_action_non_threadable_channel",
}

// fixed is what it says of a message that cannot be changed.
var fixed = []string{"message_not_found", "cant_update_message", "edit_window_closed", "is_inactive"}

// failureOf is an error as a failure to deliver. It is nil for none.
func failureOf(err error) error {
	if err == nil {
		return nil
	}
	if f, ok := errors.AsType[*notify.Failure](err); ok {
		return f
	}
	p := problemOf(err)
	v := p.verdict()
	say := p.said()
	if v.advice != "" {
		say += ": " + v.advice
	}
	f := &notify.Failure{Fate: v.fate, Doubt: p.Doubt || v.doubt, Err: callout.Veil(say, p)}
	if f.Fate == notify.Limited {
		f.After = p.After
	}
	return f
}

// problemOf is an error of a [Client].
func problemOf(err error) *Problem {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	return &Problem{Host: "Slack", Err: callout.Veil("it could not be asked", err)}
}

// verdict is what a problem means for a message.
func (p *Problem) verdict() verdict {
	switch {
	case p.Code == "missing_scope":
		return p.scopeless()
	case p.Code != "":
		for _, v := range verdicts {
			if slices.Contains(v.codes, p.Code) {
				return v
			}
		}
	case p.Status == http.StatusTooManyRequests, p.Status == http.StatusServiceUnavailable && p.After > 0:
		return verdict{fate: notify.Limited}
	case p.Status == http.StatusRequestEntityTooLarge:
		return verdict{fate: notify.Rejected}
	case p.Status == http.StatusInternalServerError, p.Status == http.StatusBadGateway, p.Status == http.StatusGatewayTimeout:
		return verdict{fate: notify.Transient, doubt: true}
	}
	return verdict{fate: notify.Transient}
}

// scopeless is what a missing scope means. Without that of messages nothing can be sent;
// without another one some addresses cannot be found.
func (p *Problem) scopeless() verdict {
	v := verdict{fate: notify.Transient, advice: "add the scope under OAuth & Permissions of the app, and install it again"}
	if p.Method == methodPost || p.Method == methodUpdate {
		v.fate = notify.Unauthorized
	}
	return v
}
