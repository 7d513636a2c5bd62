package slackfake_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"github.com/taskherald/herald/bot/slack/slackfake"
)

func TestTokens(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		for token, want := range map[string]string{"": "not_authed", "xoxb-other": "invalid_auth", slackfake.AppToken: "not_allowed_token_type", slackfake.BotToken: ""} {
			equal(t, "the token "+token, as(t, s, token, "chat.postMessage", "channel", slackfake.General, "text", "x").error(), want)
		}
		equal(t, "a bot's token for a socket", as(t, s, slackfake.BotToken, "apps.connections.open").error(), "not_allowed_token_type")
		for _, code := range []string{"invalid_auth", "token_revoked", "account_inactive", "token_expired"} {
			s.Token(slackfake.BotToken).Refuse(code)
			refused(t, s, code, "auth.test")
			_, err := inside(s).AuthTest()
			equal(t, "slack-go's error", err.Error(), code)
		}
		s.Token(slackfake.BotToken).Refuse("")
		refused(t, s, "", "auth.test")
	})
}

func TestTokenStandsInHeaderOrForm(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		equal(t, "in a form", as(t, s, "", "auth.test", "token", slackfake.BotToken).error(), "")
		equal(t, "in JSON", raw(t, s, request(t, "", "auth.test", "application/json", `{"token":"`+slackfake.BotToken+`"}`)).error(), "not_authed")
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, slackfake.API+"auth.test?token="+slackfake.BotToken, nil)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "in the address", raw(t, s, r).error(), "not_authed")
		r.Header.Set("Authorization", "Bearer "+slackfake.BotToken)
		equal(t, "in the header of a GET", raw(t, s, r).error(), "")
	})
}

func TestBodies(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		body := `{"channel":"` + slackfake.General + `","text":"x","thread_ts":null}`
		for _, c := range []struct{ method, kind, body, want string }{
			{"chat.postMessage", "application/json; charset=utf-8", body, ""},
			{"chat.postMessage", "application/json", `{`, "invalid_json"},
			{"chat.postMessage", "application/json", `[]`, "json_not_object"},
			{"chat.postMessage", "text/xml", `<a/>`, "invalid_post_type"},
			{"chat.postMessage", "", `x`, "missing_post_type"},
			{"chat.postMessage", "application/json", ``, "channel_not_found"},
			{"conversations.info", "application/json", `{"channel":"` + slackfake.General + `"}`, "channel_not_found"}, // it reads forms alone
			{"chat.nothing", "application/json", `{}`, "unknown_method"},
		} {
			equal(t, c.method+" "+c.kind+" "+c.body, raw(t, s, request(t, slackfake.BotToken, c.method, c.kind, c.body)).error(), c.want)
		}
		a := raw(t, s, request(t, slackfake.BotToken, "chat.postMessage", "application/json", body))
		equal(t, "the warning without a charset", a.str("warning"), "missing_charset")
		equal(t, "the type of answers", a.header.Get("Content-Type"), "application/json; charset=utf-8")
	})
}

func TestScopes(t *testing.T) {
	bubble(t, slackfake.Options{Scopes: []string{"chat:write", "channels:read"}}, func(t *testing.T, s *slackfake.Slack) {
		for _, c := range []struct{ method, needed string }{
			{"conversations.history", "channels:history"}, {"conversations.replies", "channels:history"}, {"users.info", "users:read"}, {"usergroups.list", "usergroups:read"},
			{"files.getUploadURLExternal", "files:write"}, {"conversations.open", "im:write"},
		} {
			a := refused(t, s, "missing_scope", c.method, "channel", slackfake.General)
			equal(t, c.method+" needs", a.str("needed"), c.needed)
			equal(t, c.method+" has", a.str("provided"), "chat:write,channels:read")
		}
		a := refused(t, s, "missing_scope", "conversations.list", "types", "public_channel,private_channel")
		equal(t, "private channels need", a.str("needed"), "groups:read")
		refused(t, s, "", "conversations.list")
		refused(t, s, "not_in_channel", "chat.postMessage", "channel", slackfake.Random, "text", "x")
		s.Token(slackfake.BotToken).Grant("chat:write", "chat:write.public")
		refused(t, s, "", "chat.postMessage", "channel", slackfake.Random, "text", "x")
		s.Token(slackfake.AppToken).Grant()
		equal(t, "a socket without the scope", as(t, s, slackfake.AppToken, "apps.connections.open").error(), "missing_scope")
	})
}

