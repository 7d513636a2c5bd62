package notify

import "context"

// rounds are what the holder of the lease does now and then, beside the work.
type rounds struct{ *Notifier }

// look finds, now and then until ctx ends, what nobody told us of: cards that are
// behind, and letters that another node has put in line.
func (n rounds) look(ctx context.Context) {
	for pause(ctx, reconcile); ctx.Err() == nil; pause(ctx, reconcile) {
		n.desk.reconcile(ctx)
		if n.Leases != nil {
			n.start(ctx)
		}
	}
}

// listen looks, every second until ctx ends, whether another node has put letters in
// line.
func (n rounds) listen(ctx context.Context) {
	last, known := int64(0), false
	for ; n.Leases != nil && ctx.Err() == nil; pause(ctx, idleLook) {
		rev, err := n.Rolls.Rev(ctx)
		if err == nil && known && rev != last {
			n.start(ctx)
		}
		if err == nil {
			last, known = rev, true
		}
	}
}

// purge forgets what is old, now and then, until ctx ends.
func (n rounds) purge(ctx context.Context) {
	for n.Old != nil && n.Keep >= 0 && ctx.Err() == nil {
		if err := n.Old.Purge(ctx, n.now().Add(-n.Keep)); err != nil && ctx.Err() == nil {
			n.Log.Error("old deliveries could not be forgotten; it is tried again", "error", err)
		}
		pause(ctx, purgeEvery)
	}
}
