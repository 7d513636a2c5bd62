package socketio

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"
)

// pace is how long a poll is held at most while the client upgrades: it waits
// for the answer before it changes over.
const pace = 50 * time.Millisecond

// polls are a session's transport until there is a WebSocket.
type polls struct {
	session *session
	wake    chan struct{} // of the poll that is held; nil when none is
	posting bool
}

// poke has the poll that is held look again; s.mu is held.
func (p *polls) poke() {
	if p.wake == nil {
		return
	}
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// get answers a poll.
func (p *polls) get(w http.ResponseWriter, r *http.Request) *refusal {
	wake := p.hold()
	if wake == nil {
		p.session.drop("two polls at a time")
		return badRequest
	}
	if out := p.await(r.Context(), wake); out != nil {
		reply(w, payload(out))
	}
	return nil
}

// hold begins a poll, unless one is held already.
func (p *polls) hold() chan struct{} {
	p.session.mu.Lock()
	defer p.session.mu.Unlock()
	if p.wake != nil {
		return nil
	}
	p.wake = make(chan struct{}, 1)
	return p.wake
}

// await returns the answer to the poll that is held, nil when its client is gone.
func (p *polls) await(ctx context.Context, wake <-chan struct{}) []*packet {
	for {
		out, hurry := p.collect(false)
		if out != nil {
			return out
		}
		var late <-chan time.Time
		if hurry {
			late = time.After(pace)
		}
		select {
		case <-wake:
		case <-late:
			out, _ := p.collect(true)
			return out
		case <-ctx.Done():
			p.session.drop("a poll was given up")
			return nil
		}
	}
}

// collect takes what a poll is answered with, and ends the poll. If there is
// nothing to say yet it returns nil, or with now a packet that says nothing; hurry
// tells that the client is waiting to upgrade.
func (p *polls) collect(now bool) (out []*packet, hurry bool) {
	s := p.session
	s.mu.Lock()
	defer s.mu.Unlock()
	out = p.answer()
	if out == nil && now {
		out = alone(engineNoop)
	}
	if out != nil {
		p.wake = nil
	}
	return out, s.pipe.probed
}

// answer is what there is to say to a poll, or nil; s.mu is held.
func (p *polls) answer() []*packet {
	s := p.session
	switch {
	case s.state == ended:
		return alone(engineClose)
	case s.pipe.conn != nil:
		return alone(engineNoop)
	}
	out := s.waiting.take(s.waiting.bytes)
	if out == nil && s.state == leaving { // not with the last packets: the client would close before it looks at them
		return alone(engineClose)
	}
	return out
}

func alone(text string) []*packet { return []*packet{newPacket(text)} }

// post takes packets of the client.
func (p *polls) post(w http.ResponseWriter, r *http.Request) *refusal {
	if !p.begin() {
		p.session.drop("two posts at a time")
		return badRequest
	}
	err := p.take(w, r)
	p.end()
	if err != nil {
		p.session.drop(err.Error())
	}
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return tooMuch
	}
	if err != nil && !errors.Is(err, errParted) {
		return badRequest
	}
	reply(w, []byte("ok"))
	return nil
}

func (p *polls) begin() bool {
	p.session.mu.Lock()
	defer p.session.mu.Unlock()
	was := p.posting
	p.posting = true
	return !was
}

func (p *polls) end() {
	p.session.mu.Lock()
	defer p.session.mu.Unlock()
	p.posting = false
}

// take works on the packets of a request.
func (p *polls) take(w http.ResponseWriter, r *http.Request) error {
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/octet-stream") {
		return errMalformed
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, p.session.srv.o.MaxPayload))
	if err != nil {
		return err
	}
	for text := range bytes.SplitSeq(body, []byte{separator}) {
		if err := p.session.receive(text); err != nil {
			return err
		}
	}
	return nil
}

// reply answers a request of the polling transport. When it cannot, the client
// does not answer the next ping.
func reply(w http.ResponseWriter, text []byte) {
	w.Header().Set("Content-Type", "text/plain; charset=UTF-8")
	_, _ = w.Write(text) // see above
}
