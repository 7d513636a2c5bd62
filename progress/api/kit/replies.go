package kit

import (
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/taskherald/herald/progress"
)

// What is remembered of replies. Beyond it the oldest go first.
const (
	keptReplies = 10_000
	keptBytes   = 32 << 20
	keptFor     = 24 * time.Hour
)

// patience is how long a request with a key may take after its caller has gone.
const patience = 30 * time.Second

// Replies remembers what requests with an idempotency key were answered, for 24
// hours and in the memory of this process only: replies may hold secrets, which
// have no place in a database. So another server does not know them, nor does this
// one once it was started again. It may be used from many goroutines.
type Replies struct {
	now func() time.Time

	mu    sync.Mutex
	under map[Once]*reply
	kept  []Once // those whose reply is there, the oldest first
	bytes int    // of those
}

// Once is what makes two requests one.
type Once struct {
	By   string // the credential
	Path string
	Key  string
}

// NewReplies begins with none.
func NewReplies(now func() time.Time) *Replies {
	return &Replies{now: now, under: map[Once]*reply{}}
}

// Answer answers a call with do, or with what the first under the same key was
// answered; who comes while that is being done waits for it. Conflict when the key
// came with another body or query. What went well is remembered, and that the
// state did not admit it; anything else may be tried again under the same key.
//
// The first is done to its end though its caller goes away: whoever sends it again
// is told what came of it.
func (s *Replies) Answer(c *Call, once Once, do func(*Call) error) error {
	body, err := Read(c.Writer, c.Request, c.Most)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(slices.Concat([]byte(c.Request.URL.RawQuery+"\n"), body))
	for {
		one, first := s.enter(once, sum)
		if first {
			s.first(c, once, one, body, do)
			return one.give(c.Writer)
		}
		select {
		case <-c.Ctx().Done():
			return c.Ctx().Err()
		case <-one.done:
		}
		switch {
		case !one.lasts:
		case one.sum != sum:
			return &progress.Error{
				Code: progress.Conflict, Field: "Idempotency-Key",
				Say: "this key was used for something else; use a new one for a new request",
			}
		default:
			return one.give(c.Writer)
		}
	}
}

// first makes the reply that others under the key are given.
func (s *Replies) first(c *Call, once Once, one *reply, body []byte, do func(*Call) error) {
	defer s.leave(once, one)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Ctx()), patience)
	defer cancel()
	r := c.Request.WithContext(ctx)
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	again := *c
	again.Writer, again.Request = one, r
	one.err = do(&again)
	one.lasts = one.err == nil && one.status < http.StatusBadRequest || one.err != nil && CodeOf(one.err) == progress.Conflict
}

// enter is the reply under a key, and whether the caller has to make it.
func (s *Replies) enter(once Once, sum [sha256.Size]byte) (one *reply, first bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forget()
	if one, ok := s.under[once]; ok {
		return one, false
	}
	one = &reply{done: make(chan struct{}), sum: sum, header: http.Header{}, status: http.StatusOK}
	s.under[once] = one
	return one, true
}

// leave lets those go on who wait for a reply.
func (s *Replies) leave(once Once, one *reply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer close(one.done)
	if !one.lasts {
		delete(s.under, once)
		return
	}
	one.at, one.bytes = s.now(), len(once.By)+len(once.Path)+len(once.Key)+len(one.body)
	s.kept, s.bytes = append(s.kept, once), s.bytes+one.bytes
	s.forget()
}

// forget lets go of what is too old or too much.
func (s *Replies) forget() {
	for len(s.kept) > 0 {
		oldest := s.under[s.kept[0]]
		if len(s.kept) <= keptReplies && s.bytes <= keptBytes && s.now().Sub(oldest.at) < keptFor {
			return
		}
		delete(s.under, s.kept[0])
		s.kept, s.bytes = s.kept[1:], s.bytes-oldest.bytes
	}
}

// reply is what a request was answered. It changes no more once it is done.
type reply struct {
	done  chan struct{}
	sum   [sha256.Size]byte // of what was asked
	lasts bool              // it is given to those who ask again
	at    time.Time
	bytes int

	status int
	header http.Header
	body   []byte
	err    error // instead of those
}

// Header are its headers.
func (p *reply) Header() http.Header { return p.header }

// WriteHeader sets its status.
func (p *reply) WriteHeader(status int) { p.status = status }

// Write adds to its body.
func (p *reply) Write(b []byte) (int, error) {
	p.body = append(p.body, b...)
	return len(b), nil
}

// give answers with it.
func (p *reply) give(w http.ResponseWriter) error {
	if p.err != nil {
		return p.err
	}
	for name, values := range p.header {
		w.Header()[name] = slices.Clone(values)
	}
	w.WriteHeader(p.status)
	_, _ = w.Write(p.body) // a caller that has gone away needs no answer
	return nil
}
