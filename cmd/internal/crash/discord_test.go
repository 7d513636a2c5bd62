package crash

import (
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/bot/discord/discordfake"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db/dbtest"
)

// TestDiscord kills the server at random moments around the posting of a question in Discord:
// once it runs again the first press of the button decides, and there is one card and one
// question.
func TestDiscord(t *testing.T) {
	t.Parallel()
	kills, ok := long()
	if !ok {
		kills = 2
	}
	for _, dialect := range []string{dbtest.SQLite, dbtest.Postgres} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			h := newHall(t, dbtest.URL(t, dialect))
			h.start()
			h.links()
			rng := rand.New(rand.NewPCG(uint64(kills), 13))
			for n := range kills {
				id := h.asks(n)
				time.Sleep(time.Duration(rng.IntN(600)) * time.Millisecond) // when it dies, no proof of anything
				h.kill()
				poll(h, "the end of the connection", func() bool { return h.discord.Feed().Connections() == 0 })
				h.start()
				h.decides(id)
			}
			h.kill()
		})
	}
}

// hall is a server in one of Discord.
type hall struct {
	*office
	discord *discordfake.Discord
	ana     *discordfake.User
}

func newHall(t testing.TB, database string) *hall {
	t.Helper()
	d := discordfake.New(discordfake.Options{})
	h := &hall{office: &office{server: newServer(t, database)}, discord: d, ana: d.User(discordfake.Ana)}
	rules := filepath.Join(h.home, "herald.yaml")
	if err := os.WriteFile(rules, []byte("rules: [{tell: [\"discord:#deploys\"]}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	h.more = []string{"HERALD_CONFIG=" + rules, "HERALD_DISCORD_TOKEN=" + discordfake.Token, "HERALD_DISCORD_API_URL=" + d.Start(t)}
	return h
}

// listens reports whether somebody hears what is pressed.
func (h *hall) listens() bool { return discordfake.Live(h.discord) > 0 }

// links makes Ana's account that of the admin.
func (h *hall) links() {
	h.Helper()
	var made struct{ Code string }
	h.ask(http.MethodPost, "/api/chat/codes", nil, &made)
	poll(h, "the command and a connection", func() bool { return h.listens() && len(h.discord.Calls(discordfake.CreateCommand)) > 0 })
	h.answered(h.ana.Command(discordfake.Deploys, "task", "link", map[string]string{"code": made.Code}))
}

// answered waits until somebody is told what came of what they did.
func (h *hall) answered(i *discordfake.Interaction, err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
	poll(h, "an answer", func() bool { all := i.Answers(); return len(all) > 0 && !all[0].Waiting })
}

// decides waits for the question of a task, presses its button once, and looks at what stands
// in the channel.
func (h *hall) decides(id progress.TaskID) {
	h.Helper()
	defer func() {
		if !h.Failed() {
			return
		}
		for _, m := range h.ana.Sees(discordfake.Deploys) {
			h.Logf("%s answers %q, for %q, changed %d times:\n%s", m.ID, m.ReplyTo, m.Only, m.Edits, m.Shows)
		}
		h.Log(h.said.String())
	}()
	var question discordfake.Message
	poll(h, "the question of "+string(id)+" and a session", func() bool {
		for _, m := range h.about(id, "Approval required") {
			if m.Flags&silent == 0 {
				question = m
			}
		}
		return question.ID != "" && len(h.about(id, "Approval required")) == 2 && h.listens()
	})
	h.answered(h.ana.Press(question, "Approve"))
	poll(h, "the outcome of "+string(id), func() bool { return len(h.about(id, "approved by admin")) >= 2 })
	task, err := h.Task(h.Context(), id)
	if err != nil || task.Steps[0].Approval.DecidedBy != "admin" || task.Steps[0].Approval.Via != progress.ViaButton {
		h.Errorf("%s: %+v, %v", id, task.Steps, err)
	}
	if all := h.about(id, ""); len(all) != 2 {
		h.Errorf("%d messages stand there of a card and a question", len(all))
	}
}

// silent is the flag of what nobody is notified of, as cards are.
const silent = 1 << 12

// about are the messages of a task that stand in the channel, for all.
func (h *hall) about(id progress.TaskID, text string) (out []discordfake.Message) {
	for _, m := range h.ana.Sees(discordfake.Deploys) {
		if m.Only == "" && strings.Contains(m.Shows, "Deploy "+string(id)) && strings.Contains(m.Shows, text) {
			out = append(out, m)
		}
	}
	return out
}
