package crash

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/bot/slack/slackfake"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
	"github.com/taskherald/herald/progress/db/dbtest"
)

// TestSlack kills the server at random moments around the posting of a question in Slack: once
// it runs again the first press of the button decides, and there is one card and one question.
func TestSlack(t *testing.T) {
	t.Parallel()
	kills, ok := long()
	if !ok {
		kills = 3
	}
	for _, dialect := range []string{dbtest.SQLite, dbtest.Postgres} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			f := newFloor(t, dbtest.URL(t, dialect))
			f.start()
			f.links()
			rng := rand.New(rand.NewPCG(uint64(kills), 12))
			for n := range kills {
				id := f.asks(n)
				time.Sleep(time.Duration(rng.IntN(600)) * time.Millisecond) // when it dies, no proof of anything
				f.kill()
				poll(f, "the end of the socket", func() bool { return f.slack.Feed().Connections() == 0 })
				f.start()
				f.decides(id)
			}
			f.kill()
		})
	}
}

// floor is a server in a workspace of Slack.
type floor struct {
	*office
	slack *slackfake.Slack
	ana   *slackfake.User
}

func newFloor(t testing.TB, database string) *floor {
	t.Helper()
	s := slackfake.New(slackfake.Options{Burst: 100})
	f := &floor{&office{server: newServer(t, database)}, s, s.User(slackfake.Ana)}
	rules := filepath.Join(f.home, "herald.yaml")
	if err := os.WriteFile(rules, []byte("rules: [{tell: [\"slack:#deploys\"]}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	f.more = []string{
		"HERALD_CONFIG=" + rules, "HERALD_SLACK_BOT_TOKEN=" + slackfake.BotToken, "HERALD_SLACK_APP_TOKEN=" + slackfake.AppToken,
		"HERALD_SLACK_API_URL=" + s.Start(t),
	}
	return f
}

// links makes Ana's account that of the admin.
func (f *floor) links() {
	f.Helper()
	var made struct{ Code string }
	f.ask(http.MethodPost, "/api/chat/codes", nil, &made)
	poll(f, "a socket", func() bool { return f.slack.Feed().Connections() > 0 })
	f.done(f.ana.Command("/herald", "link "+made.Code, slackfake.Deploys))
}

// done waits until the server has acknowledged something.
func (f *floor) done(d *slackfake.Delivery, err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(f.Context(), patience)
	defer cancel()
	if err := d.Wait(ctx); err != nil {
		f.Fatal(err)
	}
}

// asks makes a task that waits for a decision at once.
func (o *office) asks(n int) progress.TaskID {
	o.Helper()
	id := progress.TaskID(fmt.Sprintf("question-%d", n))
	d := client.Draft{ID: id, Title: "Deploy " + string(id), Steps: []client.DraftStep{{Name: "one"}}}
	if _, err := o.Work().Create(o.Context(), d); err != nil {
		o.Fatal(err)
	}
	if _, err := o.Work().Ask(o.Context(), id, 1, progress.Gate{Prompt: "Go on?", SelfApproval: true}); err != nil {
		o.Fatal(err)
	}
	return id
}

// decides waits for the question of a task, presses its button once, and looks at what stands
// in the room.
func (f *floor) decides(id progress.TaskID) {
	f.Helper()
	defer func() {
		if !f.Failed() {
			return
		}
		for _, m := range f.ana.Sees(slackfake.Deploys) {
			f.Logf("%s below %q, for %q, changed %d times:\n%s", m.TS, m.Thread, m.Only, m.Edits, m.Shows)
		}
		f.Log(f.said.String())
	}()
	var question slackfake.Message
	poll(f, "the question of "+string(id)+" and a socket", func() bool {
		all := f.about(id, "Approval required")
		if len(all) < 2 { // the card asks too
			return false
		}
		question = all[1]
		return f.slack.Feed().Connections() > 0
	})
	f.done(f.ana.Press(question, "Approve"))
	poll(f, "the outcome of "+string(id), func() bool { return len(f.about(id, "was approved by admin")) >= 2 })
	task, err := f.Task(f.Context(), id)
	if err != nil || task.Steps[0].Approval.DecidedBy != "admin" || task.Steps[0].Approval.Via != progress.ViaButton {
		f.Errorf("%s: %+v, %v", id, task.Steps, err)
	}
	if all := f.about(id, ""); len(all) != 2 {
		f.Errorf("%d messages stand there of a card and a question", len(all))
	}
}

// about are the messages of a task that stand in the room by themselves, for all.
func (f *floor) about(id progress.TaskID, text string) (out []slackfake.Message) {
	for _, m := range f.ana.Sees(slackfake.Deploys) {
		if m.Thread == "" && m.Only == "" && strings.Contains(m.Shows, "Deploy "+string(id)) && strings.Contains(m.Shows, text) {
			out = append(out, m)
		}
	}
	return out
}
