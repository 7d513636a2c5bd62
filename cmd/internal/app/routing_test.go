package app_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/taskherald/herald/cmd/internal/app"
	"github.com/taskherald/herald/config"
	"github.com/taskherald/herald/notify/email/smtpfake"
	"github.com/taskherald/herald/progress/db/dbtest"
)

// ruledServer is a server with rules and mail.
func ruledServer(t *testing.T, dialect string, post *smtpfake.Server, rules string) *herald {
	t.Helper()
	file := filepath.Join(t.TempDir(), "herald.yaml")
	if err := os.WriteFile(file, []byte(rules), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(config.Source{File: file, Environ: []string{
		"HERALD_LISTEN=127.0.0.1:0", "HERALD_DATABASE=" + dbtest.URL(t, dialect), "HERALD_ADMIN_TOKEN=" + pageToken,
		"HERALD_EMAIL_SERVER=" + post.Addr(), "HERALD_EMAIL_TLS=off", "HERALD_EMAIL_FROM=Herald <herald@example.com>",
	}})
	if err != nil {
		t.Fatal(err)
	}
	return start(t, c)
}

// reasons is who was told of what, by the kind of event.
func (h *herald) reasons(task string) map[string][]string {
	h.t.Helper()
	var why struct {
		Events []struct {
			Type      string
			Decisions []struct{ Person, Channel, To, Outcome, Why, Rule string }
		}
	}
	code, body := h.call(http.MethodGet, "/api/tasks/"+task+"/why?all=1", pageToken, "")
	if err := json.Unmarshal([]byte(body), &why); code != http.StatusOK || err != nil {
		h.t.Fatal(code, body)
	}
	out := map[string][]string{}
	for _, e := range why.Events {
		for _, d := range e.Decisions {
			out[e.Type] = append(out[e.Type], strings.Join(strings.Fields(fmt.Sprint(d.Person, " ", d.To, " ", d.Outcome, " ", d.Rule)), " "))
		}
	}
	return out
}

// TestRouting is a rule of the settings that has a mailbox told which nobody subscribed, and
// why it was.
func TestRouting(t *testing.T) {
	t.Parallel()
	for _, dialect := range []string{dbtest.SQLite, dbtest.Postgres} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			post := smtpfake.New(t, smtpfake.Options{})
			h := ruledServer(t, dialect, post, `
rules:
  - name: production
    match: {label: {env: prod}, class: [approval, end]}
    tell: ["email:ops@example.com", "group:nobody"]
    escalate: [{after: 5m, tell: [operators]}]
`)
			task := `{"id":"one","title":"Deploy","labels":{"env":"prod"},"steps":[{"name":"go","approval":{"prompt":"Go?"}}]}`
			if code, body := h.call("POST", "/api/tasks", pageToken, task); code != 201 {
				t.Fatal(code, body)
			}
			h.report("one", `{"step":1,"step_status":"running"}`)
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			mails, err := post.Await(ctx, 1)
			if err != nil {
				t.Fatal(err)
			}
			first := mails[0]
			if len(first.To) != 1 || first.To[0] != "ops@example.com" || first.Header.Get("List-Unsubscribe") != "" || strings.Contains(first.Text(), "/act/") {
				t.Errorf("to %q, %q:\n%s", first.To, first.Header, first.Text())
			}
			why := h.reasons("one")
			if got := why["approval.needed"]; !slices.Equal(got, []string{"ops@example.com told production", "admin silent"}) {
				t.Errorf("%q", why)
			}
			code, body := h.call("POST", "/api/routes/test", pageToken, `{"labels":{"env":"prod"},"event":"approval.needed"}`)
			if code != 200 || !strings.Contains(body, `"ops@example.com"`) || !strings.Contains(body, `"operators"`) {
				t.Error(code, body)
			}
		})
	}
}

// TestBadRulesAreRefused is that no server starts with rules that mean nothing.
func TestBadRulesAreRefused(t *testing.T) {
	t.Parallel()
	c := ruled(t, "listen: 127.0.0.1:0\nrules:\n  - tell: [ana]\n    by: [pigeon]\n")
	_, err := app.Open(t.Context(), c, slog.New(slog.DiscardHandler))
	if problems, ok := errors.AsType[config.Problems](err); !ok || !strings.Contains(problems.Error(), "pigeon") {
		t.Error(err)
	}
}

// TestChannelsOfRules is that rules may name the channels that a server really has.
func TestChannelsOfRules(t *testing.T) {
	t.Parallel()
	post := smtpfake.New(t, smtpfake.Options{})
	for _, env := range [][]string{nil, {"HERALD_EMAIL_SERVER=" + post.Addr(), "HERALD_EMAIL_TLS=off", "HERALD_EMAIL_FROM=herald@example.com"}} {
		c := settings(t, dbtest.URL(t, dbtest.SQLite), append(env, "HERALD_OPEN=1")...)
		h := start(t, c)
		_, text := h.call("GET", "/metrics", "", "")
		have := map[string]bool{}
		for _, m := range regexp.MustCompile(`herald_letters_settled_total\{channel="(\w+)"`).FindAllStringSubmatch(text, -1) {
			have[m[1]] = true
		}
		if got := slices.Sorted(maps.Keys(have)); !slices.Equal(got, app.Channels(c)) {
			t.Errorf("there are %q, and rules may name %q", got, app.Channels(c))
		}
	}
}
