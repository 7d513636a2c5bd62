package meter

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// requests are the metrics of HTTP.
type requests struct {
	answered *prometheus.CounterVec
	took     *prometheus.HistogramVec
}

func newRequests() requests {
	return requests{
		answered: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "herald_http_requests_total",
			Help: "HTTP requests that were answered, by route and status; 101 is a WebSocket that was opened, the route none a path that there is not.",
		}, []string{"route", "code"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "herald_http_request_duration_seconds",
			Help: "How long answers took; sockets, event streams and requests that wait for something are left out.", Buckets: quick(),
		}, []string{"route"}),
	}
}

// Route measures the requests of one route.
type Route struct {
	codes *prometheus.CounterVec
	ok    func() prometheus.Counter // of 200, made for the first
	took  func() prometheus.Observer
}

// Route gives the measure of a route, by its name.
func (r *requests) Route(name string) *Route {
	codes := r.answered.MustCurryWith(prometheus.Labels{"route": name})
	return &Route{
		codes: codes,
		ok:    sync.OnceValue(func() prometheus.Counter { return codes.WithLabelValues("200") }),
		took:  sync.OnceValue(func() prometheus.Observer { return r.took.WithLabelValues(name) }),
	}
}

// Answered counts an answer by its status.
func (r *Route) Answered(status int) {
	if status == http.StatusOK {
		r.ok().Inc()
		return
	}
	r.codes.WithLabelValues(strconv.Itoa(status)).Inc()
}

// Took tells how long an answer took.
func (r *Route) Took(d time.Duration) { r.took().Observe(d.Seconds()) }
