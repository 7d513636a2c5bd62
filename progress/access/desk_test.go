package access

import (
	"context"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
)

// fake is a desk whose credentials are made up, and how often it read one.
func fake() (d *desk, reads *atomic.Int32) {
	reads = new(atomic.Int32)
	return newDesk(func(_ context.Context, k key) (*entry, error) {
		reads.Add(1)
		return newEntry(k.id+k.sum.String(), Caller{}, time.Time{}), nil
	}), reads
}

func TestDeskIsBounded(t *testing.T) {
	t.Parallel()
	d, _ := fake()
	for i := range 3 * deskSize {
		if _, err := d.admit(ctx, key{sum: digestOf(strconv.Itoa(i))}, epoch); err != nil {
			t.Fatal(err)
		}
		if len(d.entries) > deskSize+2 {
			t.Fatalf("%d entries", len(d.entries))
		}
	}
	kept := key{sum: digestOf("kept")}
	later := epoch.Add(fresh)
	for range 2 { // read, then remembered
		if _, err := d.admit(ctx, kept, later); err != nil {
			t.Fatal(err)
		}
	}
	d.shrink(later)
	if len(d.entries) != 2 || d.entries[kept] == nil {
		t.Errorf("%d entries", len(d.entries))
	}
}

func TestDeskDoesNotKeepStrangers(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		for range 100 {
			_, err := w.Token(ctx, newSecret(tokenPrefix))
			refused(t, err, progress.Unauthorized, "")
		}
		if n := len(w.tokens.entries); n != 0 {
			t.Errorf("%d entries", n)
		}
	})
}

// TestFits holds that a row that the database gives must be that of the secret.
func TestFits(t *testing.T) {
	t.Parallel()
	k := key{sum: digestOf("a")}
	if !k.fits(digestOf("a").String()) || k.fits(digestOf("b").String()) || k.fits("") || !(key{id: "x"}).fits("") {
		t.Error("a row does not fit its key, or another does")
	}
}

// TestForgottenWhileRead holds that what was read before a change is not kept
// after it.
func TestForgottenWhileRead(t *testing.T) {
	t.Parallel()
	reading, forgotten := make(chan struct{}), make(chan struct{})
	d := newDesk(func(context.Context, key) (*entry, error) {
		reading <- struct{}{}
		<-forgotten
		return newEntry("x", Caller{}, time.Time{}), nil
	})
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, err := d.admit(ctx, key{id: "x"}, epoch); err != nil {
			t.Error(err)
		}
	})
	<-reading
	d.forget()
	close(forgotten)
	wg.Wait()
	if len(d.entries) != 0 {
		t.Error("it was kept")
	}
}

// TestReadsSeldom holds that a busy credential is read once in five seconds.
func TestReadsSeldom(t *testing.T) {
	t.Parallel()
	d, reads := fake()
	k := key{sum: digestOf("x")}
	for i := range 1000 {
		if _, err := d.admit(ctx, k, epoch.Add(time.Duration(i)*10*time.Millisecond)); err != nil {
			t.Fatal(err)
		}
	}
	if n := reads.Load(); n != 2 {
		t.Errorf("%d reads in ten seconds", n)
	}
}

// TestRevokeBesideCalls holds that once a revocation was answered, no call is
// let in, however many are under way.
func TestRevokeBesideCalls(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		for range 10 {
			id, secret := w.token("ann", time.Time{}, "read")
			var revoked atomic.Bool
			var wg sync.WaitGroup
			for range 8 {
				wg.Go(func() {
					for range 200 {
						after := revoked.Load()
						if _, err := w.Token(ctx, secret); after && err == nil {
							t.Error("let in after the revocation")
						}
					}
				})
			}
			if _, err := w.Directory().RevokeToken(ctx, boss, id); err != nil {
				t.Error(err)
			}
			revoked.Store(true)
			wg.Wait()
		}
	})
}
