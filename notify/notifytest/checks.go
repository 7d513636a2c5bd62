package notifytest

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
)

// arrives: whatever a message is about, its words are at its address, once and in
// order, and nowhere else.
func arrives(t testing.TB, k *kit) {
	to, other := k.far.Address(t), k.far.Address(t)
	var want []notify.Message
	for _, m := range lives(t, "CRM") {
		if _, edits := k.channel.(notify.Editor); edits && m.Card != nil {
			continue // it is one message there
		}
		before := written(t, m)
		k.send(t, to, m)
		if written(t, m) != before {
			t.Errorf("the channel has changed the message %s", m.ID)
		}
		want = append(want, m)
	}
	got := k.far.Got(to)
	if len(got) != len(want) {
		t.Fatalf("%d of %d messages are there", len(got), len(want))
	}
	for i, g := range got {
		if g.Times != 1 {
			t.Errorf("%q came %d times", g.Text, g.Times)
		}
		shows(t, g, words(want[i]))
	}
	if got := k.far.Got(other); len(got) != 0 {
		t.Errorf("at another address are %v", got)
	}
}

// written is a message in full.
func written(t testing.TB, m notify.Message) string {
	t.Helper()
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// again: the far side knows a second try by its ID, and two messages apart.
func again(t testing.TB, k *kit) {
	to, pair := k.far.Address(t), samples(t, 2)
	first := k.send(t, to, pair[0])
	pair[0].Doubt = true
	if second := k.send(t, to, pair[0]); first.Far != second.Far && k.far.Got(to)[0].Times == 1 {
		t.Errorf("it is %q and %q, and came once", first.Far, second.Far)
	}
	once := k.only(t, to)
	k.send(t, to, pair[1])
	if got := k.far.Got(to); len(got) != 2 || got[0].ID != once.ID || got[0].Times > 2 {
		t.Errorf("after another message there are %v", got)
	}
}

// hostile: what strangers write is read as they wrote it, and does nothing.
func hostile(t testing.TB, k *kit) {
	for _, m := range lives(t, nasty) {
		to, other := k.far.Address(t), k.far.Address(t)
		k.send(t, to, m)
		shows(t, k.only(t, to), words(m))
		if got := k.far.Got(other); len(got) != 0 {
			t.Errorf("at another address are %v", got)
		}
	}
}

// large: a message that is too long is made to fit.
func large(t testing.TB, k *kit) {
	for _, m := range huge(t) {
		to := k.far.Address(t)
		k.send(t, to, m)
		shows(t, k.only(t, to), words(m))
	}
}

// troubled: each trouble has its fate, and is over after the call.
func troubled(t testing.TB, k *kit) {
	for what, want := range outcomes {
		if !k.has(what) {
			continue
		}
		to, m := k.far.Address(t), sample(t)
		k.far.Fail(to, what)
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		if what == Silent {
			ctx, cancel = context.WithTimeout(t.Context(), brief)
		}
		_, err := k.channel.Send(ctx, to, m)
		cancel()
		k.failed(t, to, err, want)
		if got := len(k.far.Got(to)); (got == 1) != want.takes && !want.open {
			t.Errorf("%s: %d messages are there", what, got)
		}
		m.Doubt = want.doubt
		k.send(t, to, m)
		shows(t, k.only(t, to), words(m))
	}
}

// ends: a call ends soon after its context, however it ends, and says that it does
// not know.
func ends(t testing.TB, k *kit) {
	to, m := k.far.Address(t), sample(t)
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := k.channel.Send(over, to, m); err == nil || len(k.far.Got(to)) != 0 {
		t.Errorf("after the end of its context: %v, %v", err, k.far.Got(to))
	}
	if !k.has(Silent) {
		return
	}
	k.far.Fail(to, Silent)
	ctx, cancel := context.WithCancel(t.Context())
	defer time.AfterFunc(brief, cancel).Stop()
	began := time.Now()
	_, err := k.channel.Send(ctx, to, m)
	if took := time.Since(began); took > brief+soon {
		t.Errorf("it ended %v after its context", took-brief)
	}
	f, ok := errors.AsType[*notify.Failure](err)
	if !ok || f.Fate != notify.Transient || !f.Doubt {
		t.Fatalf("%v, want a transient failure in doubt", err)
	}
	k.presentable(t, to, err)
}

// nowheres are no addresses of any channel.
var nowheres = []string{"", " ", "nowhere at all", "\x00", "\r\n", "://", strings.Repeat("x", 10_000)}

// nowhere: what cannot be an address fails for good.
func nowhere(t testing.TB, k *kit) {
	good := k.far.Address(t)
	for _, bad := range nowheres {
		to := good
		to.To = bad
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		_, err := k.channel.Send(ctx, to, sample(t))
		cancel()
		f, ok := errors.AsType[*notify.Failure](err)
		if !ok || f.Fate != notify.Rejected && f.Fate != notify.Gone || f.Doubt {
			t.Errorf("to %.20q: %v, want a failure for good", bad, err)
			continue
		}
		k.presentable(t, good, err)
	}
	if got := k.far.Got(good); len(got) != 0 {
		t.Errorf("at the good address are %v", got)
	}
}

// together: many lanes at once do not see each other, though they share what the
// messages point to.
func together(t testing.TB, k *kit) {
	all := samples(t, 5)
	lanes := make([]notify.Address, 8)
	for i := range lanes {
		lanes[i] = k.far.Address(t)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var wg sync.WaitGroup
	for _, to := range lanes {
		wg.Go(func() {
			for _, m := range all {
				if _, err := k.channel.Send(ctx, to, m); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for _, to := range lanes {
		got := k.far.Got(to)
		if len(got) != len(all) {
			t.Errorf("%d of %d messages are at %v", len(got), len(all), to)
			continue
		}
		for i, g := range got {
			shows(t, g, words(all[i]))
		}
		if slices.ContainsFunc(got, func(g Got) bool { return g.Times != 1 }) {
			t.Errorf("not each came once: %v", got)
		}
	}
}
