package meter

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// deliveries are the metrics of what people and programs are told.
type deliveries struct {
	dispatched prometheus.Counter
	dispatch   prometheus.Histogram
	tried      *prometheus.CounterVec
	calls      *prometheus.HistogramVec
	waited     *prometheus.HistogramVec
	settled    *prometheus.CounterVec
}

func newDeliveries() deliveries {
	return deliveries{
		dispatched: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "herald_dispatched_events_total", Help: "Events for which it was written who is told of them.",
		}),
		dispatch: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "herald_dispatch_duration_seconds", Help: "How long it took to write that for some events, at most 256, together.", Buckets: quick(),
		}),
		tried: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "herald_deliveries_total", Help: "Calls to far sides by channel, class of the message and outcome: delivered, transient, limited, rejected, gone or unauthorized.",
		}, []string{"channel", "class", "outcome"}),
		calls: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "herald_delivery_call_duration_seconds", Help: "How long calls to far sides took, by channel.", Buckets: quick(),
		}, []string{"channel"}),
		waited: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "herald_delivery_delay_seconds", Help: "From an event to the far side's yes, by channel and class.",
			Buckets: []float64{.01, .025, .05, .1, .5, 1, 5, 30, 120, 600, 3600, 86400},
		}, []string{"channel", "class"}),
		settled: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "herald_letters_settled_total", Help: "Letters whose turns are over, by channel, class and state: sent, dead or dropped.",
		}, []string{"channel", "class", "state"}),
	}
}

// Routed measures a round of dispatch.
func (d *deliveries) Routed(events int, took time.Duration) {
	d.dispatched.Add(float64(events))
	d.dispatch.Observe(took.Seconds())
}

// Tried measures a call to a far side; fate is "" for one that was delivered.
func (d *deliveries) Tried(channel, class, fate string, took time.Duration) {
	if fate == "" {
		fate = "delivered"
	}
	d.tried.WithLabelValues(channel, class, fate).Inc()
	d.calls.WithLabelValues(channel).Observe(took.Seconds())
}

// Waited measures how long a letter was under way.
func (d *deliveries) Waited(channel, class string, waited time.Duration) {
	d.waited.WithLabelValues(channel, class).Observe(waited.Seconds())
}

// Settled counts a letter whose turns are over, by how it ended.
func (d *deliveries) Settled(channel, class, state string) {
	d.settled.WithLabelValues(channel, class, state).Inc()
}
