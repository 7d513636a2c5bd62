package api

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzhttp"
	"github.com/rs/cors"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/api/kit"
	"github.com/taskherald/herald/progress/api/meter"
	"github.com/taskherald/herald/progress/engine"
	"github.com/taskherald/herald/progress/live"
	"github.com/taskherald/herald/progress/store"
	"github.com/taskherald/herald/templates/webpage"
)

// Options are what the API stands on, and its settings.
type Options struct {
	Engine *engine.Engine
	Store  *store.Store
	Index  *store.Index
	Access *access.Access
	Hub    *live.Hub
	Bus    Bell
	Meter  *meter.Meter // of this server alone; nil means one that only the API uses

	Body           int64         // bytes of one JSON body; 0 means 1 MiB
	Batch          int64         // bytes of one NDJSON body; 0 means 16 MiB
	Grace          time.Duration // after which a workflow session ends whose last step is done; 0 means a minute, less than 0 never
	Rate           float64       // requests a second of one credential; 0 means no limit
	CORS           []string      // origins whose pages may call; none: off
	TrustedProxies []string      // addresses and networks whose X-Forwarded-For counts; none: nobody's
	PublicURL      string        // where people reach this server; "" means where the request came
	Version        string        // of Herald, for the API's description
	Guests         []kit.Guest   // parts that live elsewhere

	// ETA is how long a task still takes, nil if nobody can tell, or it has ended;
	// without it only what workers say themselves is shown.
	ETA func(*progress.Task) *progress.ETA

	Ready    func(ctx context.Context) error // whether the server can do its work
	Stopping <-chan struct{}                 // closed when waiting requests should be answered as things are
	Log      *slog.Logger                    // nil means slog.Default
}

// Bell tells that tasks have moved.
type Bell interface {
	// Listen calls f for every change of the task, of every task for "", until
	// stop is called. f must not block.
	Listen(id progress.TaskID, f func(progress.Moved)) (stop func())
}

// server is what the handlers share.
type server struct {
	Options
	ids      *kit.RequestIDs
	limiter  *kit.Limiter
	guesses  *kit.Limiter // of secrets, by address
	visitors *kit.Limiter // of open routes of guests, by address
	secrets  secretPaths  // of guests
	waits    *kit.Gauge   // of requests that wait, by credential
	trials   *kit.Gauge   // of replays of past runs, by credential
	replies  *kit.Replies // of guests, by idempotency key
	line     *line        // of workers that wait for a task
	origins  *origins
	layout   *webpage.Layout
	metrics  http.Handler
	watchers *watchers // of workflows, on Socket.IO
	now      func() time.Time

	described func() (*description, error) // the document, made when it is first asked for
}

// How often one address may be wrong about a secret that Herald did not make.
const (
	guessesPerSecond = 1
	guessesBurst     = 30
)

// How often one address may call the open routes of guests. Many people may share one:
// that of a proxy, or of a mail provider.
const (
	visitorsPerSecond = 100
	visitorsBurst     = 1000
)

// maxWaits is how many requests of one credential may wait at a time, event
// streams included.
const maxWaits = 1000

// API is all faces of Herald. Close ends its sockets that the hub does not have.
type API struct {
	http.Handler
	watchers *watchers
}

// Close ends the sockets of Socket.IO clients, who come back to another server,
// and waits until they are gone.
func (a *API) Close() { a.watchers.io.Close() }

// New builds the handler of all faces.
func New(o Options) (*API, error) {
	o = o.defaults()
	s := &server{
		Options: o, ids: kit.NewRequestIDs(), limiter: kit.NewLimiter(o.Rate, int(2*o.Rate)+1, "requests"),
		guesses: kit.NewLimiter(guessesPerSecond, guessesBurst, "wrong tokens"), now: time.Now,
		visitors: kit.NewLimiter(visitorsPerSecond, visitorsBurst, "requests"),
		waits:    kit.NewGauge(maxWaits), trials: kit.NewGauge(trialsAtOnce), line: newLine(o.Bus), replies: kit.NewReplies(time.Now),
		secrets: secretsOf(o.Guests),
	}
	s.described = sync.OnceValues(func() (*description, error) {
		return describe(slices.Concat(s.routes(), slices.DeleteFunc(s.hosted(), route.page)), o.Version, o.PublicURL, described(o.Guests)...)
	})
	var err error
	if s.origins, err = newOrigins(o.CORS, o.PublicURL); err != nil {
		return nil, err
	}
	if s.metrics, err = s.measured(); err != nil {
		return nil, err
	}
	if s.layout, err = webpage.New(); err != nil {
		return nil, err
	}
	s.watchers = newWatchers(s)
	router, err := s.router()
	if err != nil {
		return nil, err
	}
	h, err := s.dress(router)
	return &API{h, s.watchers}, err
}

