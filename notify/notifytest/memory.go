package notifytest

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/taskherald/herald/notify"
)

// Memory is a far side in memory, and the channel to it ([Memory.Channel]). All
// of its methods may be called from many goroutines.
type Memory struct {
	powers Power

	mu       sync.Mutex
	pace     notify.Pace
	counter  counter
	troubles troubles
	calls    []*Call
	busy     map[notify.Address]int
	arrivals []Arrival
	ids      map[string]int            // the place of a message in arrivals, by its address and ID
	shown    map[string]notify.Message // by the address and the name that the far side gave it
	changed  chan struct{}
}

// NewMemory makes a far side whose channel can send, and has the powers given.
func NewMemory(powers ...Power) *Memory {
	m := &Memory{
		troubles: troubles{at: map[notify.Address][]Fault{}, down: map[notify.Address]Fault{}},
		busy:     map[notify.Address]int{}, ids: map[string]int{}, shown: map[string]notify.Message{}, changed: make(chan struct{}),
	}
	for _, p := range powers {
		m.powers |= p
	}
	return m
}

// Arrival is a message that the far side has.
type Arrival struct {
	To      notify.Address
	Message notify.Message // as it came last
	Times   int            // that it came: more than once is a double
	At      time.Time      // of the first time
}

// Call is one call of the channel.
type Call struct {
	Verb    string // "send", "edit" or "find"
	To      notify.Address
	Far     string         // of an edit: what was to be replaced
	Message notify.Message // what was sent or looked for
	At      time.Time      // when it began
	Ended   time.Time      // zero while it lasts
	Beside  int            // how many other calls of its address were under way when it began
	Receipt notify.Receipt
	Err     error // nil if it went well
}

// Fail gives the next calls a fault each, in that order, whatever their address.
// A call that is bound to go wrong by its address leaves them to others.
func (m *Memory) Fail(faults ...Fault) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.troubles.next = append(m.troubles.next, faults...)
}

// FailAt gives the next calls to the address a fault each.
func (m *Memory) FailAt(to notify.Address, faults ...Fault) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.troubles.at[to] = append(m.troubles.at[to], faults...)
}

// Down makes every call to the address end in the fault, until [Memory.Up].
func (m *Memory) Down(to notify.Address, f Fault) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.troubles.down[to] = f
}

// Up ends what Down began.
func (m *Memory) Up(to notify.Address) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.troubles.down, to)
}

// Pace sets what a channel that Paces says of every address.
func (m *Memory) Pace(p notify.Pace) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.pace = p
}

// Bound makes the far side count: a call to send or to edit that is one too many
// in the window is Limited until there is room, and is in the record with that.
func (m *Memory) Bound(a notify.Allowance) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.counter.bound = a
}

// Calls are all calls so far, in the order in which they began.
func (m *Memory) Calls() []Call {
	m.mu.Lock()
	defer m.mu.Unlock()
	calls := make([]Call, len(m.calls))
	for i, c := range m.calls {
		calls[i] = *c
	}
	return calls
}

// Arrived are the messages that the far side has, each once, in the order in which
// they came first.
func (m *Memory) Arrived() []Arrival {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.arrivals)
}

// Shown is what stands at the address now, by the names that the far side gave: a
// message for each that was sent, as the last edit left it.
func (m *Memory) Shown(to notify.Address) map[string]notify.Message {
	m.mu.Lock()
	defer m.mu.Unlock()
	shown := map[string]notify.Message{}
	for k, message := range m.shown {
		if far, ok := strings.CutPrefix(k, key(to, "")); ok {
			shown[far] = message
		}
	}
	return shown
}

// Await waits until at least n messages have arrived. The error is that of ctx,
// and says how many have.
func (m *Memory) Await(ctx context.Context, n int) error {
	for {
		m.mu.Lock()
		got, changed := len(m.arrivals), m.changed
		m.mu.Unlock()
		if got >= n {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("%d of %d messages have arrived: %w", got, n, ctx.Err())
		}
	}
}

// key is a name at an address.
func key(to notify.Address, name string) string { return string(to.Lane()) + "/" + name }

// call does one call: it goes into the record, meets its fault, and is told to the
// far side by keep, with the mutex held, if it gets there.
func (m *Memory) call(ctx context.Context, c Call, keep func() (notify.Receipt, error)) (notify.Receipt, error) {
	mine, f := m.begin(c)
	var r notify.Receipt
	err := ctx.Err()
	if err == nil && f.Keep {
		r, err = locked(&m.mu, keep)
	}
	if err == nil {
		err = wait(ctx, f)
	}
	if err == nil && f.Err == nil && !f.Keep {
		r, err = locked(&m.mu, keep)
	}
	if err == nil {
		err = f.Err
	}
	return m.end(mine, r, err)
}

// begin writes a call into the record and picks its fault.
func (m *Memory) begin(c Call) (*Call, Fault) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c.At, c.Beside = time.Now(), m.busy[c.To]
	m.busy[c.To]++
	m.calls = append(m.calls, &c)
	if after := m.counter.count(c); after > 0 {
		return &c, Status(notify.Limited, after)
	}
	return &c, m.troubles.meet(c.To)
}

func locked(mu *sync.Mutex, keep func() (notify.Receipt, error)) (notify.Receipt, error) {
	mu.Lock()
	defer mu.Unlock()
	return keep()
}

// end writes what a call came to into the record.
func (m *Memory) end(c *Call, r notify.Receipt, err error) (notify.Receipt, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err != nil {
		r = notify.Receipt{}
	}
	c.Ended, c.Receipt, c.Err = time.Now(), r, err
	m.busy[c.To]--
	return r, err
}

// name is what the far side calls the message at a place.
func name(place int) string { return "far-" + strconv.Itoa(place+1) }

// Delete removes what the far side knows by that name, as a person there may: an
// edit of it is then Gone.
func (m *Memory) Delete(to notify.Address, far string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.shown, key(to, far))
}
