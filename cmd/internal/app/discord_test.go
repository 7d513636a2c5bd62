package app_test

import (
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/bot/discord/discordfake"
	"github.com/taskherald/herald/config"
	"github.com/taskherald/herald/progress/db/dbtest"
)

// inDiscord is the settings of a server that is in one of Discord and tells #deploys of
// everything.
func inDiscord(t *testing.T, database, api string, env ...string) config.Config {
	t.Helper()
	file := filepath.Join(t.TempDir(), "herald.yaml")
	if err := os.WriteFile(file, []byte("rules: [{tell: [\"discord:#deploys\"]}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(config.Source{File: file, Environ: append([]string{
		"HERALD_LISTEN=127.0.0.1:0", "HERALD_DATABASE=" + database, "HERALD_ADMIN_TOKEN=" + pageToken,
		"HERALD_DISCORD_TOKEN=" + discordfake.Token, "HERALD_DISCORD_API_URL=" + api,
	}, env...)})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// guild is a server in one of Discord.
type guild struct {
	*herald
	*discordfake.Discord
}

// lends links somebody's account in Discord to a person of whom there is a token.
func (g guild) lends(u *discordfake.User, token string) {
	g.t.Helper()
	var made struct{ Code string }
	code, body := g.call("POST", "/api/chat/codes", token, "")
	if err := json.Unmarshal([]byte(body), &made); code != 201 || err != nil {
		g.t.Fatal(code, body)
	}
	g.listens()
	g.answered(u.Command(discordfake.Deploys, "task", "link", map[string]string{"code": made.Code}))
}

// listens waits until there is a session, and the command is known.
func (g guild) listens() {
	g.t.Helper()
	for end := time.Now().Add(patience); discordfake.Live(g.Discord) == 0 || len(g.Calls(discordfake.CreateCommand)) == 0; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			g.t.Fatalf("it does not listen; the log:\n%s", g.log)
		}
	}
}

// answered waits for what somebody is told who has acted.
func (g guild) answered(i *discordfake.Interaction, err error) string {
	g.t.Helper()
	if err != nil {
		g.t.Fatal(err)
	}
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if all := i.Answers(); len(all) > 0 && !all[0].Waiting {
			return all[0].Shows
		}
	}
	g.t.Fatalf("no answer; the log:\n%s", g.log)
	return ""
}

// eventually waits for a message that somebody sees.
func (g guild) eventually(u *discordfake.User, what string, is func(discordfake.Message) bool) discordfake.Message {
	g.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		all := u.Sees(discordfake.Deploys)
		if i := slices.IndexFunc(all, is); i >= 0 {
			return all[i]
		}
	}
	for _, m := range u.Sees(discordfake.Deploys) {
		g.t.Logf("%s answers %q only=%q: %s", m.ID, m.ReplyTo, m.Only, m.Shows)
	}
	g.t.Fatalf("%s never sees %s; the log:\n%s", u.ID(), what, g.log)
	return discordfake.Message{}
}

// silent is the flag of what nobody is notified of, as cards are.
const silent = 1 << 12

// question waits for the message that asks, and for the card, which asks too.
func (g guild) question(u *discordfake.User) discordfake.Message {
	g.t.Helper()
	asks := func(flag int) func(m discordfake.Message) bool {
		return func(m discordfake.Message) bool {
			return m.Only == "" && m.Flags&silent == flag && strings.Contains(m.Shows, "Approval required")
		}
	}
	g.eventually(u, "the card", asks(silent))
	return g.eventually(u, "the question", asks(0))
}

// TestDiscordApproval is a whole approval in Discord, of which nothing is reached from outside
// of this machine: a card, a question, a press of somebody unknown, of somebody who may, and
// the outcome on every copy.
func TestDiscordApproval(t *testing.T) {
	t.Parallel()
	for _, dialect := range []string{dbtest.SQLite, dbtest.Postgres} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			d := discordfake.New(discordfake.Options{})
			g := guild{start(t, inDiscord(t, dbtest.URL(t, dialect), d.Start(t))), d}
			if u, err := url.Parse(g.url); err != nil || !net.ParseIP(u.Hostname()).IsLoopback() {
				t.Fatal("it listens at", g.url)
			}
			ana, ben := d.User(discordfake.Ana), d.User(discordfake.Ben)
			g.listens()
			g.asks("one")
			question := g.question(ana)
			if said := g.answered(ben.Press(question, "Approve")); !strings.Contains(said, "link CODE") {
				t.Error(said)
			}
			g.lends(ana, g.person("ana", "member", worksHere))
			if got := g.approval("one"); got != "pending  " {
				t.Fatal(got)
			}
			if said := g.answered(ana.Press(question, "Approve")); !strings.Contains(said, "is approved") {
				t.Error(said)
			}
			if got := g.approval("one"); got != "approved ana button" {
				t.Error(got)
			}
			done := g.eventually(ben, "the outcome", func(m discordfake.Message) bool { return m.ID == question.ID && m.Edits > 0 })
			if !strings.Contains(done.Shows, "approved by ana") {
				t.Errorf("it says\n%s", done.Shows)
			}
			if _, err := ben.Press(done, "Approve"); err == nil {
				t.Error("it has its buttons still")
			}
			if limited := d.Limited(); len(limited) > 0 {
				t.Errorf("%+v", limited)
			}
		})
	}
}

// TestDiscordAfterRestart is that a button that was posted by a process that is gone works the
// first time.
func TestDiscordAfterRestart(t *testing.T) {
	t.Parallel()
	d := discordfake.New(discordfake.Options{})
	api, database := d.Start(t), filepath.Join(t.TempDir(), "herald.db")
	g := guild{start(t, inDiscord(t, database, api)), d}
	ana := d.User(discordfake.Ana)
	g.lends(ana, g.person("ana", "member", worksHere))
	g.asks("one")
	question := g.question(ana)
	if err := g.stop(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(patience); discordfake.Live(d) > 0 && time.Now().Before(end); { // or the press would go down the old one
		time.Sleep(20 * time.Millisecond)
	}
	g.herald = start(t, inDiscord(t, database, api))
	g.listens()
	g.answered(ana.Press(question, "Approve"))
	g.eventually(ana, "the outcome", func(m discordfake.Message) bool {
		return m.ID == question.ID && strings.Contains(m.Shows, "approved by ana")
	})
	if got := g.approval("one"); got != "approved ana button" {
		t.Error(got)
	}
	standing := 0
	for _, m := range ana.Sees(discordfake.Deploys) {
		if m.Only == "" {
			standing++
		}
	}
	if standing != 2 {
		t.Errorf("%d messages stand in the channel, of a card and a question", standing)
	}
}

// TestDiscordSigned is a command that Discord sends, signed, to a node on which another works
// the lanes: it is answered.
func TestDiscordSigned(t *testing.T) {
	t.Parallel()
	d := discordfake.New(discordfake.Options{})
	api, database := d.Start(t), dbtest.URL(t, dbtest.Postgres)
	key := "HERALD_DISCORD_PUBLIC_KEY=" + discordfake.PublicKey
	guild{start(t, inDiscord(t, database, api, key)), d}.listens()
	g := guild{start(t, inDiscord(t, database, api, key)), d}
	if err := d.Deliver(t.Context(), g.url+"/discord/interactions", http.DefaultClient); err != nil {
		t.Fatal(err)
	}
	ana := d.User(discordfake.Ana)
	g.lends(ana, g.person("ana", "member", worksHere))
	if said := g.answered(ana.Command(discordfake.General, "task", "help", nil)); !strings.Contains(said, "you can ask") {
		t.Error(said)
	}
}
