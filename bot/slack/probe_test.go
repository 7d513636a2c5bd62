package slack_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/taskherald/herald/bot/slack"
	"github.com/taskherald/herald/bot/slack/slackfake"
	"github.com/taskherald/herald/notify"
)

// TestProbe holds that what is missing is named, with what for.
func TestProbe(t *testing.T) {
	t.Parallel()
	if err := inside(t, slackfake.Options{}).Probe(t.Context()); err != nil {
		t.Error(err)
	}
	poor := inside(t, slackfake.Options{Scopes: []string{"chat:write", "channels:read", "groups:read", "im:write", "im:history", "groups:history", "channels:history"}})
	err := poor.Probe(t.Context())
	if f := failure(t, err); f.Fate != notify.Unauthorized || !strings.Contains(f.Error(), "the app lacks files:write (to send logs as files): add that under OAuth & Permissions") {
		t.Error(f)
	}
	poor.Fail("auth.test", slackfake.Refused("account_inactive"), slackfake.Broken(http.StatusServiceUnavailable))
	for _, want := range []notify.Fate{notify.Unauthorized, notify.Transient} {
		if f := failure(t, poor.Probe(t.Context())); f.Fate != want {
			t.Errorf("%v, want %s", f, want)
		}
	}
	mute := client(func(*http.Request) (*http.Response, error) {
		return says(http.StatusOK, nil, `{"ok":true,"bot_id":"B1"}`)
	})
	if err := slack.NewChannel(slack.ChannelOptions{Client: mute}).Probe(t.Context()); err != nil {
		t.Errorf("nobody said which scopes it has: %v", err)
	}
}

// scopes are those that the channel says it needs.
func scopes() []string { return slices.Collect(maps.Keys(slack.Scopes())) }

// TestScopes holds that no method needs a scope that the channel does not name: with those
// alone, all that it does goes.
func TestScopes(t *testing.T) {
	t.Parallel()
	o := inside(t, slackfake.Options{Scopes: scopes(), Unlimited: true})
	d := asked(t, "task_1", "CRM")
	for _, to := range []string{"#general", slackfake.Ana, slackfake.Deploys} {
		m := d.card()
		far := o.send(t, to, m)
		if o.finds(t, to, m) != far {
			t.Errorf("it is not found at %s", to)
		}
		if _, err := o.Edit(t.Context(), at(to), far, d.card()); err != nil {
			t.Error(err)
		}
	}
	o.send(t, slackfake.Ana, logs(t))
	if err := o.Probe(t.Context()); err != nil || strings.Contains(o.log.String(), "WARN") {
		t.Errorf("%v, %s", err, &o.log)
	}
}
