package live

import (
	"bytes"
	"context"
	"net/http"
	"strconv"
	"time"
)

// stream is a member at an SSE connection. Its handler writes.
type stream struct {
	member
	awake  chan struct{}
	cancel context.CancelFunc
}

func (s *stream) wake() {
	select {
	case s.awake <- struct{}{}:
	default: // it is awake
	}
}

func (s *stream) drop() { s.cancel() }

// ServeEvents sends what the subscription asks for as server-sent events: the
// frames of a socket, with their type as the event, their JSON as the data, and
// for one task their seq as the id. Since is for the caller to take from
// Last-Event-ID. It returns when the subscription ends; the error is that of a
// client that could not be written to. A client that has seen the end of its
// task gets 204, which ends a browser's reconnecting.
func (h *Hub) ServeEvents(w http.ResponseWriter, r *http.Request, sub Subscription) error {
	if h.seenAll(r.Context(), sub) {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	s := &stream{awake: make(chan struct{}, 1), cancel: cancel}
	s.init(h, sub, s)
	if h.enter(&s.member) {
		defer h.leave(&s.member)
	} else {
		s.end(away, false)
	}
	return s.serve(ctx, w)
}

// seenAll reports whether the client has seen the end of its one task.
func (h *Hub) seenAll(ctx context.Context, sub Subscription) bool {
	if sub.Task == "" || sub.Since == nil {
		return false
	}
	t, err := h.o.Task(ctx, sub.Task)
	return err == nil && t.Status.Ended() && *sub.Since == t.Seq
}

// serve writes what waits whenever something does.
func (s *stream) serve(ctx context.Context, w http.ResponseWriter) error {
	header := w.Header()
	header.Set("Content-Type", "text/event-stream")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Accel-Buffering", "no") // nginx would hold frames back
	w.WriteHeader(http.StatusOK)
	out := &flusher{w, http.NewResponseController(w)}
	last, err := false, out.flush(nil)
	for err == nil && !last {
		select {
		case <-ctx.Done():
			return nil
		case <-s.awake:
			last, err = s.drain(out)
		}
	}
	return err
}

// flusher writes to a client, which has a while to read.
type flusher struct {
	w   http.ResponseWriter
	out *http.ResponseController
}

func (f *flusher) flush(text []byte) error {
	_ = f.out.SetWriteDeadline(time.Now().Add(writeWait)) // not every server has them
	if _, err := f.w.Write(text); err != nil {
		return err
	}
	return f.out.Flush()
}

// drain writes until the queue is empty. It reports whether that was the last.
func (s *stream) drain(out *flusher) (last bool, err error) {
	var room [32]*frame
	var text bytes.Buffer
	for err == nil {
		j := s.queue.take(room[:])
		if j.nothing() {
			return false, nil
		}
		s.print(&text, j)
		if err = out.flush(text.Bytes()); j.end != nil {
			return true, err
		}
		s.hub.frames.Add(int64(len(j.frames)))
		text.Reset()
	}
	return false, err
}

// print writes a job as events, or as a comment.
func (s *stream) print(b *bytes.Buffer, j job) {
	switch {
	case j.end != nil:
		b.WriteString(": " + j.end.text + "\n\n")
	case j.ping:
		b.WriteString(": ping\n\n")
	}
	for _, f := range j.frames {
		b.WriteString("event: " + f.kind + "\n")
		if s.single() {
			b.WriteString("id: " + strconv.FormatInt(f.seq, 10) + "\n")
		}
		b.WriteString("data: ")
		b.Write(f.json)
		b.WriteString("\n\n")
	}
}
