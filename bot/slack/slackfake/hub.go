package slackfake

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/taskherald/herald/bot/faketest"
)

// hub sends to the app what it is to hear, and sees that it is taken. The lock of its
// [Slack] guards it.
type hub struct {
	s        *Slack
	sockets  *sockets
	endpoint Endpoint // for HTTP; zero for sockets
	timers   *faketest.Timers
	flights  map[string]*try // by envelope_id
	hours    hours
	closed   bool

	acks    []time.Duration
	unacked []*Delivery
	sent    []*Delivery
}

// try is one attempt to deliver.
type try struct {
	delivery *Delivery
	envelope string
	at       time.Time
	conn     *conn
	timer    *time.Timer
}

// The times that Slack gives.
const (
	patience = 3 * time.Second // for an acknowledgement
	tooLarge = 20 << 10        // bytes of an acknowledgement: it is dropped without a word
	mostOpen = 10              // connections of an app
)

// again is how long after a failure an event is sent again.
var again = []time.Duration{time.Second, time.Minute, 5 * time.Minute}

func newHub(s *Slack) *hub {
	h := &hub{s: s, timers: faketest.NewTimers(&s.mu), flights: map[string]*try{}}
	h.sockets = &sockets{hub: h, tickets: map[string]bool{}}
	return h
}

// tell sends an event that the app has subscribed to and may see.
func (h *hub) tell(what happening) {
	subscribed := slices.Contains(h.s.opts.Events, what.event) && (what.scope == "" || granted(h.s.work, what.scope))
	if h.closed || h.hours.disabled || !subscribed {
		return
	}
	ok, minute := h.hours.admits()
	if ok {
		h.deliver(newDelivery(h.s, Events, envelope(h.s.work, what)))
	} else if minute != 0 {
		h.deliver(newDelivery(h.s, Events, answer{
			"type": "app_rate_limited", "token": "fake-verification-token", "team_id": Team, "minute_rate_limited": minute, "api_app_id": App,
		}))
	}
}

// deliver sends something for the first time.
func (h *hub) deliver(d *Delivery) {
	h.sent = append(h.sent, d)
	h.attempt(d)
}

// attempt gives it to one of the connections, or to the URL for it.
func (h *hub) attempt(d *Delivery) {
	if h.closed {
		return
	}
	d.attempts++
	if h.endpoint.Events+h.endpoint.Interactive+h.endpoint.Commands != "" {
		if h.endpoint.url(d.Kind) == "" {
			h.given(d)
			return
		}
		go h.post(d, h.endpoint, d.attempts, d.reason)
		return
	}
	c := h.sockets.next()
	if c == nil {
		h.lapsed(d, "connection_failed") // it was not even tried
		return
	}
	t := &try{delivery: d, envelope: h.s.work.id("envelope-"), at: time.Now(), conn: c}
	h.flights[t.envelope] = t
	t.timer = h.timers.After(patience, func() { h.missed(t, "timeout") })
	c.Push(d.frame(t.envelope))
}

// missed ends a try that was not acknowledged.
func (h *hub) missed(t *try, reason string) {
	if h.flights[t.envelope] != t {
		return
	}
	delete(h.flights, t.envelope)
	h.timers.Stop(t.timer)
	h.failed(t.delivery, reason)
}

// failed sends an event again, and gives up on anything else: the person sees that it
// did not work.
func (h *hub) failed(d *Delivery, reason string) {
	h.hours.count(false)
	h.lapsed(d, reason)
}

func (h *hub) lapsed(d *Delivery, reason string) {
	d.reason = reason
	if d.Kind == Events && d.attempts <= len(again) {
		h.timers.After(again[d.attempts-1], func() { h.attempt(d) })
		return
	}
	h.given(d)
}

// given gives up.
func (h *hub) given(d *Delivery) {
	h.unacked = append(h.unacked, d)
	d.end(errUnacked)
}

// acknowledged ends a try that the app has taken.
func (h *hub) acknowledged(envelope string, payload json.RawMessage) {
	t := h.flights[envelope]
	if t == nil {
		return
	}
	delete(h.flights, envelope)
	h.timers.Stop(t.timer)
	took := time.Since(t.at)
	h.acks = append(h.acks, took)
	h.hours.count(true)
	t.delivery.taken(took, payload)
}

// close ends everything.
func (h *hub) close() {
	h.s.mu.Lock()
	defer h.s.mu.Unlock()
	h.closed = true
	h.timers.Clear()
	for _, c := range h.sockets.open {
		c.Cut()
	}
}
