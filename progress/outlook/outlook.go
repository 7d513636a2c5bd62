package outlook

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/estimate"
	"github.com/taskherald/herald/progress/store"
	"github.com/taskherald/herald/progress/trace"
)

// Book is what is learned of past runs. Its reading methods may be called
// together, Learn alone.
type Book interface {
	Learn(r *estimate.Run)
	Estimate(r *estimate.Run) estimate.Guess
	Late(kind, step string) time.Duration
}

// Options are what an Outlook stands on.
type Options struct {
	// Pasts reads runs that have ended, the newest first.
	Pasts func(ctx context.Context, q store.PastQuery) ([]store.Past, error)

	Book func() Book      // an empty one; nil means that of package estimate
	Now  func() time.Time // nil means time.Now
	Log  *slog.Logger     // nil means slog.Default
}

// Outlook knows how long tasks still take. Its methods may be called from any
// goroutine.
type Outlook struct {
	o     Options
	ended chan store.Past // that are to be learned
	lost  atomic.Bool     // more have ended than there was room for
	again again

	mu   sync.RWMutex
	book Book // nil until the past has been read
}

// waiting is how many runs may wait to be learned.
const waiting = 1024

// Open makes an Outlook that knows nothing of the past. Follow it with Run.
func Open(o Options) *Outlook {
	if o.Book == nil {
		o.Book = func() Book { return estimate.NewBook() }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Outlook{o: o, ended: make(chan store.Past, waiting)}
}

// Learn takes runs that have just ended, and have been stored. It never blocks.
func (o *Outlook) Learn(ended []store.Past) {
	for i := range ended {
		select {
		case o.ended <- ended[i]:
		default:
			if !o.lost.Swap(true) {
				o.o.Log.Warn("more runs end than can be learned from; the past will be read anew")
			}
			return
		}
	}
}

// ETA is how long a task still takes from now; nil when nobody can tell, or it has
// ended. t is not kept.
func (o *Outlook) ETA(t *progress.Task) *progress.ETA {
	if t.Status.Ended() || t.Spec == nil {
		return nil
	}
	if own := progress.ClaimedETA(t); own != nil {
		return own
	}
	return shown(o.guess(t), progress.Waits(t))
}

// guess is how long a task still takes, the zero value if nobody can tell.
func (o *Outlook) guess(t *progress.Task) estimate.Guess {
	now := o.o.Now()
	if g, ok := o.again.find(t, now); ok {
		return g
	}
	run := trace.Of(t, now, nil)
	o.mu.RLock()
	defer o.mu.RUnlock()
	if o.book == nil {
		return estimate.Guess{}
	}
	g := o.book.Estimate(&run)
	o.again.keep(t, now, g)
	return g
}

// Late is the time of work that a step of that name exceeds in one of twenty
// cases, 0 if it is not known.
func (o *Outlook) Late(kind, step string) time.Duration {
	o.mu.RLock()
	defer o.mu.RUnlock()
	if o.book == nil {
		return 0
	}
	return o.book.Late(kind, step)
}