func (o Options) defaults() Options {
	if o.Body == 0 {
		o.Body = 1 << 20
	}
	if o.Batch == 0 {
		o.Batch = 16 << 20
	}
	if o.Grace == 0 {
		o.Grace = time.Minute
	}
	if o.ETA == nil {
		o.ETA = progress.ClaimedETA
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Meter == nil {
		o.Meter = meter.New(meter.Options{Version: o.Version})
	}
	if o.Ready == nil {
		o.Ready = func(context.Context) error { return nil }
	}
	return o
}

func (s *server) router() (*gin.Engine, error) {
	gin.SetMode(gin.ReleaseMode)
	g := gin.New()
	g.HandleMethodNotAllowed = true
	g.RedirectTrailingSlash = false
	g.UseRawPath = true // a name may hold what a path means something by
	if err := g.SetTrustedProxies(s.TrustedProxies); err != nil {
		return nil, fmt.Errorf("trusted proxies: %w", err)
	}
	for _, r := range slices.Concat(s.routes(), s.hosted(), pageRoutes, socketAliases) {
		g.Handle(r.method, r.path, s.serve(r))
	}
	lost := &face{refuse: refuseByPath}
	g.NoRoute(s.serve(route{open: true, face: lost, do: nothingThere}))
	g.NoMethod(s.serve(route{open: true, face: lost, do: notAllowed}))
	return g, nil
}

// nothingThere answers a path that there is not.
func nothingThere(c *call) error {
	return &progress.Error{Code: progress.NotFound, Say: "there is nothing at " + c.secrets.shown(c.Request.URL.Path)}
}

// notAllowed answers a path that exists, asked for in a way that it does not know.
func notAllowed(c *call) error {
	return kit.WrongMethod(c.Request.Method)
}

// refuseByPath says what goes wrong where no route is, as those beside it would.
func refuseByPath(c *call, id string, err error) {
	path := c.Request.URL.Path
	switch {
	case strings.HasPrefix(path, executionsBase):
		refuseExecution(c, id, err)
	case strings.HasPrefix(path, workflowsBase):
		refuseWorkflow(c, id, err)
	case strings.Contains(c.GetHeader("Accept"), "text/html") && kit.Status(err) == http.StatusNotFound:
		refusePage(c, id, err)
	default:
		refuseNative(c, id, err)
	}
}

// smallest is the size in bytes from which an answer is compressed.
const smallest = 1400

// dress puts compression and CORS around the router. Streams pass by the
// compression, which would hold them back.
func (s *server) dress(h http.Handler) (http.Handler, error) {
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(smallest), gzhttp.ContentTypes([]string{
		"application/json", "application/problem+json", "application/x-ndjson", "text/html", "text/css", "text/javascript", "image/svg+xml", "text/plain",
	}))
	if err != nil {
		return nil, fmt.Errorf("compression: %w", err)
	}
	zipped := wrap(h)
	out := http.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept-Encoding") == "" || r.Header.Get("Upgrade") != "" {
			h.ServeHTTP(w, r)
			return
		}
		zipped.ServeHTTP(w, r)
	}))
	if len(s.CORS) == 0 {
		return out, nil
	}
	return cors.New(cors.Options{
		AllowedOrigins: s.CORS, AllowedMethods: []string{"GET", "POST", "PUT", "PATCH", "DELETE"},
		AllowedHeaders: []string{"Authorization", "Content-Type", "Idempotency-Key", "Last-Event-ID", "X-Request-ID"},
		ExposedHeaders: []string{"Location", "Retry-After", "X-Request-ID", controlHeader, stepHeader}, MaxAge: 600,
	}).Handler(out), nil
}
