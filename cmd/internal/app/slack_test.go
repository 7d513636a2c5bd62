package app_test

import (
	"context"
	"encoding/json"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/bot/slack/slackfake"
	"github.com/taskherald/herald/config"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/dbtest"
	"github.com/taskherald/herald/progress/db/table"
)

// inSlack is the settings of a server that is in a workspace and tells #deploys of everything.
func inSlack(t *testing.T, database, api string, env ...string) config.Config {
	t.Helper()
	file := filepath.Join(t.TempDir(), "herald.yaml")
	if err := os.WriteFile(file, []byte("rules: [{tell: [\"slack:#deploys\"]}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(config.Source{File: file, Environ: append([]string{
		"HERALD_LISTEN=127.0.0.1:0", "HERALD_DATABASE=" + database, "HERALD_ADMIN_TOKEN=" + pageToken,
		"HERALD_SLACK_BOT_TOKEN=" + slackfake.BotToken, "HERALD_SLACK_APP_TOKEN=" + slackfake.AppToken, "HERALD_SLACK_API_URL=" + api,
	}, env...)})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// lends links somebody's account in Slack to a person of whom there is a token.
func (h *herald) lends(u *slackfake.User, token string) {
	h.t.Helper()
	var made struct{ Code string }
	code, body := h.call("POST", "/api/chat/codes", token, "")
	if err := json.Unmarshal([]byte(body), &made); code != 201 || err != nil {
		h.t.Fatal(code, body)
	}
	h.commands(u, "link "+made.Code)
}

// commands gives a slash command, which has to be acknowledged.
func (h *herald) commands(u *slackfake.User, text string) {
	h.t.Helper()
	d, err := u.Command("/herald", text, slackfake.Deploys)
	h.acknowledged(d, err)
}

func (h *herald) acknowledged(d *slackfake.Delivery, err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(h.t.Context(), patience)
	defer cancel()
	if err := d.Wait(ctx); err != nil {
		h.t.Fatal(err)
	}
}

// eventually waits for a message that somebody sees.
func (h *herald) eventually(u *slackfake.User, room string, what string, is func(slackfake.Message) bool) slackfake.Message {
	h.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		all := u.Sees(room)
		if i := slices.IndexFunc(all, is); i >= 0 {
			return all[i]
		}
	}
	for _, m := range u.Sees(room) {
		h.t.Logf("%s %s %s only=%s: %s", m.TS, m.Thread, m.User, m.Only, m.Shows)
	}
	h.t.Fatalf("%s never sees %s; the log:\n%s", u.ID(), what, h.log)
	return slackfake.Message{}
}

// question waits for the message that asks; the card asks too, and stands above it.
func (h *herald) question(u *slackfake.User) slackfake.Message {
	h.t.Helper()
	seen := ""
	return h.eventually(u, slackfake.Deploys, "the question", func(m slackfake.Message) bool {
		asks := m.Thread == "" && m.Only == "" && says("Approval required")(m)
		if asks && (seen == "" || m.TS <= seen) {
			seen = m.TS
			return false
		}
		return asks
	})
}

// says is a message with all of some texts.
func says(texts ...string) func(slackfake.Message) bool {
	return func(m slackfake.Message) bool {
		return !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(m.Shows, text) })
	}
}

// aside is a message for one person alone with some texts.
func aside(texts ...string) func(slackfake.Message) bool {
	return func(m slackfake.Message) bool { return m.Only != "" && says(texts...)(m) }
}

// TestSlackApproval is a whole approval in Slack, of which nothing is reached from outside
// of this machine: a card, a question, a press of somebody unknown, of somebody who may, and
// the outcome on every copy.
func TestSlackApproval(t *testing.T) {
	t.Parallel()
	for _, dialect := range []string{dbtest.SQLite, dbtest.Postgres} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			s := slackfake.New(slackfake.Options{})
			h := start(t, inSlack(t, dbtest.URL(t, dialect), s.Start(t)))
			if u, err := url.Parse(h.url); err != nil || !net.ParseIP(u.Hostname()).IsLoopback() {
				t.Fatal("it listens at", h.url)
			}
			ana, ben := s.User(slackfake.Ana), s.User(slackfake.Ben)
			h.asks("one")
			question := h.question(ana)
			h.acknowledged(ben.Press(question, "Approve"))
			h.eventually(ben, slackfake.Deploys, "why not", aside("link"))
			h.lends(ana, h.person("ana", "member", worksHere))
			h.eventually(ana, slackfake.Deploys, "that it is linked", aside("ana"))
			if got := h.approval("one"); got != "pending  " {
				t.Fatal(got)
			}
			h.acknowledged(ana.Press(question, "Approve"))
			h.eventually(ana, slackfake.Deploys, "that it is done", aside("is approved"))
			if got := h.approval("one"); got != "approved ana button" {
				t.Error(got)
			}
			done := h.eventually(ben, slackfake.Deploys, "the outcome", func(m slackfake.Message) bool { return m.TS == question.TS && m.Edits > 0 })
			if !strings.Contains(done.Shows, "approved by ana") {
				t.Errorf("it says\n%s", done.Shows)
			}
			if _, err := ben.Press(done, "Approve"); err == nil {
				t.Error("it has its buttons still")
			}
			h.acknowledged(ben.Press(question, "Reject…"))
			if limited := s.Limited(); len(limited) > 0 {
				t.Errorf("%+v", limited)
			}
		})
	}
}

