package ledger

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
)

// prefer has somebody's preferences changed.
func (b book) prefer(who progress.Person, fn func(*notify.Preferences)) notify.Preferences {
	b.Helper()
	p, err := b.Prefer(ctx, who, func(p *notify.Preferences) error { fn(p); return nil })
	b.must(err)
	return p
}

func (b book) preferences(who progress.Person) notify.Preferences {
	b.Helper()
	p, err := b.PreferencesOf(ctx, who)
	b.must(err)
	return p
}

// TestPreferences holds that every field of them is kept, that each change raises the
// rev, and that nothing is kept of who prefers nothing.
func TestPreferences(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		is(t, "of nobody", encode(b.preferences("ann")), encode(notify.Preferences{Person: "ann"}))
		full := notify.Preferences{
			Person: "ann", Language: "pt", Zone: "Europe/Lisbon", Through: []notify.Class{},
			Quiet:  []notify.Quiet{{Days: []string{"mon", "fri"}, From: 22 * 60, To: 7*60 + 30}, {From: 12 * 60, To: 13 * 60}},
			Ways:   map[string]map[notify.Class]notify.Way{"email": {notify.ClassStep: notify.WayDigest}, notify.Browser: {notify.ClassEnd: notify.WayOff}},
			Digest: notify.Cadence{At: []notify.Clock{8 * 60, 17*60 + 30}}, At: at(5),
			Mutes: []notify.Mute{{ID: "mut_1", Match: notify.Match{Kind: "crm\x00\xff"}, Until: at(90), All: true, At: at(4)}},
		}
		b.risen("a wish", func() {
			got := b.prefer("ann", func(p *notify.Preferences) { *p = full; p.Person = "eve" })
			is(t, "became", encode(got), encode(full))
		})
		full.Mutes[0].Match.Kind = "crm\x00\uFFFD"
		is(t, "kept", encode(b.preferences("ann")), encode(full))
		is(t, "nothing passes", b.preferences("ann").Through == nil, false)
		bobs := b.prefer("bob", func(p *notify.Preferences) { p.Language, p.At = "de", at(6) })
		b.prefer("aaron", func(p *notify.Preferences) { p.Zone, p.At = "UTC", at(7) })
		all, err := b.Preferences(ctx)
		b.must(err)
		is(t, "all", encode(all), encode([]notify.Preferences{b.preferences("aaron"), full, bobs}))

		b.risen("no wish any more", func() {
			got := b.prefer("ann", func(p *notify.Preferences) {
				is(t, "before", encode(*p), encode(full))
				*p = notify.Preferences{Ways: map[string]map[notify.Class]notify.Way{}, Mutes: []notify.Mute{}, At: at(8)}
			})
			is(t, "became", encode(got), encode(notify.Preferences{Person: "ann"}))
		})
		is(t, "of nobody", encode(b.preferences("ann")), encode(notify.Preferences{Person: "ann"}))
		b.prefer("ann", func(*notify.Preferences) {})
		is(t, "rows", b.count("preferences"), 2)
	})
}

// TestRefusedPreferences holds that an error comes back as it is and changes nothing.
func TestRefusedPreferences(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		want := b.prefer("ann", func(p *notify.Preferences) { p.Language, p.At = "de", at(1) })
		rev, err := b.Rev(ctx)
		b.must(err)
		mine := errors.New("mine")
		if _, err := b.Prefer(ctx, "ann", func(p *notify.Preferences) error { p.Language = "fr"; return mine }); !errors.Is(err, mine) {
			t.Errorf("refused with %v", err)
		}
		is(t, "kept", encode(b.preferences("ann")), encode(want))
		after, err := b.Rev(ctx)
		is(t, "rev", fmt.Sprint(after, err), fmt.Sprint(rev, nil))
	})
}

// TestPreferTogether holds that no change of preferences is lost, of those who had none too.
func TestPreferTogether(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		var all sync.WaitGroup
		for n := range 8 {
			who := progress.Person([]string{"ann", "bob"}[n%2])
			all.Go(func() {
				for i := range 5 {
					if _, err := b.Prefer(ctx, who, func(p *notify.Preferences) error {
						p.Mutes = append(p.Mutes, notify.Mute{ID: fmt.Sprintf("mut_%d_%d", n, i), At: at(1)})
						p.At = p.At.Add(time.Second)
						return nil
					}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		for _, who := range []progress.Person{"ann", "bob"} {
			seen := map[string]bool{}
			for _, m := range b.preferences(who).Mutes {
				seen[m.ID] = true
			}
			is(t, string(who), len(seen), 20)
		}
	})
}
