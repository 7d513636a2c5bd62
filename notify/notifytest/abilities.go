package notifytest

import (
	"context"
	"testing"

	"github.com/taskherald/herald/notify"
)

// edits: of a picture there is one, and it is the last.
func edits(t testing.TB, k *kit) {
	e, ok := k.channel.(notify.Editor)
	if !ok {
		return
	}
	to, l := k.far.Address(t), begin(t, "task_card", "CRM")
	l.run()
	r := k.send(t, to, l.card())
	l.pass()
	last := l.card()
	if _, err := e.Edit(t.Context(), to, r.Far, last); err != nil {
		t.Fatal(err)
	}
	shows(t, k.only(t, to), words(last))
	_, err := e.Edit(t.Context(), to, r.Far+"0", last)
	k.failed(t, to, err, outcome{fate: notify.Gone})
	k.only(t, to)
}

// editsFail: an edit has the fates that a message has. That it may have arrived is
// no matter: it is the same once more.
func editsFail(t testing.TB, k *kit) {
	e, ok := k.channel.(notify.Editor)
	if !ok {
		return
	}
	for _, what := range []Trouble{Broken, TooFast, Refused, Stranger, Away} {
		if !k.has(what) {
			continue
		}
		to, l := k.far.Address(t), begin(t, "task_card", "CRM")
		l.run()
		first := l.card()
		r := k.send(t, to, first)
		l.pass()
		k.far.Fail(to, what)
		want := outcomes[what]
		want.open = true
		_, err := e.Edit(t.Context(), to, r.Far, l.card())
		k.failed(t, to, err, want)
		if what != Away {
			shows(t, k.only(t, to), words(first))
		}
		if _, err := e.Edit(t.Context(), to, r.Far, l.card()); err != nil {
			t.Errorf("after %s: %v", what, err)
		}
		shows(t, k.only(t, to), words(l.card()))
	}
}

// finds: a message that has arrived is found by its ID, one that has not is not,
// and a far side that does not answer says neither.
func finds(t testing.TB, k *kit) {
	f, ok := k.channel.(notify.Finder)
	if !ok {
		return
	}
	to, pair := k.far.Address(t), samples(t, 2)
	found := func(m notify.Message) (notify.Receipt, bool) {
		t.Helper()
		r, ok, err := f.Find(t.Context(), to, m)
		if err != nil {
			t.Fatal(err)
		}
		return r, ok
	}
	if _, ok := found(pair[0]); ok {
		t.Error("what was never sent is found")
	}
	k.far.Fail(to, LostYes)
	if _, err := k.channel.Send(t.Context(), to, pair[0]); err == nil {
		t.Fatal("the answer was not lost")
	}
	r, ok := found(pair[0])
	if _, other := found(pair[1]); !ok || other {
		t.Fatalf("the lost message is found: %v; another one: %v", ok, other)
	}
	k.far.Fail(to, Broken)
	if _, ok, err := f.Find(t.Context(), to, pair[0]); ok || err == nil {
		t.Errorf("a far side that is broken says %v, %v", ok, err)
	} else {
		k.failed(t, to, err, outcome{fate: notify.Transient, open: true})
	}
	k.usable(t, to, r.Far, pair[0])
}

// usable: what was found can be edited, where anything can.
func (k *kit) usable(t testing.TB, to notify.Address, far string, m notify.Message) {
	t.Helper()
	e, ok := k.channel.(notify.Editor)
	if !ok {
		return
	}
	if _, err := e.Edit(t.Context(), to, far, m); err != nil {
		t.Errorf("what was found cannot be edited: %v", err)
	}
	k.only(t, to)
}

// paces: a pace can be kept.
func paces(t testing.TB, k *kit) {
	p, ok := k.channel.(notify.Pacer)
	if !ok {
		return
	}
	to := k.far.Address(t)
	pace := p.Pace(to)
	if pace.Gap < 0 || pace.Edit < 0 || pace != p.Pace(to) {
		t.Errorf("%+v, then %+v", pace, p.Pace(to))
	}
	b := pace.Budget
	if b.Calls < 0 || b.Reserve < 0 || b.Reserve > b.Calls || (b.Calls > 0) != (b.Window > 0) || (b.Calls > 0) != (pace.Account != "") {
		t.Errorf("a budget that cannot be: %+v", pace)
	}
}

// probes: whether it would work can be asked without telling anybody.
func probes(t testing.TB, k *kit) {
	p, ok := k.channel.(notify.Prober)
	if !ok {
		return
	}
	to := k.far.Address(t)
	if err := p.Probe(t.Context()); err != nil {
		t.Error(err)
	}
	if got := k.far.Got(to); len(got) != 0 {
		t.Errorf("somebody was told: %v", got)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.Probe(over); err == nil {
		t.Error("it works after the end of its context")
	}
}
