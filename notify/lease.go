package notify

import (
	"context"
	"time"
)

// leaseName is the one lease of the notifier.
const leaseName = "notify"

// hold takes or renews the lease.
func (n *Notifier) hold(ctx context.Context) bool {
	if n.Leases == nil {
		return true
	}
	now := n.now()
	ok, err := n.Leases.Hold(ctx, leaseName, n.Node, now, now.Add(leaseFor))
	if err != nil && ctx.Err() == nil {
		n.Log.Error("the lease of the notifier could not be had; it is tried again", "error", err)
	}
	return ok && err == nil
}

// keep renews the lease until ctx ends, or the lease is lost.
func (n *Notifier) keep(ctx context.Context) {
	if n.Leases == nil {
		<-ctx.Done()
		return
	}
	held := n.now()
	for {
		pause(ctx, leaseRenew)
		now := n.now()
		switch {
		case ctx.Err() != nil:
			return
		case n.hold(ctx):
			held = now
		case now.Sub(held) > leaseFor-leaseRenew-time.Second: // before another may have it
			n.Log.Warn("another node dispatches from now on, or the database does not answer")
			return
		}
	}
}

// release lets another node go on at once.
func (n *Notifier) release() {
	if n.Leases == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), troublePause)
	defer cancel()
	if err := n.Leases.Release(ctx, leaseName, n.Node); err != nil {
		n.Log.Warn("the lease of the notifier could not be given back; it lapses by itself", "error", err)
	}
}
