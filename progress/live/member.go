package live

import (
	"context"
	"slices"
	"strconv"
	"sync/atomic"

	"github.com/taskherald/herald/progress"
)

// The codes of close frames (RFC 6455, section 7.4), and what is said with them.
const (
	closeDone    = 1000 // the task has ended
	closeAway    = 1001 // the server stops
	closePolicy  = 1008 // the credential is no longer good
	closeFailed  = 1011 // a defect of ours
	closeTooSlow = 1013
)

var (
	done    = ending{closeDone, "the task has ended"}
	away    = ending{closeAway, "the server is stopping; reconnect in a moment"}
	revoked = ending{closePolicy, "this credential is no longer good"}
	hidden  = ending{closePolicy, "this task is not for this reader any more"}
	missing = ending{closePolicy, "there is no such task"}
	failed  = ending{closeFailed, "the server could not read this task; reconnect in a moment"}
)

// troubles reports whether the reader has to be told why it is closed.
func (e ending) troubles() bool { return e.code == closePolicy || e.code == closeFailed }

// carrier brings a member's queue to its reader. Neither method may block.
type carrier interface {
	wake() // the queue has something, and nobody empties it
	drop() // the connection is given up
}

// member is one reader.
type member struct {
	carrier
	hub   *Hub
	sub   Subscription
	actor atomic.Pointer[progress.Actor]
	gone  atomic.Bool // nothing more is to be sent
	queue queue
	topic *topic // of the one task, set before the member is seated; nil with all tasks
}

func (m *member) init(h *Hub, s Subscription, c carrier) {
	m.hub, m.sub, m.carrier = h, s, c
	m.actor.Store(&m.sub.Actor)
}

// single reports whether the member reads one task.
func (m *member) single() bool { return m.sub.Task != "" }

// mostTicks is how many progress frames of a task may wait for the member.
func (m *member) mostTicks() int {
	switch {
	case m.sub.Script != nil:
		return mostSaid
	case m.single():
		return mostTicks
	}
	return 1
}

// sees reports whether the task is one that the member reads and may see.
func (m *member) sees(t *progress.Task) bool {
	return (m.single() || m.sub.Filter.matches(t.Spec)) && progress.Sees(*t, *m.actor.Load())
}

// wants reports whether the member, which reads all, reads tasks of the kind.
func (m *member) wants(kind string) bool {
	k := m.sub.Filter.Kind
	return k == "" || k == kind
}

// send queues a frame.
func (m *member) send(f *frame) { m.put(&node{}, f, false) }

// begin queues a frame that the member has to get at its start.
func (m *member) begin(f *frame) { m.put(&node{}, f, true) }

func (m *member) put(n *node, f *frame, free bool) {
	wake, fits := m.queue.put(n, f, free, &m.hub.o)
	if !fits {
		m.end(m.tooSlow(), true)
	}
	if wake {
		m.wake()
	}
}

func (m *member) tooSlow() ending {
	if !m.single() {
		return ending{closeTooSlow, "too slow; reconnect"}
	}
	return ending{closeTooSlow, "too slow; reconnect with since=" + strconv.FormatInt(m.queue.taken(), 10)}
}

// end closes the member after what waits for it, or at once.
func (m *member) end(e ending, atOnce bool) {
	m.gone.Store(true)
	if s := m.sub.Script; s != nil && e.troubles() {
		m.begin(s.Trouble(e.text).frame())
		atOnce = false
	}
	if m.queue.close(e, atOnce) {
		m.wake()
	}
}

// knock has the peer pinged, or with a text answers its ping.
func (m *member) knock(pong *string) {
	if m.queue.knock(pong) {
		m.wake()
	}
}

// recheck asks whether the credential is still good. It reports whether what it
// is good for has changed.
func (m *member) recheck(ctx context.Context) (changed bool) {
	if m.sub.Still == nil || m.gone.Load() {
		return false
	}
	is, err := m.sub.Still(ctx)
	switch {
	case err == nil:
		was := m.actor.Swap(&is)
		return !sameActor(was, &is)
	case ctx.Err() == nil && progress.CodeOf(err) != progress.Unavailable:
		m.end(revoked, true)
	}
	return false
}

func sameActor(a, b *progress.Actor) bool {
	return a.Person == b.Person && a.Rights == b.Rights && a.All == b.All && slices.Equal(a.Groups, b.Groups)
}

// attempt starts a member, or ends it if that cannot be done.
func (m *member) attempt(start func(context.Context, *member) error) {
	err := guarded(func() error { return start(m.hub.crew.ctx, m) })
	switch {
	case err == nil:
	case progress.CodeOf(err) == progress.NotFound:
		m.end(missing, true)
	default:
		m.hub.o.Log.Warn("a reader could not be started", "task", m.sub.Task, "error", err)
		m.end(failed, true)
	}
}
