package access

import (
	"testing"
	"time"

	"github.com/taskherald/herald/progress/db/dbtest"
	"github.com/taskherald/herald/progress/store"
)

// BenchmarkToken is what a request pays for its credential.
func BenchmarkToken(b *testing.B) {
	a, err := New(store.NewAccess(dbtest.Open(b, dbtest.SQLite)), Options{})
	if err != nil {
		b.Fatal(err)
	}
	first, err := a.Bootstrap(ctx)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("alone", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := a.Token(ctx, first.Token); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("parallel", func(b *testing.B) {
		b.ReportAllocs()
		b.RunParallel(func(p *testing.PB) {
			for p.Next() {
				if _, err := a.Token(ctx, first.Token); err != nil {
					b.Error(err)
				}
			}
		})
	})
	b.Run("unknown", func(b *testing.B) {
		b.ReportAllocs()
		stranger := newSecret(tokenPrefix)
		for b.Loop() {
			if _, err := a.Token(ctx, stranger); err == nil {
				b.Fatal("let in")
			}
		}
	})
	b.Run("read", func(b *testing.B) {
		b.ReportAllocs()
		now := time.Now()
		for b.Loop() {
			now = now.Add(fresh)
			if _, err := a.tokens.admit(ctx, key{sum: digestOf(first.Token)}, now); err != nil {
				b.Fatal(err)
			}
		}
	})
}
