package client

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// How often a worker that has nothing to say is heard of.
const (
	beatListening = 15 * time.Second
	beatDeaf      = 3 * time.Second // it hears of commands by these answers alone
)

// rhythm says when a heartbeat is due.
type rhythm struct {
	mu        sync.Mutex
	every     time.Duration // 0 for as it listens
	listening bool
	hurried   bool
	last      time.Time // contact
}

func (h *rhythm) hurry() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.hurried = true
}

func (h *rhythm) listen(on bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.listening = on
}

// contact notes that the server has heard of the worker.
func (h *rhythm) contact() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.last = time.Now()
}

// due is how long the next heartbeat can wait; 0 or less for none.
func (h *rhythm) due() time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	every := h.every
	switch {
	case h.hurried:
		return 0
	case every <= 0 && h.listening:
		every = beatListening
	case every <= 0:
		every = beatDeaf
	}
	return time.Until(h.last.Add(every))
}

// begin notes that a heartbeat goes out.
func (h *rhythm) begin() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.hurried = false
}

// post sends what a reporter is given, on two roads: reports and heartbeats in
// order on one, output on the other.
type post struct {
	link    *link
	rhythm  rhythm
	wake    chan struct{} // there may be something to send
	print   chan struct{} // there may be output to send
	retry   road          // of reports
	reprint road          // of output
	hurried atomic.Int32  // how many wait in Flush
}

// hurry counts who waits in Flush: output is not gathered meanwhile, and who
// comes has all tried at once.
func (p *post) hurry(by int32) {
	p.hurried.Add(by)
	knock(p.print)
	if by > 0 {
		p.retry.hurry()
		p.reprint.hurry()
	}
}

// road is where a sender waits before it tries again.
type road struct{ soon chan struct{} }

func newRoad() road { return road{make(chan struct{}, 1)} }

// hurry has the sender try at once, if it only guesses how long to wait.
func (r road) hurry() { knock(r.soon) }

// wait waits before the next try: as long as the server asked, or as pace says.
func (r road) wait(ctx context.Context, pace *backoff, err error) {
	if asked := after(err); asked > 0 {
		sleep(ctx, pace.next(asked))
		return
	}
	t := time.NewTimer(pace.next(0))
	defer t.Stop()
	select {
	case <-t.C:
	case <-r.soon:
	case <-ctx.Done():
	}
}

// talk sends reports and heartbeats, one request at a time, until ctx ends.
func (p *post) talk(ctx context.Context) {
	var pace backoff
	for ctx.Err() == nil {
		err := p.say(ctx)
		if err != nil && ctx.Err() != nil {
			return
		}
		p.link.ear.state("reports", err)
		if err != nil {
			p.retry.wait(ctx, &pace, err)
			continue
		}
		if p.link.ear.isAway("output") {
			p.reprint.hurry()
		}
		pace.reset()
		if len(p.link.box.nextReports()) == 0 {
			p.rest(ctx)
		}
	}
}

// say sends the next reports, else the task itself, else a heartbeat that is due.
func (p *post) say(ctx context.Context) error {
	if len(p.link.box.nextReports()) > 0 {
		err := p.link.reports(ctx)
		if err == nil {
			p.rhythm.contact()
		}
		return err
	}
	if p.rhythm.due() > 0 {
		return p.link.create(ctx)
	}
	p.rhythm.begin()
	err := p.link.beat(ctx, p.link.box.now())
	if err != nil {
		p.rhythm.hurry()
		return err
	}
	p.rhythm.contact()
	return nil
}

// rest waits for something to say.
func (p *post) rest(ctx context.Context) {
	t := time.NewTimer(max(0, p.rhythm.due()))
	defer t.Stop()
	select {
	case <-p.wake:
	case <-t.C:
	case <-ctx.Done():
	}
}

// linger is how long output is gathered before it is sent.
const linger = 50 * time.Millisecond

// write sends output until ctx ends.
func (p *post) write(ctx context.Context) {
	var pace backoff
	for ctx.Err() == nil {
		if p.link.box.nextLines() == nil {
			select {
			case <-p.print:
				p.gather(ctx)
			case <-ctx.Done():
			}
			continue
		}
		err := p.link.lines(ctx)
		if err != nil && ctx.Err() != nil {
			return
		}
		p.link.ear.state("output", err)
		if err != nil {
			p.reprint.wait(ctx, &pace, err)
			continue
		}
		if p.link.ear.isAway("reports") {
			p.retry.hurry()
		}
		pace.reset()
	}
}

// gather lets more lines come, unless somebody waits for them to be sent.
func (p *post) gather(ctx context.Context) {
	t := time.NewTimer(linger)
	defer t.Stop()
	for {
		if p.hurried.Load() > 0 {
			return
		}
		select {
		case <-p.print:
		case <-t.C:
			return
		case <-ctx.Done():
			return
		}
	}
}
