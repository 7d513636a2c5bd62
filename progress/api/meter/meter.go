package meter

import (
	"log/slog"
	"net/http"
	"runtime"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Options are what is known of a server at its start.
type Options struct {
	Version string
	Size    func() (file, log int64) // bytes of the database and its log on this machine's disk; nil, or 0 and 0, for none
}

// Meter holds the metrics of one server. Its methods may be called from any
// goroutine. It is an engine's Watcher, and a notifier's.
type Meter struct {
	registry *prometheus.Registry
	requests
	commands
	commits
	deliveries
}

// New makes a meter that has measured nothing yet.
func New(o Options) *Meter {
	m := &Meter{registry: prometheus.NewRegistry(), requests: newRequests(), commands: newCommands(), commits: newCommits(), deliveries: newDeliveries()}
	build := prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "herald_build_info", Help: "Always 1; the labels tell Herald's version and that of Go.",
	}, []string{"version", "go"})
	build.WithLabelValues(o.Version, runtime.Version()).Set(1)
	m.registry.MustRegister(
		build, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		m.answered, m.took, m.executed, m.lines, m.stalls, m.duration, m.together, m.failures, m.purged,
		m.dispatched, m.dispatch, m.tried, m.calls, m.waited, m.settled,
	)
	if o.Size != nil {
		m.registry.MustRegister(sizes(o.Size))
	}
	return m
}

// Handler answers with all metrics, in the format that the asker prefers. What
// cannot be read is left out, and logged.
func (m *Meter) Handler(log *slog.Logger) http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn), ErrorHandling: promhttp.ContinueOnError,
		DisableCompression: true, // others see to that
		CoalesceGather:     true,
	})
}

// quick are the bounds in seconds of what takes from a fraction of a
// millisecond to ten seconds.
func quick() []float64 {
	return []float64{.0002, .0005, .001, .0025, .005, .01, .025, .1, .5, 1, 2.5, 10}
}
