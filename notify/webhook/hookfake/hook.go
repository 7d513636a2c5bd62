package hookfake

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"
)

// Hook is a receiver. It may be used from any goroutine.
type Hook struct {
	URL string // with a path and a query, which are secret

	t  testing.TB
	mu sync.Mutex

	secrets []string
	next    []Fault
	down    *Fault
	got     []Message
	calls   []time.Time
	refused []string
	asked   bool // the test knows of what was refused
}

// Message is what was accepted.
type Message struct {
	ID      string
	Type    string
	Subject string
	Text    string
	At      time.Time // of the last try that came, as it says
	Header  http.Header
	Body    []byte
	Times   int // that it came
}

// New starts a receiver that takes what is signed with one of the secrets. It ends
// with the test, which fails if something was refused that it did not ask for.
func New(t testing.TB, secrets ...string) *Hook {
	t.Helper()
	h := &Hook{t: t, secrets: secrets}
	server := httptest.NewServer(h)
	h.URL = server.URL + "/hook/s3cret?token=s3cret"
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
		h.settle()
	})
	return h
}

// settle fails the test for refusals that it does not know of.
func (h *Hook) settle() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.asked {
		for _, why := range h.refused {
			h.t.Errorf("a webhook was refused: %s", why)
		}
	}
}

// Take sets with which secrets a message may be signed from now on.
func (h *Hook) Take(secrets ...string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.secrets = secrets
}

// Fail gives the next calls a fault each.
func (h *Hook) Fail(faults ...Fault) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.next = append(h.next, faults...)
}

// Down makes every call end in the fault, until [Hook.Up].
func (h *Hook) Down(f Fault) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.down = &f
}

// Up ends what Down began.
func (h *Hook) Up() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.down = nil
}

// Got are the messages that were accepted, one an id, in the order in which they
// came first; each as it came last.
func (h *Hook) Got() []Message {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.got)
}

// Calls are when it was called, those that failed and those that were refused too.
func (h *Hook) Calls() []time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.calls)
}

// Refused says what was refused so far. The test that asks may have it so.
func (h *Hook) Refused() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.asked = true
	return slices.Clone(h.refused)
}

// ServeHTTP takes a call.
func (h *Hook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	fault, secrets := h.begin()
	if fault.Cut == BeforeReading {
		fault.answer(w, r)
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return // it has gone
	}
	m, bad := check(r, body, secrets)
	if bad == nil && fault.keeps() {
		bad = h.keep(m)
	}
	if bad != nil {
		h.refuse(bad)
		fault = Answer(bad.status)
	}
	fault.answer(w, r)
}

// begin notes a call and says how it goes.
func (h *Hook) begin() (Fault, []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.calls = append(h.calls, time.Now())
	if h.down != nil {
		return *h.down, h.secrets
	}
	var f Fault
	if len(h.next) > 0 {
		f, h.next = h.next[0], h.next[1:]
	}
	return f, h.secrets
}

// keep notes a message. One that came before must be the same one.
func (h *Hook) keep(m Message) *refusal {
	h.mu.Lock()
	defer h.mu.Unlock()
	i := slices.IndexFunc(h.got, func(have Message) bool { return have.ID == m.ID })
	if i < 0 {
		h.got = append(h.got, m)
		return nil
	}
	have := h.got[i]
	if have.Type != m.Type || have.Subject != m.Subject {
		return no(http.StatusBadRequest, "%s was %s of %s, and is %s of %s", m.ID, have.Type, have.Subject, m.Type, m.Subject)
	}
	m.Times = have.Times + 1
	h.got[i] = m
	return nil
}

func (h *Hook) refuse(bad *refusal) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.refused = append(h.refused, bad.why)
}
