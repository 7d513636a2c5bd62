package meter

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// commits are the metrics of what goes to the disk.
type commits struct {
	duration prometheus.Histogram
	together prometheus.Histogram
	failures prometheus.Counter
	purged   prometheus.Gauge
}

func newCommits() commits {
	return commits{
		duration: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "herald_commit_duration_seconds", Help: "How long transactions of commands took until they were on disk, or failed.", Buckets: quick(),
		}),
		together: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "herald_commit_commands", Help: "How many commands shared a transaction, which is at most 512.",
			Buckets: prometheus.ExponentialBuckets(1, 2, 10),
		}),
		failures: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "herald_commit_failures_total", Help: "Transactions of commands that failed; when one of many did, each command was tried again alone.",
		}),
		purged: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "herald_retention_last_success_timestamp_seconds", Help: "When all that is old was last forgotten, as Unix time; 0 for not since the start.",
		}),
	}
}

// Committed measures a transaction.
func (c *commits) Committed(commands int, took time.Duration, err error) {
	c.duration.Observe(took.Seconds())
	c.together.Observe(float64(commands))
	if err != nil {
		c.failures.Inc()
	}
}

// Purged notes when old things were forgotten.
func (c *commits) Purged(at time.Time) { c.purged.Set(float64(at.Unix())) }
