package slack_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskherald/herald/bot/slack/slackfake"
	"github.com/taskherald/herald/notify"
)

// always is a fault of every call from now on.
func always(f slackfake.Fault) slackfake.Fault {
	f.Times = -1
	return f
}

// TestFates holds what each refusal means for a message, and for a picture that stands
// there. What is said of it is enough to mend it.
func TestFates(t *testing.T) {
	t.Parallel()
	const (
		limited, rejected, gone = notify.Limited, notify.Rejected, notify.Gone
		transient, unauthorized = notify.Transient, notify.Unauthorized
	)
	for _, c := range []struct {
		code       string
		send, edit notify.Fate
		doubt      bool
		say        string
	}{
		{"ratelimited", limited, limited, false, ""},
		{"rate_limited", limited, limited, false, ""},
		{"message_limit_exceeded", limited, limited, false, ""},

		{"invalid_auth", unauthorized, unauthorized, false, "token of an app that is installed"},
		{"not_authed", unauthorized, unauthorized, false, ""},
		{"account_inactive", unauthorized, unauthorized, false, ""},
		{"token_revoked", unauthorized, unauthorized, false, ""},
		{"token_expired", unauthorized, unauthorized, false, ""},
		{"not_allowed_token_type", unauthorized, unauthorized, false, ""},
		{"missing_scope", unauthorized, unauthorized, false, "add the scope"},
		{"org_login_required", unauthorized, unauthorized, false, "administers"},
		{"team_access_not_granted", unauthorized, unauthorized, false, ""},

		{"not_in_channel", transient, transient, false, "/invite @herald"},
		{"no_permission", transient, transient, false, "/invite @herald"},
		{"channel_not_found", transient, transient, false, "/invite @herald"},
		{"restricted_action", transient, transient, false, "settings"},
		{"restricted_action_read_only_channel", transient, transient, false, ""},
		{"restricted_action_thread_only_channel", transient, transient, false, ""},
		{"messages_tab_disabled", transient, transient, false, "App Home"},

		{"is_archived", gone, gone, false, "archived"},
		{"user_not_found", gone, gone, false, ""},
		{"user_disabled", gone, gone, false, ""},
		{"cannot_dm_bot", gone, gone, false, ""},

		{"invalid_blocks", rejected, rejected, false, ""},
		{"invalid_blocks_format", rejected, rejected, false, ""},
		{"msg_blocks_too_long", rejected, rejected, false, ""},
		{"msg_too_long", rejected, rejected, false, ""},
		{"invalid_arguments", rejected, rejected, false, ""},
		{"no_text", rejected, rejected, false, ""},

		{"message_not_found", transient, gone, false, ""},
		{"cant_update_message", transient, gone, false, ""},
		{"edit_window_closed", transient, gone, false, ""},

		{"internal_error", transient, transient, true, ""},
		{"fatal_error", transient, transient, true, ""},
		{"service_unavailable", transient, transient, true, ""},
		{"request_timeout", transient, transient, false, ""},
		{"team_added_to_org", transient, transient, false, ""},
		{"a_code_of_next_year", transient, transient, false, "a_code_of_next_year"},
		{"<!channel> is not a code", transient, transient, false, "unnamed_error"},
	} {
		t.Run(c.code, func(t *testing.T) {
			t.Parallel()
			o := inside(t, slackfake.Options{Unlimited: true})
			d := asked(t, "task_1", "CRM")
			far := o.send(t, slackfake.General, d.card())
			o.Fail("", always(slackfake.Refused(c.code)))
			f := o.fails(t, slackfake.General, d.letter())
			_, err := o.Edit(t.Context(), at(slackfake.General), far, d.card())
			e := failure(t, err)
			if f.Fate != c.send || e.Fate != c.edit || f.Doubt != c.doubt {
				t.Errorf("%v, doubt %t, then %v; want %s, doubt %t, then %s", f, f.Doubt, e, c.send, c.doubt, c.edit)
			}
			if !strings.Contains(f.Error(), c.say) || len(f.Error()) > 300 {
				t.Errorf("it says %q, want %q in it", f, c.say)
			}
			clean(t, f.Error()+e.Error())
		})
	}
}

