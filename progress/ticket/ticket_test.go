package ticket_test

import (
	"errors"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/ticket"
)

var noon = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)

func sealer(t testing.TB, fill string) *ticket.Sealer {
	t.Helper()
	s, err := ticket.New([]byte(strings.Repeat(fill, 32)))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func sample() ticket.Ticket {
	return ticket.Ticket{
		Verbs: []progress.Verb{progress.VerbApprove, progress.VerbReject}, Task: "01k5m3q8x9abcdefgh", Step: 3, Run: 1, Attempt: 2,
		Digest: "0123456789abcdef0123456789abcdef", Person: "ana", Via: progress.ViaMail, Sub: "sub_kq2vtx6zr3mb7ay4ksd9wq5e3n",
		Expires: noon.Add(time.Hour),
	}
}

func pass() ticket.Pass {
	return ticket.Pass{For: ticket.ForLeave, Subject: "sub_a", Of: ticket.OfAddress("ana@example.com"), Expires: noon.Add(time.Hour)}
}

// TestFormat holds that what was sealed by an older Herald, and lies in people's mail,
// still opens.
func TestFormat(t *testing.T) {
	t.Parallel()
	s := sealer(t, "k")
	const sealed = "AwUDAQLQ-ffLBiEBI0VniavN7wEjRWeJq83vJDAxazVtM3E4eDlhYmNkZWZnaAZhbmE8c3ViX2txMnZ0eDZ6cjNtYjdheTRrc2Q5d3E1ZTNuwougAnWh6L8ZAkVBZB2gwA"
	if got := s.Seal(sample()); got != sealed {
		t.Errorf("sealed as\n%s", got)
	}
	if got, err := s.Open(sealed, noon); err != nil || !reflect.DeepEqual(got, sample()) {
		t.Errorf("%+v, %v", got, err)
	}
	const passed = "CmxlYXZlCnN1Yl9hGY5DyjdwEijnSYPv29D598sG4wThvJjNUsJIF6EkszLS_g"
	if got := s.SealPass(pass()); got != passed {
		t.Errorf("sealed as\n%s", got)
	}
	if got, err := s.OpenPass(passed, noon); err != nil || got != pass() {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestTampering holds that no text opens that differs in any character.
func TestTampering(t *testing.T) {
	t.Parallel()
	s := sealer(t, "k")
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=\n\r \x00é"
	for _, open := range []struct {
		text string
		try  func(string) error
	}{
		{s.Seal(sample()), func(x string) error { _, err := s.Open(x, noon); return err }},
		{s.SealPass(pass()), func(x string) error { _, err := s.OpenPass(x, noon); return err }},
	} {
		if err := open.try(open.text); err != nil {
			t.Fatal(err)
		}
		refused := func(x string) {
			t.Helper()
			if err := open.try(x); progress.CodeOf(err) != progress.Unauthorized {
				t.Fatalf("%q: %v", x, err)
			}
		}
		for i := range open.text {
			for _, c := range alphabet {
				if byte(c) != open.text[i] {
					refused(open.text[:i] + string(c) + open.text[i+1:])
				}
				refused(open.text[:i] + string(c) + open.text[i:])
			}
			refused(open.text[:i])
			refused(open.text[:i] + open.text[i+1:])
		}
		for _, x := range []string{"", "=", open.text + "=", open.text + "A", open.text + "\n", strings.Repeat("A", 5000)} {
			refused(x)
		}
	}
}

// TestNoneIsAnother holds that tickets, passes and forms are not taken for each other,
// nor those of another server for ours.
func TestNoneIsAnother(t *testing.T) {
	t.Parallel()
	s, other := sealer(t, "k"), sealer(t, "o")
	if _, err := s.OpenPass(s.Seal(sample()), noon); progress.CodeOf(err) != progress.Unauthorized {
		t.Error("a ticket is a pass:", err)
	}
	if _, err := s.Open(s.SealPass(pass()), noon); progress.CodeOf(err) != progress.Unauthorized {
		t.Error("a pass is a ticket:", err)
	}
	if _, err := other.Open(s.Seal(sample()), noon); progress.CodeOf(err) != progress.Unauthorized {
		t.Error("another secret opens it:", err)
	}
	text := s.Seal(sample())
	form := s.Form("nonce", text)
	if !s.FormFits(form, "nonce", text) {
		t.Error("the form does not fit")
	}
	for _, bad := range []bool{
		s.FormFits(form, "other", text), s.FormFits(form, "nonce", text+"A"), s.FormFits("", "nonce", text), s.FormFits(s.Form("", text), "", text),
		other.FormFits(form, "nonce", text), s.FormFits(form+"A", "nonce", text),
	} {
		if bad {
			t.Error("a form fits that is another's")
		}
	}
}

func TestExpiry(t *testing.T) {
	t.Parallel()
	s := sealer(t, "k")
	text := s.Seal(sample())
	if _, err := s.Open(text, noon.Add(time.Hour-time.Nanosecond)); err != nil {
		t.Error(err)
	}
	got, err := s.Open(text, noon.Add(time.Hour))
	if !errors.Is(err, ticket.ErrExpired) || got.Person != "ana" {
		t.Errorf("%+v, %v", got, err)
	}
	p, err := s.OpenPass(s.SealPass(pass()), noon.Add(time.Hour))
	if !errors.Is(err, ticket.ErrExpired) || p != pass() {
		t.Errorf("%+v, %v", p, err)
	}
	if _, err := s.Open(s.Seal(ticket.Ticket{}), noon); !errors.Is(err, ticket.ErrExpired) {
		t.Error("what never says when it ends is good for ever:", err)
	}
}

func TestSecret(t *testing.T) {
	t.Parallel()
	if _, err := ticket.New(make([]byte, 31)); err == nil {
		t.Error("a short secret is taken")
	}
	secret := []byte(strings.Repeat("k", 32))
	s, err := ticket.New(secret)
	if err != nil {
		t.Fatal(err)
	}
	secret[0] = 'x'
	if _, err := s.Open(sealer(t, "k").Seal(sample()), noon); err != nil {
		t.Error("who gave the secret can change it")
	}
}

// TestKey holds that each thing that a ticket says is in its key.
func TestKey(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{sample().Key(): true}
	for i, change := range []func(*ticket.Ticket){
		func(x *ticket.Ticket) { x.Verbs = x.Verbs[:1] }, func(x *ticket.Ticket) { x.Task = "t" }, func(x *ticket.Ticket) { x.Step++ },
		func(x *ticket.Ticket) { x.Run++ }, func(x *ticket.Ticket) { x.Attempt++ }, func(x *ticket.Ticket) { x.Digest = "d" },
		func(x *ticket.Ticket) { x.Person = "bob" }, func(x *ticket.Ticket) { x.Via = progress.ViaPush }, func(x *ticket.Ticket) { x.Sub = "" },
		func(x *ticket.Ticket) { x.Expires = x.Expires.Add(time.Second) },
	} {
		x := sample()
		change(&x)
		if seen[x.Key()] {
			t.Errorf("%d: another ticket has this key", i)
		}
		seen[x.Key()] = true
	}
}

// TestEveryWish holds that a ticket can be for each wish that people may have.
func TestEveryWish(t *testing.T) {
	t.Parallel()
	s := sealer(t, "k")
	for _, r := range progress.Rules() {
		x := sample()
		x.Verbs = []progress.Verb{r.Verb}
		got, err := s.Open(s.Seal(x), noon)
		if err != nil || slices.Contains(got.Verbs, r.Verb) != r.Wish {
			t.Errorf("%s: %v, %v", r.Verb, got.Verbs, err)
		}
	}
}

// TestRoundTrips seals and opens tickets of all sorts.
func TestRoundTrips(t *testing.T) {
	t.Parallel()
	s, r := sealer(t, "k"), rand.New(rand.NewPCG(1, 2))
	word := func() string {
		const letters = "0123456789abcdefABCDEF-_.: äß\x00"
		b := make([]byte, r.IntN(40))
		for i := range b {
			b[i] = letters[r.IntN(min(len(letters), 1+r.IntN(len(letters))))]
		}
		return string(b)
	}
	vias := []progress.Via{"", progress.ViaMail, progress.ViaPush, progress.ViaButton, progress.ViaTimer}
	for range 20_000 {
		x := ticket.Ticket{
			Task: progress.TaskID(word()), Step: r.IntN(10_001), Run: r.IntN(1 << 20), Attempt: r.IntN(300), Digest: word(), Person: progress.Person(word()),
			Via: vias[r.IntN(len(vias))], Sub: word(), Expires: noon.Add(time.Duration(r.IntN(1e9)) * time.Second),
		}
		for _, v := range []progress.Verb{progress.VerbApprove, progress.VerbReject, progress.VerbPause, progress.VerbSkip} {
			if r.IntN(2) == 0 {
				x.Verbs = append(x.Verbs, v)
			}
		}
		text := s.Seal(x)
		got, err := s.Open(text, noon.Add(-time.Second))
		if err != nil || !reflect.DeepEqual(got, x) || s.Seal(got) != text || strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			t.Fatalf("%+v\nbecame\n%+v, %v", x, got, err)
		}
		p := ticket.Pass{For: word(), Subject: word(), Of: word(), Expires: x.Expires}
		if got, err := s.OpenPass(s.SealPass(p), noon.Add(-time.Second)); err != nil || got != p {
			t.Fatalf("%+v\nbecame\n%+v, %v", p, got, err)
		}
	}
}

// FuzzOpen holds that nothing opens that was not sealed here, and that opening never
// fails in another way.
func FuzzOpen(f *testing.F) {
	s := sealer(f, "k")
	f.Add(s.Seal(sample()))
	f.Add(s.SealPass(pass()))
	f.Add("")
	f.Add("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Fuzz(func(t *testing.T, text string) {
		if got, err := s.Open(text, noon); err == nil {
			if s.Seal(got) != text {
				t.Errorf("%q opens as %+v, which is sealed as %q", text, got, s.Seal(got))
			}
		} else if progress.CodeOf(err) != progress.Unauthorized {
			t.Errorf("%q: %v", text, err)
		}
		if got, err := s.OpenPass(text, noon); err == nil && s.SealPass(got) != text {
			t.Errorf("%q opens as %+v", text, got)
		}
	})
}

// FuzzSealed holds that a ticket of any texts opens as it was.
func FuzzSealed(f *testing.F) {
	s := sealer(f, "k")
	f.Add("t", "0123456789abcdef", "ana", "sub_a", uint16(3), uint16(1), uint16(1), uint32(1_769_860_800))
	f.Add("", "", "", "", uint16(0), uint16(0), uint16(0), uint32(0))
	short := func(text string) string { return text[:min(len(text), 500)] }
	f.Fuzz(func(t *testing.T, task, digest, person, sub string, step, run, attempt uint16, at uint32) {
		x := ticket.Ticket{
			Task: progress.TaskID(short(task)), Digest: short(digest), Person: progress.Person(short(person)), Sub: short(sub),
			Step: int(step), Run: int(run), Attempt: int(attempt), Expires: time.Unix(int64(at), 0).UTC(),
		}
		got, err := s.Open(s.Seal(x), time.Unix(int64(at)-1, 0))
		if err != nil || !reflect.DeepEqual(got, x) {
			t.Errorf("%+v became %+v, %v", x, got, err)
		}
	})
}
