package notify

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// Options are what a notifier needs. Its funcs are called from many goroutines.
type Options struct {
	Outbox Outbox
	Post   Post
	Cards  Cards
	Rolls  Rolls
	Agenda Agenda
	Old    Purger        // nil: nothing is forgotten
	Keep   time.Duration // for how long settled letters are kept; less than 0 for ever
	Leases Leases        // nil: nobody else dispatches from this database
	Node   string        // who holds the lease, different for every process

	Tasks    Tasks
	Book     Book
	Channels map[string]Channel

	// Eyes is what a person may see now; ok is false for one who is gone.
	Eyes func(ctx context.Context, who progress.Person) (a progress.Actor, ok bool, err error)

	// People are everyone who is not disabled; nil: nobody is told who has not subscribed.
	People func(ctx context.Context) ([]progress.Actor, error)

	Rules  []Rule        // who else is told; see CheckRules
	Remind time.Duration // after which those are reminded who were asked to decide; 0: never

	// ETA is how long a task still takes, nil if nobody can tell; without it only what
	// workers say themselves is told.
	ETA func(*progress.Task) *progress.ETA

	// Listen calls f for every task that moves, until stop is called. f does not block.
	Listen func(f func(progress.Moved)) (stop func())

	// Held is run while this node has the lease, until ctx ends: what belongs to the far sides
	// of its lanes, such as a bot's connection. Nil for nothing.
	Held func(ctx context.Context)

	Link   func(progress.TaskID) string // to a task's page, of "" to that of what one is told; "" for none; nil for none
	Reader templates.Reader             // of who has not said how they read
	Watch  Watcher                      // nil for nobody
	Log    *slog.Logger                 // nil means slog.Default
}

// Notifier tells of what happens. Its methods may be called from any goroutine.
type Notifier struct {
	*roster
	desk  *desk
	begun time.Time // when it was made
	appointments
	ring   chan struct{}            // holds one: there may be events
	calls  map[string]chan struct{} // holds those under way, by channel: one that hangs holds up no other
	jitter func() float64           // 0..1
}

// New makes a notifier. Run makes it work.
func New(o Options) *Notifier {
	if o.ETA == nil {
		o.ETA = progress.ClaimedETA
	}
	if o.Link == nil {
		o.Link = func(progress.TaskID) string { return "" }
	}
	if o.People == nil {
		o.People = func(context.Context) ([]progress.Actor, error) { return nil, nil }
	}
	if o.Held == nil {
		o.Held = func(context.Context) {}
	}
	if o.Watch == nil {
		o.Watch = nobody{}
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	r := &roster{Options: o, rolls: &rolls{from: o.Rolls, usual: o.Reader, log: o.Log}, named: namedBy(o.Rules, o.Channels), now: time.Now}
	n := &Notifier{roster: r, begun: r.now(), ring: make(chan struct{}, 1), calls: map[string]chan struct{}{}, jitter: random}
	for name, c := range o.Channels {
		most := mostCalls
		if narrow, ok := c.(Narrow); ok {
			most = narrow.Calls()
		}
		n.calls[name] = make(chan struct{}, most)
	}
	n.desk = newDesk(n)
	return n
}

// Run dispatches and delivers until ctx ends, then lets calls under way end. While
// another node does it, it waits for that node to be gone.
func (n *Notifier) Run(ctx context.Context) {
	for ctx.Err() == nil {
		since := n.now()
		if ok, _ := (lease{n}).hold(ctx); !ok {
			pause(ctx, leaseRenew)
			continue
		}
		n.term(ctx, since)
	}
	lease{n}.release()
}

// term is as long as this node holds the lease, which it keeps until its last call has
// ended.
func (n *Notifier) term(ctx context.Context, since time.Time) {
	ctx, end := context.WithCancel(ctx)
	defer end()
	held, lose := context.WithCancel(context.Background())
	var parts sync.WaitGroup
	parts.Go(func() { lease{n}.keep(held, since); lose(); end() })
	parts.Go(func() { rounds{n}.purge(ctx) })
	parts.Go(func() { rounds{n}.look(ctx) })
	parts.Go(func() { rounds{n}.listen(ctx) })
	parts.Go(func() { n.Held(ctx) })
	n.work(ctx, held)
	lose()
	parts.Wait()
}

// work is what the holder of the lease does.
func (n *Notifier) work(ctx, held context.Context) {
	stop := n.Listen(n.heard)
	defer stop()
	n.desk.open()
	stopped, cut := n.desk.stop, n.desk.cut
	defer context.AfterFunc(held, func() { stopped(); cut() })() // dispatch may hang in a commit
	defer n.desk.close(held)
	n.start(ctx)
	n.known = false
	for ctx.Err() == nil {
		switch more, err := n.pass(ctx); {
		case err != nil && ctx.Err() == nil:
			n.Log.Error("events could not be dispatched; it is tried again", "error", err)
			pause(ctx, troublePause)
			n.start(ctx) // what was written all the same has not come to its lanes
		case !more:
			n.await(ctx)
		}
	}
}

// pass dispatches events, and does what is due.
func (n *Notifier) pass(ctx context.Context) (more bool, err error) {
	more, err = n.dispatch(ctx)
	if err != nil {
		return false, err
	}
	others, err := n.due(ctx)
	return more || others, err
}

// start takes up what an earlier process left.
func (n *Notifier) start(ctx context.Context) {
	for ctx.Err() == nil {
		lanes, err := n.Post.Busy(ctx)
		if err == nil {
			n.desk.poke(lanes)
			return
		}
		if ctx.Err() == nil {
			n.Log.Error("waiting letters could not be read; it is tried again", "error", err)
		}
		pause(ctx, troublePause)
	}
}

// Poke has lanes look for letters that were put there by somebody else. Where another
// node dispatches, it is that one that looks, within a second.
func (n *Notifier) Poke(lanes []Lane) {
	if n.desk.poke(lanes) || n.Leases == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), stopPatience)
	defer cancel()
	if err := n.Rolls.Raise(ctx); err != nil {
		n.Log.Warn("the node that dispatches could not be told to look; it looks by itself before long", "error", err)
	}
}

// heard is called for everything that moves, by whoever moved it.
func (n *Notifier) heard(m progress.Moved) {
	n.desk.moved(m)
	if !milestone(m) {
		return
	}
	select {
	case n.ring <- struct{}{}:
	default:
	}
}

// milestone reports whether there may be an event in the outbox.
func milestone(m progress.Moved) bool {
	for i := range m.Path {
		if m.Path[i].Now.Seq > m.Path[i].Was.Seq {
			return true
		}
	}
	return m.Path == nil
}

// await waits for an event, or for as long as one may go unheard.
func (n *Notifier) await(ctx context.Context) {
	t := time.NewTimer(idleLook)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-n.ring:
	case <-t.C:
	}
}

// pause waits, or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// nobody is a Watcher that does not look.
type nobody struct{}

func (nobody) Routed(int, time.Duration)                   {}
func (nobody) Tried(string, string, string, time.Duration) {}
func (nobody) Waited(string, string, time.Duration)        {}
func (nobody) Settled(string, string, string)              {}