// TestStatuses holds what an answer means in which Slack says nothing, and one that cannot be
// read.
func TestStatuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault slackfake.Fault
		want  notify.Failure
		say   string
	}{
		"too fast":           {slackfake.Limited(7 * time.Second), notify.Failure{Fate: notify.Limited, After: 7 * time.Second}, "429"},
		"too fast, no more":  {slackfake.Limited(0), notify.Failure{Fate: notify.Limited}, "429"},
		"busy":               {slackfake.Fault{Status: http.StatusServiceUnavailable, RetryAfter: time.Minute}, notify.Failure{Fate: notify.Limited, After: time.Minute}, "503"},
		"down":               {slackfake.Broken(http.StatusServiceUnavailable), notify.Failure{Fate: notify.Transient}, "503"},
		"broken":             {slackfake.Broken(http.StatusInternalServerError), notify.Failure{Fate: notify.Transient, Doubt: true}, "500"},
		"a gateway":          {slackfake.Broken(http.StatusBadGateway), notify.Failure{Fate: notify.Transient, Doubt: true}, "502"},
		"a slow gateway":     {slackfake.Broken(http.StatusGatewayTimeout), notify.Failure{Fate: notify.Transient, Doubt: true}, "504"},
		"too large":          {slackfake.Broken(http.StatusRequestEntityTooLarge), notify.Failure{Fate: notify.Rejected}, "413"},
		"elsewhere":          {slackfake.Broken(http.StatusFound), notify.Failure{Fate: notify.Transient}, "302"},
		"no such page":       {slackfake.Broken(http.StatusNotFound), notify.Failure{Fate: notify.Transient}, "404"},
		"garbled":            {slackfake.Garbled(), notify.Failure{Fate: notify.Transient, Doubt: true}, "cannot be read"},
		"a page":             {slackfake.Fault{Body: "<html>Sign in</html>"}, notify.Failure{Fate: notify.Transient, Doubt: true}, "slack.api_url"},
		"neither yes nor no": {slackfake.Fault{Body: "{}"}, notify.Failure{Fate: notify.Transient, Doubt: true}, "cannot be read"},
		"without end":        {slackfake.Fault{Huge: 9 << 20, Keep: true}, notify.Failure{Fate: notify.Transient, Doubt: true}, "longer than"},
		"away":               {slackfake.Lost(), notify.Failure{Fate: notify.Transient, Doubt: true}, "connection reset"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := inside(t, slackfake.Options{})
			o.Fail("chat.postMessage", c.fault)
			f := o.fails(t, slackfake.General, note("hello"))
			if f.Fate != c.want.Fate || f.After != c.want.After || f.Doubt != c.want.Doubt || !strings.Contains(f.Error(), c.say) {
				t.Errorf("%v after %v, doubt %t", f, f.After, f.Doubt)
			}
			clean(t, f.Error())
		})
	}
}

// TestSentAnewOnce holds that a picture in a room where nothing can be changed is not sent
// again and again, and that one which was taken away comes back.
func TestSentAnewOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, sentAnewOnce)
}

func sentAnewOnce(t *testing.T) {
	o := inside(t, slackfake.Options{Unlimited: true})
	d := asked(t, "task_1", "CRM")
	other := asked(t, "task_2", "Website")
	edit := func(d *deed) notify.Fate {
		t.Helper()
		_, err := o.Edit(t.Context(), at(slackfake.General), slackfake.General+"/1.000001", d.card())
		return failure(t, err).Fate
	}
	if first, second, next := edit(d), edit(d), edit(other); first != notify.Gone || second != notify.Rejected || next != notify.Gone {
		t.Errorf("%s, %s; of another task %s", first, second, next)
	}
	time.Sleep(time.Hour)
	if later := edit(d); later != notify.Gone {
		t.Errorf("%s after an hour", later)
	}
}
