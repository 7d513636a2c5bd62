package meter

import (
	"context"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/taskherald/herald/progress"
)

// Sources are read when somebody asks. None may be nil.
type Sources struct {
	Tasks   func(context.Context) (map[progress.Status]int, error) // of everyone
	Ready   func(context.Context) error                            // whether the server can do its work
	Readers func() Readers
	Clients func() int // of Socket.IO, that are connected
	Claims  func() int // that wait for a task
}

// Readers are those who see tasks move.
type Readers struct {
	Sockets, Streams int              // that are open
	Frames           int64            // that were sent since the start
	Closed           map[string]int64 // readers since then, by why they ended
}

// patience is how long a source may take.
const patience = 2 * time.Second

// Watch has the sources read from now on. The error is that of a second call.
func (m *Meter) Watch(s Sources) error {
	var errs []error
	for _, c := range s.readings() {
		errs = append(errs, m.registry.Register(c))
	}
	return errors.Join(errs...)
}

// readings are one a metric.
func (s Sources) readings() []*reading {
	tasks := &tally[progress.Status]{count: s.Tasks}
	return []*reading{
		gauge("herald_ready", "1 when the server can do its work, as /readyz says it, else 0.", func(tell tell) error {
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			tell(truth(s.Ready(ctx) == nil))
			return nil
		}),
		gauge("herald_tasks", "Tasks that are kept, by status; counted at most every ten seconds.", func(tell tell) error {
			counts, err := tasks.read()
			for _, status := range progress.Statuses() {
				if err == nil {
					tell(float64(counts[status]), string(status))
				}
			}
			return err
		}, "status"),
		gauge("herald_claims_waiting", "Claims that wait for a task.", func(tell tell) error {
			tell(float64(s.Claims()))
			return nil
		}),
		gauge("herald_readers", "Open WebSockets and event streams, by kind: socket, stream or socketio.", func(tell tell) error {
			r := s.Readers()
			tell(float64(r.Sockets), "socket")
			tell(float64(r.Streams), "stream")
			tell(float64(s.Clients()), "socketio")
			return nil
		}, "kind"),
		counter("herald_frames_sent_total", "Frames that were written to sockets and streams.", func(tell tell) error {
			tell(float64(s.Readers().Frames))
			return nil
		}),
		counter("herald_readers_closed_total", "Sockets and streams that ended, by reason: left, done, stopping, refused, failed or too_slow.", func(tell tell) error {
			for reason, n := range s.Readers().Closed {
				tell(float64(n), reason)
			}
			return nil
		}, "reason"),
	}
}

// sizes reads how large the database is.
func sizes(of func() (file, log int64)) *reading {
	return gauge("herald_database_bytes", "Size of the SQLite file and of its write-ahead log on disk; absent with PostgreSQL.", func(tell tell) error {
		if file, log := of(); file > 0 {
			tell(float64(file), "database")
			tell(float64(log), "log")
		}
		return nil
	}, "file")
}

func truth(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

// tell gives a value with those of its labels.
type tell func(value float64, labels ...string)

// reading is a metric whose values are read when somebody asks.
type reading struct {
	desc *prometheus.Desc
	kind prometheus.ValueType
	read func(tell) error
}

func gauge(name, help string, read func(tell) error, labels ...string) *reading {
	return &reading{prometheus.NewDesc(name, help, labels, nil), prometheus.GaugeValue, read}
}

func counter(name, help string, read func(tell) error, labels ...string) *reading {
	return &reading{prometheus.NewDesc(name, help, labels, nil), prometheus.CounterValue, read}
}

// Describe is a prometheus.Collector's.
func (r *reading) Describe(ch chan<- *prometheus.Desc) { ch <- r.desc }

// Collect is a prometheus.Collector's.
func (r *reading) Collect(ch chan<- prometheus.Metric) {
	err := r.read(func(value float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(r.desc, r.kind, value, labels...)
	})
	if err != nil {
		ch <- prometheus.NewInvalidMetric(r.desc, err)
	}
}
