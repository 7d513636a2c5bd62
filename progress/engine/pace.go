package engine

import "time"

// pace is how the last commit went. Those who were answered by it are likely to
// ask again at once; on a slow disk it pays to let them join the next commit,
// or two halves of the callers would take turns.
type pace struct {
	took    time.Duration
	callers int // that it answered, and that waited when it was done
}

// A commit that took this long is slow; then so much of its time is spent on
// waiting for more callers.
const (
	slowCommit  = time.Millisecond
	patience    = 8 // the reciprocal of the part
	maxPatience = 10 * time.Millisecond
)

// gather takes all that waits, up to the size of a batch.
func (p pace) gather(queue <-chan *op) []*op {
	batch := drain(queue, make([]*op, 0, min(len(queue)+1, batchSize)))
	if p.took < slowCommit || len(batch) >= p.callers {
		return batch
	}
	timeout := time.NewTimer(min(p.took/patience, maxPatience))
	defer timeout.Stop()
	for len(batch) < min(p.callers, batchSize) {
		select {
		case o := <-queue:
			batch = append(batch, o)
		case <-timeout.C:
			return batch
		}
	}
	return drain(queue, batch)
}

// drain takes what is there already.
func drain(queue <-chan *op, batch []*op) []*op {
	for len(batch) < batchSize {
		select {
		case o := <-queue:
			batch = append(batch, o)
		default:
			return batch
		}
	}
	return batch
}
