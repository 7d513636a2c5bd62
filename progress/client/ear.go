package client

import (
	"errors"
	"fmt"
	"sync"
)

// ErrFull is of a report that was dropped because 100,000 wait already.
var ErrFull = errors.New("the server was away for so long that 100,000 reports wait; newer ones are dropped, but for the end of the task")

// ear tells a reporter's owner what happens, one thing at a time.
type ear struct {
	direct  func(Answer)
	trouble func(error)

	calls sync.Mutex // held while the owner is told something

	mu   sync.Mutex
	away map[string]bool // the roads on which the server is away
	told map[string]bool // the kinds of refusals that were told
	lost error           // the newest refusal that nobody asked about
	gone error           // the newest reason why the server is away
}

func newEar(direct func(Answer), trouble func(error)) *ear {
	return &ear{direct: direct, trouble: trouble, away: map[string]bool{}, told: map[string]bool{}}
}

// hear passes an answer on.
func (e *ear) hear(a Answer) {
	if e.direct == nil || a.Task == "" {
		return
	}
	e.calls.Lock()
	defer e.calls.Unlock()
	e.direct(a)
}

// tell passes trouble on.
func (e *ear) tell(err error) {
	if e.trouble == nil {
		return
	}
	e.calls.Lock()
	defer e.calls.Unlock()
	e.trouble(err)
}

// state notes how a request on a road went: an error means that the same is sent
// again later, so that to the owner the server is away. The owner hears when the first road breaks and when the last is mended.
func (e *ear) state(road string, err error) {
	if err != nil && !isAway(err) {
		err = &Away{err}
	}
	e.mu.Lock()
	was := len(e.away) > 0
	if err != nil {
		e.away[road], e.gone = true, err
	} else {
		delete(e.away, road)
	}
	is := len(e.away) > 0
	e.mu.Unlock()
	if was != is {
		e.tell(err)
	}
}

// isAway reports whether requests on a road are not answered.
func (e *ear) isAway(road string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.away[road]
}

// refused notes that something was dropped. The owner hears of each kind once.
func (e *ear) refused(err error) {
	kind := err.Error()
	if p, ok := errors.AsType[*Problem](err); ok {
		kind = fmt.Sprint(p.Status, p.Code)
	}
	e.mu.Lock()
	e.lost = err
	known := e.told[kind]
	e.told[kind] = true
	e.mu.Unlock()
	if !known {
		e.tell(err)
	}
}

// loss is the newest refusal since it was asked for last.
func (e *ear) loss() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	err := e.lost
	e.lost = nil
	return err
}

// reason is why the server was away last, nil if it never was.
func (e *ear) reason() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.gone
}
