package api

import (
	"context"
	"embed"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/intents"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/webpage"
)

// openapiFiles are the parts of the description.
//
//go:embed openapi/*.yaml
var openapiFiles embed.FS

// Hearer understands and answers: *bot.Bot is one.
type Hearer interface {
	// Hear does what a turn asks for, as far as who said it may, and gives what there is
	// to say, with how the words were read, which of a press is the zero Reading. What
	// people can understand is no error: only that the database cannot be used, and that
	// ctx has ended.
	Hear(ctx context.Context, t bot.Turn) (templates.Reply, intents.Reading, error)
}

// Options are what the routes stand on. Its funcs are called from many goroutines.
type Options struct {
	Bot Hearer

	// Reader is how somebody reads: the language of answers to words that do not tell
	// theirs, and the zone of times.
	Reader func(ctx context.Context, p progress.Person) (templates.Reader, error)

	// Text lays a reply out as plain text.
	Text func(r templates.Reply) string

	// Accounts are the chat accounts of people; nil: this server links none. Person is what
	// somebody may do now, whatever they call with; ok is false for one who is gone.
	Accounts Accounts
	Person   func(ctx context.Context, p progress.Person) (who progress.Actor, ok bool, err error)

	Now func() time.Time // nil means time.Now
}

// How fast one person may talk, whatever they call with.
const (
	chatRate  = 20  // messages a second
	chatBurst = 100 // at once
)

// New makes the guest. It answers as soon as its host does.
func New(o Options) kit.Guest {
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &server{Options: o, pace: kit.NewLimiter(chatRate, chatBurst, "messages to the bot"), layout: sync.OnceValues(webpage.New)}
	chat := kit.Route{Method: http.MethodPost, Path: "/api/chat", Name: "chat", Right: progress.MayRead, Do: s.chat}
	return kit.Guest{Routes: slices.Concat([]kit.Route{chat}, accountRoutes(s), pageRoutes(s)), Described: openapiFiles}
}

// server is what the handlers stand on.
type server struct {
	Options
	pace   *kit.Limiter
	layout func() (*webpage.Layout, error) // of pages
}
