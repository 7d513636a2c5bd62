package notify_test

import (
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/notifytest"
)

// TestDigestOfOverlaps is that a digest leaves out what its address was told of since by
// another subscription.
func TestDigestOfOverlaps(t *testing.T) {
	m := notifytest.NewMemory()
	inWorld(t, map[string]*notifytest.Memory{"hook": m}, func(t *testing.T, w *world) {
		to := notify.Address{Channel: "hook", To: "ann's"}
		w.prefer("ann", func(p *notify.Preferences) {
			p.Ways = map[string]map[notify.Class]notify.Way{"hook": {notify.ClassStep: notify.WayDigest}}
			p.Digest = notify.Cadence{Every: 15 * time.Minute}
		})
		w.subscribe("hook", "a", func(s *notify.Subscription) { s.Address, s.Events = to, []string{"step.*"} })
		w.subscribe("hook", "b", func(s *notify.Subscription) { s.Address, s.Events = to, []string{"task.completed"} })
		w.create("one", "build", "ship")
		w.do("one", running1)
		settle(time.Minute)
		w.do("one", end)
		settle(time.Minute)
		same(t, "at once", kinds(m, to), []string{"task.completed"})
		settle(20 * time.Minute)
		same(t, "after", kinds(m, to), []string{"task.completed"})
	})
}

// TestHeldForOneThatIsOff is that what was held for a subscription that is off by then is dropped,
// and says so.
func TestHeldForOneThatIsOff(t *testing.T) {
	m := notifytest.NewMemory()
	inWorld(t, map[string]*notifytest.Memory{"hook": m}, func(t *testing.T, w *world) {
		w.prefer("ann", func(p *notify.Preferences) {
			p.Ways = map[string]map[notify.Class]notify.Way{"hook": {notify.ClassStep: notify.WayDigest}}
		})
		s := w.subscribe("hook", "a", nil)
		w.create("one", "build")
		w.do("one", running1)
		settle(time.Minute)
		if _, err := w.ledger.Change(t.Context(), s.ID, func(s *notify.Subscription) error { s.Off = "the test wants it"; return nil }); err != nil {
			t.Fatal(err)
		}
		settle(2 * time.Hour)
		same(t, "told", kinds(m, s.Address), []string{})
		var got []string
		for _, l := range w.letters(notify.LetterQuery{Sub: s.ID}) {
			got = append(got, string(l.State)+": "+l.Why)
		}
		same(t, "kept", got, []string{"dropped: the subscription is off: the test wants it"})
	})
}

// TestToldByARule is that who shares an address that a rule names reads the rule's name.
func TestToldByARule(t *testing.T) {
	m := notifytest.NewMemory()
	inWorld(t, map[string]*notifytest.Memory{"hook": m}, func(t *testing.T, w *world) {
		w.subscribe("hook", "a", func(s *notify.Subscription) { s.Address = notify.Address{Channel: "hook", To: "ops"} })
		w.prefer("ann", func(p *notify.Preferences) {
			p.Ways = map[string]map[notify.Class]notify.Way{"hook": {notify.ClassStep: notify.WayDigest}}
		})
		w.rewire(func(o *notify.Options) { o.Rules = []notify.Rule{{Name: "all", Tell: []string{"hook:ops"}}} })
		w.create("one", "build")
		settle(time.Second)
		same(t, "why", w.traced("one", "task.created"), []string{
			"ann ops silent the address is told already, by rule all", "ops told rule all",
		})
	})
}

// TestMutedRule is that a mute is the reason, where a rule would have told what nobody has
// subscribed to.
func TestMutedRule(t *testing.T) {
	m := notifytest.NewMemory()
	inWorld(t, map[string]*notifytest.Memory{"hook": m}, func(t *testing.T, w *world) {
		w.subscribe("hook", "a", func(s *notify.Subscription) { s.Events = []string{"task.failed"} })
		w.prefer("ann", func(p *notify.Preferences) { p.Mutes = []notify.Mute{{ID: "mut_a"}} })
		w.rewire(func(o *notify.Options) { o.Rules = []notify.Rule{{Name: "all", Tell: []string{"ann"}}} })
		w.create("one", "build")
		settle(time.Second)
		same(t, "why", w.traced("one", "task.created"), []string{"ann a silent muted"})
	})
}
