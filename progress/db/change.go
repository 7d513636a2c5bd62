package db

import (
	"context"
	"math/rand/v2"
	"time"
)

// changes is how often a transaction that lost a race is run.
const changes = 8

// Change runs a transaction that writes, again while it only loses races and ctx lasts. Fn
// may be called more than once.
func Change(ctx context.Context, d *DB, fn func(*Tx) error) error {
	var err error
	for i := range changes {
		if err = d.Write(ctx, fn); err == nil || !Retryable(err) || ctx.Err() != nil {
			return err
		}
		time.Sleep(rand.N(time.Millisecond << i)) //nolint:gosec // jitter, not a secret
	}
	return err
}
