package law

import "testing"

// A crossing is an import that the fences forbid or allow.
type crossing struct {
	place, name string
	allowed     bool
}

const (
	yes = true
	no  = false
)

var crossings = []crossing{
	{"progress", "./progress/engine", no},
	{"progress", "github.com/google/uuid", no},
	{"progress", "os", no},
	{"progress", "net/http", no},
	{"progress/estimate", "log/slog", no},
	{"progress", "encoding/json", yes},
	{"intents", "./templates", no},
	{"intents/lexicon", "./progress/store", no},
	{"intents", "./progress", yes},
	{"templates/mailcard", "./notify", no},
	{"templates/mailcard", "./templates/words", yes},
	{"progress/engine", "./notify", no},
	{"progress/api", "./intents", no},
	{"notify", "./bot", no},
	{"notify/email", "./bot/slack", no},
	{"progress/api", "./config", no},
	{"cmd/internal/app", "./config", yes},
	{"bench", "./cmd/internal/app", no},
	{"cmd/herald", "./cmd/internal/app", yes},
	{"progress/engine", "database/sql", no},
	{"progress/store", "database/sql", yes},
	{"progress/store", "modernc.org/sqlite", no},
	{"progress/store", "github.com/jackc/pgx/v5/stdlib", no},
	{"progress/db", "github.com/gofrs/flock", yes},
	{"progress/engine", "github.com/gofrs/flock", no},
	{"progress/bus", "github.com/nats-io/nats.go", no},
	{"progress/bus/natsbus", "github.com/nats-io/nats.go", yes},
	{"cmd/internal/app", "github.com/gin-gonic/gin", no},
	{"notify/api", "github.com/gin-gonic/gin", yes},
	{"progress/api/kit", "github.com/gin-gonic/gin", yes},
	{"bot", "github.com/slack-go/slack", no},
	{"bot/slack/slackfake", "github.com/slack-go/slack", yes},
	{"templates", "github.com/bwmarrin/discordgo", no},
	{"templates/discordcard", "github.com/bwmarrin/discordgo", yes},
	{"notify", "github.com/wneessen/go-mail", no},
	{"notify/email", "github.com/wneessen/go-mail", yes},
	{"notify", "github.com/SherClockHolmes/webpush-go", no},
	{"notify/webpush", "github.com/SherClockHolmes/webpush-go", yes},
	{"progress/store", "./progress/db/dbtest", no},
	{"notify/email", "testing", no},
	{"cmd/internal/app", "./bot/slack/slackfake", no},
	{"notify/notifytest", "testing", yes},
	{"notify/email", "./notify/webpush", no},
	{"bot/slack", "./notify/email", no},
	{"bot/slack", "./notify", yes},
	{"notify/webpush", "./notify/email", no},
	{"notify/email", "./notify/webhook", no},
	{"notify/webhook", "./bot/slack", no},
	{"bot/slack", "./bot/discord", no},
	{"bot/discord", "./bot/web", no},
}

// crossingTrials makes a trial of each crossing.
func crossingTrials() []trial {
	all := []trial{
		{"fences", "a test of the core imports notify", files{"progress/engine/a_test.go": imported("./notify")}, "progress/engine/a_test.go"},
		{"fences", "a test imports a kit and a driver", files{"progress/engine/a_test.go": imported("./progress/db/dbtest", "database/sql")}, ""},
	}
	for _, c := range crossings {
		at := ""
		if !c.allowed {
			at = c.place + "/a.go"
		}
		all = append(all, trial{"fences", c.place + " imports " + c.name, files{c.place + "/a.go": imported(c.name)}, at})
	}
	return all
}

func TestEveryFenceCanFail(t *testing.T) {
	for _, w := range fences {
		crossed := false
		for _, c := range crossings {
			crossed = crossed || w.breaks(c.place, false, c.name)
		}
		if !crossed {
			t.Errorf("no crossing breaks the fence round %s", words(w.imports))
		}
	}
}
