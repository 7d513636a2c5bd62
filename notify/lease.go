package notify

import (
	"context"
	"time"
)

// lease is the right of one node to dispatch.
type lease struct{ *Notifier }

// leaseName is the one lease of the notifier.
const leaseName = "notify"

// hold takes or renews the lease.
func (n lease) hold(ctx context.Context) (ok bool, err error) {
	if n.Leases == nil {
		return true, nil
	}
	try, cancel := context.WithTimeout(ctx, leaseTry)
	defer cancel()
	now := n.now()
	ok, err = n.Leases.Hold(try, leaseName, n.Node, now, now.Add(leaseFor))
	if err != nil && ctx.Err() == nil {
		n.Log.Error("the lease of the notifier could not be had; it is tried again", "error", err)
	}
	return ok && err == nil, err
}

// keep renews the lease, which is held since a time, until ctx ends, or the lease is
// lost. Where it cannot be renewed it returns before another node may have it.
func (n lease) keep(ctx context.Context, since time.Time) {
	if n.Leases == nil {
		<-ctx.Done()
		return
	}
	for wait := leaseRenew; ; {
		pause(ctx, wait)
		now := n.now()
		ok, err := n.hold(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case ok:
			since, wait = now, leaseRenew
		case err == nil || n.now().Sub(since) >= leaseFor-leaseRenew:
			n.Log.Warn("another node dispatches from now on, or the database does not answer")
			return
		default:
			wait = leaseTry / 2
		}
	}
}

// release lets another node go on at once.
func (n lease) release() {
	if n.Leases == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), troublePause)
	defer cancel()
	if err := n.Leases.Release(ctx, leaseName, n.Node); err != nil {
		n.Log.Warn("the lease of the notifier could not be given back; it lapses by itself", "error", err)
	}
}