func TestAuthTest(t *testing.T) {
	bubble(t, slackfake.Options{Scopes: []string{"chat:write", "commands"}, Enterprise: "E0GRID"}, func(t *testing.T, s *slackfake.Slack) {
		me, err := inside(s).AuthTest()
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "team", me.TeamID, slackfake.Team)
		equal(t, "user", me.UserID, slackfake.Bot)
		equal(t, "bot", me.BotID, slackfake.BotID)
		equal(t, "enterprise", me.EnterpriseID, "E0GRID")
		equal(t, "scopes", me.Header.Get("X-OAuth-Scopes"), "chat:write,commands")
		equal(t, "the app's token is of", as(t, s, slackfake.AppToken, "auth.test").str("app_id"), slackfake.App)
	})
}

func TestRotation(t *testing.T) {
	bubble(t, slackfake.Options{Rotate: true}, func(t *testing.T, s *slackfake.Slack) {
		renew := func(token string) said {
			return as(t, s, "", "oauth.v2.access", "client_id", "1", "client_secret", slackfake.ClientSecret, "grant_type", "refresh_token", "refresh_token", token)
		}
		time.Sleep(12*time.Hour - time.Second)
		refused(t, s, "", "auth.test")
		time.Sleep(time.Second)
		refused(t, s, "token_expired", "auth.test")
		fresh := renew(slackfake.RefreshToken)
		equal(t, "the new token", as(t, s, fresh.str("access_token"), "auth.test").error(), "")
		equal(t, "its life", fresh.body["expires_in"].(float64), 43200)
		equal(t, "the refresh token again", renew(slackfake.RefreshToken).error(), "invalid_refresh_token")
		again := renew(fresh.str("refresh_token"))
		equal(t, "the next", as(t, s, again.str("access_token"), "auth.test").error(), "")
		equal(t, "the one before", as(t, s, fresh.str("access_token"), "auth.test").error(), "token_expired")
		equal(t, "a wrong secret", as(t, s, "", "oauth.v2.access", "client_secret", "x", "grant_type", "refresh_token").error(), "bad_client_secret")
		equal(t, "a code", as(t, s, "", "oauth.v2.access", "client_secret", slackfake.ClientSecret, "code", "x").error(), "invalid_grant_type")
	})
}

func TestCallsAreKept(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		post(t, s, slackfake.General, "x")
		refused(t, s, "channel_not_found", "chat.postMessage", "channel", "C404", "text", "x")
		s.Fail("chat.postMessage", slackfake.Broken(503))
		ask(t, s, "chat.postMessage", "channel", slackfake.General, "text", "y")
		ask(t, s, "auth.test")
		all := s.Calls("chat.postMessage")
		if len(all) != 3 || all[0].Error != "" || all[1].Error != "channel_not_found" || !all[2].Faulty || all[2].Args["text"] != "y" {
			t.Errorf("got %+v", all)
		}
		if len(s.Calls("")) != 4 || slices.ContainsFunc(s.Calls(""), func(c slackfake.Call) bool { return strings.Contains(encoded(t, c), "xoxb") }) {
			t.Errorf("got %+v", s.Calls(""))
		}
	})
}

// Both ways in are the same workspace.
func TestOutsideAndInside(t *testing.T) {
	t.Parallel()
	s := slackfake.New(slackfake.Options{})
	_, ts, err := outside(t, s).PostMessage(slackfake.General, slack.MsgOptionText("hello", false))
	if err != nil {
		t.Fatal(err)
	}
	m, ok := s.Channel("general").Message(ts)
	equal(t, "the message is there", ok, true)
	equal(t, "it says", m.Text, "hello")
	refused(t, s, "", "chat.update", "channel", slackfake.General, "ts", ts, "text", "bye")
	equal(t, "it says now", texts(s.User("ana").Sees(slackfake.General)), "bye")
}
