package discordfake

import (
	"slices"
	"time"

	"github.com/taskherald/herald/bot/faketest"
)

// The intents that the fake knows by name; others it knows to be there.
const (
	guilds         = 1 << 0
	guildMessages  = 1 << 9
	directMessages = 1 << 12
	messageContent = 1 << 15

	privileged = 1<<1 | 1<<8 | messageContent
	known      = 1<<17 - 1 | 1<<20 | 1<<21 | 1<<24 | 1<<25
)

// intentOf is what an app has to want to hear of the messages of a channel.
func intentOf(r *room) int {
	if r.with != "" {
		return directMessages
	}
	return guildMessages
}

// happening is something that the app may want to hear of.
type happening struct {
	event  string
	intent int // any of them; 0 for none that is needed
	body   object
}

// hub tells the app of things. The lock of its [Discord] guards it.
type hub struct {
	fake     *Discord
	timers   *faketest.Timers
	endpoint *endpoint // where interactions go, nil for the gateway

	conns    []*conn
	sessions map[string]*session
	starts   []time.Time // of sessions, within a day
	resumes  int

	sent       []*Interaction
	acks       []time.Duration
	unanswered []*Interaction
	closed     bool
}

func newHub(d *Discord) *hub {
	return &hub{fake: d, timers: faketest.NewTimers(&d.mu), sessions: map[string]*session{}}
}

// tell tells every session that wants to know.
func (h *hub) tell(what happening) {
	for _, s := range h.inOrder() {
		if what.intent == 0 || s.intents&what.intent != 0 {
			s.dispatch(what.event, what.body)
		}
	}
}

// inOrder are the sessions, the oldest first.
func (h *hub) inOrder() []*session {
	var all []*session
	for _, s := range h.sessions {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b *session) int { return a.turn - b.turn })
	return all
}

// deliver tells the app of an interaction: at its URL, or else by the gateway.
func (h *hub) deliver(i *Interaction) {
	if h.closed {
		return
	}
	if h.endpoint != nil {
		go h.endpoint.post(i)
		return
	}
	h.tell(happening{event: "INTERACTION_CREATE", body: object{"": i.Payload}})
}

// posted tells of a message that was written, if the app can see it.
func (w *world) posted(r *room, p *post) { w.told("MESSAGE_CREATE", r, p) }

// told tells of a message. What is for one person alone nobody else is told of.
func (w *world) told(event string, r *room, p *post) {
	if p.only != "" || !w.may(Bot, r, ViewChannel) {
		return
	}
	body := p.shape(w, r)
	if id := r.server(); id != "" {
		body["guild_id"] = id
		if who := w.member(p.author); who != nil {
			body["member"] = w.memberShape(who, false)
		}
	}
	w.tell(happening{event: event, intent: intentOf(r), body: body})
}

// day is how long the app's identifications count.
const day = 24 * time.Hour

// budget is how often the app may identify itself yet, and when it may as often as ever.
func (h *hub) budget() (left int, reset time.Duration) {
	h.starts = slices.DeleteFunc(h.starts, func(at time.Time) bool { return time.Since(at) >= day })
	if len(h.starts) > 0 {
		reset = time.Until(h.starts[0].Add(day))
	}
	return max(0, h.fake.opts.Identify-len(h.starts)), reset
}

// close ends everything.
func (h *hub) close() {
	h.fake.mu.Lock()
	defer h.fake.mu.Unlock()
	h.closed = true
	h.timers.Clear()
	for _, c := range h.conns {
		c.line.Cut()
	}
}
