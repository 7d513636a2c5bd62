package api

import (
	"context"
	"embed"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/ledger"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
	"github.com/taskherald/herald/progress/ticket"
	"github.com/taskherald/herald/templates/webpage"
)

// openapiFiles are the parts of the description.
//
//go:embed openapi/*.yaml
var openapiFiles embed.FS

// Options are what the routes stand on. Its funcs are called from many goroutines.
type Options struct {
	Ledger *ledger.Ledger
	Guard  Guard

	// Task is a task as it is now; the error of one that does not exist has the code
	// NotFound.
	Task func(ctx context.Context, id progress.TaskID) (progress.Task, error)

	// What links in messages stand on; without Sealer there are none. Person is what
	// somebody may do now; ok is false for one who is gone. Do gives a command and
	// returns the task after it. URL is where people reach this server, without a slash
	// at its end.
	Sealer *ticket.Sealer
	Person func(ctx context.Context, p progress.Person) (who progress.Actor, ok bool, err error)
	Do     func(ctx context.Context, c progress.Command) (progress.Task, error)
	URL    func() string

	Secret func() string       // makes one that signs
	Poke   func([]notify.Lane) // has lanes look for letters; nil: they look by themselves
	Now    func() time.Time    // nil means time.Now

	Email bool          // this server sends mail
	Over  time.Duration // of a mail's subscription that does not say how long a run has to take
	Push  Push          // nil: this server sends nothing to browsers

	Channels []string // all that this server has
	Language string   // of those who have not said theirs
	Zone     string   // the same, an IANA name

	// Events are the milestones of a task after a seq, the oldest first. Preview says what
	// an event of a task leads to if it happens at a time, and what happens while nobody
	// decides what it asks, nil where it asks nothing; it changes nothing.
	Events  func(ctx context.Context, id progress.TaskID, since int64, limit int) ([]progress.Event, error)
	Preview func(ctx context.Context, t *progress.Task, e *progress.Event, at time.Time) (notify.Trace, *notify.Chain, error)
}

// Guard says where may be sent to.
type Guard interface {
	// CheckURL refuses a URL that could never be called; the error is Invalid, of the
	// field url.
	CheckURL(raw string) (*url.URL, error)
}

// server is what the handlers share.
type server struct {
	Options
	layout func() (*webpage.Layout, error) // of pages
}

// New makes the guest. It answers as soon as its host does.
func New(o Options) kit.Guest {
	if o.Poke == nil {
		o.Poke = func([]notify.Lane) {}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return kit.Guest{Routes: routes(&server{Options: o, layout: sync.OnceValues(webpage.New)}), Described: openapiFiles}
}

// routes is the table of routes.
func routes(s *server) []kit.Route {
	return slices.Concat(webhookRoutes(s), subscriptionRoutes(s), pushRoutes(s), deliveryRoutes(s), preferenceRoutes(s), reasonRoutes(s), actRoutes(s), pageRoutes(s))
}

// now is the time, as exact as the database keeps it.
func (s *server) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

// mine reports whether what is a person's is for the caller, too.
func mine(c *kit.Call, person progress.Person) bool {
	return c.Who.Person == person || c.Who.Has(progress.MayAdmin)
}

// whose is the person whose things are meant: the caller, or "" for everybody, which
// admins may ask for.
func whose(c *kit.Call, all bool) (progress.Person, error) {
	switch {
	case !all:
		return c.Who.Person, nil
	case !c.Who.Has(progress.MayAdmin):
		return "", &progress.Error{Code: progress.Forbidden, Field: "all", Say: "everybody's are for admins"}
	}
	return "", nil
}
