package api

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/ledger"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
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

	Secret func() string       // makes one that signs
	Poke   func([]notify.Lane) // has lanes look for letters; nil: they look by themselves
	Now    func() time.Time    // nil means time.Now
}

// Guard says where may be sent to.
type Guard interface {
	// CheckURL refuses a URL that could never be called; the error is Invalid, of the
	// field url.
	CheckURL(raw string) (*url.URL, error)
}

// server is what the handlers share.
type server struct{ Options }

// New makes the guest. It answers as soon as its host does.
func New(o Options) kit.Guest {
	if o.Poke == nil {
		o.Poke = func([]notify.Lane) {}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return kit.Guest{Routes: routes(&server{Options: o}), Described: openapiFiles}
}

// routes is the table of routes. What gives a secret needs the right to operate,
// so that a token for reading cannot sign. Who has lost that right can still stop
// what is sent in their name: remove a webhook, or switch it off.
func routes(s *server) []kit.Route {
	h, k, d := webhooks{s}, secrets{s}, deliveries{s}
	return []kit.Route{
		{Method: http.MethodGet, Path: "/api/webhooks", Name: "listWebhooks", Right: progress.MayRead, Do: h.list},
		{Method: http.MethodPost, Path: "/api/webhooks", Name: "addWebhook", Right: progress.MayOperate, Do: h.add},
		{Method: http.MethodGet, Path: "/api/webhooks/:id", Name: "getWebhook", Right: progress.MayRead, Do: h.get},
		{Method: http.MethodPatch, Path: "/api/webhooks/:id", Name: "changeWebhook", Right: progress.MayRead, Do: h.change},
		{Method: http.MethodDelete, Path: "/api/webhooks/:id", Name: "removeWebhook", Right: progress.MayRead, Do: h.remove},
		{Method: http.MethodPost, Path: "/api/webhooks/:id/rotate", Name: "rotateWebhook", Right: progress.MayOperate, Do: k.rotateWebhook},
		{Method: http.MethodPost, Path: "/api/webhooks/:id/test", Name: "testWebhook", Right: progress.MayOperate, Do: h.test},
		{Method: http.MethodGet, Path: "/api/callbacks/secret", Name: "getCallbackSecret", Right: progress.MayOperate, Do: k.getCallback},
		{Method: http.MethodPost, Path: "/api/callbacks/secret/rotate", Name: "rotateCallbackSecret", Right: progress.MayOperate, Do: k.rotateCallback},
		{Method: http.MethodGet, Path: "/api/deliveries", Name: "listDeliveries", Right: progress.MayRead, Do: d.list},
		{Method: http.MethodPost, Path: "/api/deliveries/redrive", Name: "redriveDeliveries", Right: progress.MayOperate, Do: d.redriveAll},
		{Method: http.MethodGet, Path: "/api/deliveries/:id", Name: "getDelivery", Right: progress.MayRead, Do: d.get},
		{Method: http.MethodPost, Path: "/api/deliveries/:id/redrive", Name: "redriveDelivery", Right: progress.MayOperate, Do: d.redriveOne},
	}
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

// trouble is an error of the ledger as a caller may see it.
func trouble(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*progress.Error](err); ok {
		return err
	}
	return &progress.Error{Code: progress.Unavailable, Err: err, Say: "the database cannot be used right now; try again in a moment"}
}
