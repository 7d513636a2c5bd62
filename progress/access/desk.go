package access

import (
	"context"
	"maps"
	"sync"
	"sync/atomic"
	"time"
)

// fresh is how long what was read of a credential counts. Another node's
// changes are seen at the latest after it.
const fresh = 5 * time.Second

// deskSize is how many entries a desk keeps; a credential has up to two.
const deskSize = 20_000

// key finds a credential: by its digest, or by its ID where there is no digest.
type key struct {
	sum digest
	id  string
}

// entry is a credential as it was read. It is not changed, but for used.
type entry struct {
	id     string
	caller Caller
	dead   string       // why it lets nobody in any more; "" while it does
	loaded time.Time    // before it was read
	used   atomic.Int64 // when a use was noted last, in microseconds since 1970
}

// desk lets in callers with one sort of credential. It remembers credentials
// that exist, never secrets that are none, so strangers cannot fill it.
type desk struct {
	load    func(ctx context.Context, k key) (*entry, error)
	uses    uses
	mu      sync.RWMutex
	entries map[key]*entry
	era     uint64 // rises when all is forgotten
}

func newDesk(load func(context.Context, key) (*entry, error)) *desk {
	return &desk{load: load, entries: map[key]*entry{}, uses: uses{at: map[string]time.Time{}}}
}

// admit gives the caller that a credential stands for.
func (d *desk) admit(ctx context.Context, k key, now time.Time) (Caller, error) {
	e, era := d.get(k)
	if e == nil || now.Sub(e.loaded) >= fresh {
		var err error
		if e, err = d.load(ctx, k); err != nil {
			return Caller{}, trouble(err)
		}
		e.loaded = now
		d.put(k, e, era)
	}
	if err := e.good(now); err != nil {
		return Caller{}, err
	}
	d.uses.note(e, now)
	return e.caller, nil
}

// good says why the entry lets nobody in, or nil.
func (e *entry) good(now time.Time) error {
	if e.dead != "" {
		return unauthorized(e.dead)
	}
	if x := e.caller.Expires; !x.IsZero() && !now.Before(x) {
		return unauthorized("this credential has expired")
	}
	return nil
}

// get gives an entry, nil if there is none, and the era to put one in.
func (d *desk) get(k key) (*entry, uint64) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.entries[k], d.era
}

// put keeps an entry under the key that found it and under its ID, unless all
// was forgotten meanwhile: it may have been read before.
func (d *desk) put(k key, e *entry, era uint64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if era != d.era {
		return
	}
	if len(d.entries) >= deskSize {
		d.shrink(e.loaded)
	}
	d.entries[k] = e
	d.entries[key{id: e.id}] = e
}

// shrink drops what has to be read again anyway, and all where that is too
// little to pay for the search.
func (d *desk) shrink(now time.Time) {
	maps.DeleteFunc(d.entries, func(_ key, e *entry) bool { return now.Sub(e.loaded) >= fresh })
	if len(d.entries) > deskSize/2 {
		clear(d.entries)
	}
}

// forget drops all entries, those too that are being read.
func (d *desk) forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	clear(d.entries)
	d.era++
}