// TestSlackAfterRestart is that a button that was posted by a process that is gone works the
// first time.
func TestSlackAfterRestart(t *testing.T) {
	t.Parallel()
	s := slackfake.New(slackfake.Options{})
	api, database := s.Start(t), filepath.Join(t.TempDir(), "herald.db")
	h := start(t, inSlack(t, database, api))
	ana := s.User(slackfake.Ana)
	h.lends(ana, h.person("ana", "member", worksHere))
	h.asks("one")
	question := h.question(ana)
	if err := h.stop(); err != nil {
		t.Fatal(err)
	}
	lines := func(some bool) {
		for end := time.Now().Add(patience); (s.Feed().Connections() > 0) != some && time.Now().Before(end); {
			time.Sleep(20 * time.Millisecond)
		}
	}
	lines(false) // or the press would go down the old one
	h = start(t, inSlack(t, database, api))
	lines(true)
	h.acknowledged(ana.Press(question, "Approve"))
	h.eventually(ana, slackfake.Deploys, "the outcome", func(m slackfake.Message) bool {
		return m.TS == question.TS && says("approved by ana")(m)
	})
	if got := h.approval("one"); got != "approved ana button" {
		t.Error(got)
	}
	standing := 0
	for _, m := range ana.Sees(slackfake.Deploys) {
		if m.Thread == "" && m.Only == "" {
			standing++
		}
	}
	if standing != 2 {
		t.Errorf("%d messages stand in the room, of a card and a question", standing)
	}
}

// TestSlackSigned is a command that Slack sends, signed, to a node on which another works the
// lanes: it is answered.
func TestSlackSigned(t *testing.T) {
	t.Parallel()
	s := slackfake.New(slackfake.Options{})
	api, database := s.Start(t), dbtest.URL(t, dbtest.Postgres)
	signed := "HERALD_SLACK_SIGNING_SECRET=" + slackfake.SigningSecret
	first := start(t, inSlack(t, database, api, signed, "HERALD_SLACK_APP_TOKEN="))
	first.asks("one")
	ana := s.User(slackfake.Ana)
	first.question(ana)
	h := start(t, inSlack(t, database, api, signed, "HERALD_SLACK_APP_TOKEN="))
	if err := s.Deliver(t.Context(), slackfake.Endpoint{
		Events: h.url + "/slack/events", Interactive: h.url + "/slack/interactions", Commands: h.url + "/slack/commands",
	}); err != nil {
		t.Fatal(err)
	}
	h.lends(ana, h.person("ana", "member", worksHere))
	h.eventually(ana, slackfake.Deploys, "that it is linked", aside("ana"))
}

// TestSlackLeaseComesBack is a node that works the lanes to Slack again after another did: it
// listens as before.
func TestSlackLeaseComesBack(t *testing.T) {
	t.Parallel()
	s := slackfake.New(slackfake.Options{})
	api, database := s.Start(t), dbtest.URL(t, dbtest.Postgres)
	h := start(t, inSlack(t, database, api))
	listens := func(want int) {
		t.Helper()
		for end := time.Now().Add(patience); (s.Feed().Connections() > 0) != (want > 0); time.Sleep(20 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%d connections, want %d; the log:\n%s", s.Feed().Connections(), want, h.log)
			}
		}
	}
	listens(1)
	d, err := db.Open(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := db.Change(t.Context(), d, func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `UPDATE leases SET holder = 'another', until_at = $1 WHERE name = 'notify'`, table.Micros(time.Now().Add(4*time.Second)))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	listens(0)
	listens(1)
	ana := s.User(slackfake.Ana)
	h.lends(ana, h.person("ana", "member", worksHere))
	h.eventually(ana, slackfake.Deploys, "that it is linked", aside("ana"))
}
