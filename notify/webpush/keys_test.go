package webpush_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/notify/webpush"
	"github.com/taskherald/herald/notify/webpush/pushfake"
	"github.com/taskherald/herald/progress"
)

// TestPublicOf holds the halves of keys to the example of RFC 8291 (5).
func TestPublicOf(t *testing.T) {
	t.Parallel()
	for private, want := range map[string]string{
		"yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw": "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8",
		"q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
	} {
		if got, err := webpush.PublicOf(private); err != nil || got != want {
			t.Errorf("%s, %v; want %s", got, err, want)
		}
	}
	for _, bad := range []string{"", "hush", "hush!", strings.Repeat("A", 43), strings.Repeat("_", 43), webpush.NewKey() + "AAAA"} {
		if got, err := webpush.PublicOf(bad); err == nil || got != "" || bad != "" && strings.Contains(err.Error(), bad) {
			t.Errorf("%q is of %q: %v", got, bad, err)
		}
	}
}

func TestNewKey(t *testing.T) {
	t.Parallel()
	one, two := webpush.NewKey(), webpush.NewKey()
	raw, err := b64.DecodeString(one)
	if err != nil || len(raw) != 32 || one == two {
		t.Errorf("%d bytes: %v", len(raw), err)
	}
	public, err := webpush.PublicOf(one)
	if err != nil {
		t.Fatal(err)
	}
	if raw, err := b64.DecodeString(public); err != nil || len(raw) != 65 || raw[0] != 4 {
		t.Errorf("%x: %v", raw, err)
	}
}

// TestPack holds which keys of a subscription are taken, and that they are written in
// one form.
func TestPack(t *testing.T) {
	t.Parallel()
	h := open(t, pushfake.New(t).Certificate(), nil)
	old := h.key(t)
	h.rotate(time.Now().Add(time.Hour))
	w := newWire(t)
	s := w.subscription()
	p256dh, auth := s.Keys.P256dh, s.Keys.Auth
	compressed := b64.EncodeToString(append([]byte{2}, w.private.PublicKey().Bytes()[1:33]...))
	off := b64.EncodeToString(append([]byte{4}, make([]byte, 64)...))
	for name, c := range map[string]struct{ p256dh, auth, key, field, packed string }{
		"the present key":        {p256dh, auth, "", "", h.key(t)},
		"by its name":            {p256dh, auth, h.key(t), "", h.key(t)},
		"the previous key":       {p256dh, auth, old, "", old},
		"padded":                 {p256dh + "=", auth + "==", old + "=", "", old},
		"another key":            {p256dh, auth, p256dh, "key", ""},
		"no key at all":          {p256dh, auth, "s3cret", "key", ""},
		"no point":               {"", auth, "", "keys.p256dh", ""},
		"a short one":            {p256dh[:80], auth, "", "keys.p256dh", ""},
		"a compressed one":       {compressed, auth, "", "keys.p256dh", ""},
		"one beside the curve":   {off, auth, "", "keys.p256dh", ""},
		"no base64":              {"s3cret s3cret", auth, "", "keys.p256dh", ""},
		"no secret":              {p256dh, "", "", "keys.auth", ""},
		"a short secret":         {p256dh, auth[:20], "", "keys.auth", ""},
		"a long secret":          {p256dh, auth + "AAAA", "", "keys.auth", ""},
		"a secret of no base64":  {p256dh, "s3cret!s3cret!s3cret!!", "", "keys.auth", ""},
		"base64 that is not url": {strings.NewReplacer("-", "+", "_", "/").Replace(p256dh) + "+", auth, "", "keys.p256dh", ""},
	} {
		text, err := h.Pack(t.Context(), c.p256dh, c.auth, c.key)
		if c.field == "" {
			var got map[string]string
			if err != nil || json.Unmarshal([]byte(text), &got) != nil || len(got) != 3 || got["p256dh"] != p256dh || got["auth"] != auth || got["key"] != c.packed {
				t.Errorf("%s: %s, %v", name, text, err)
			}
			continue
		}
		e, ok := errors.AsType[*progress.Error](err)
		if !ok || e.Code != progress.Invalid || e.Field != c.field || strings.Contains(e.Error(), "s3cret") || text != "" {
			t.Errorf("%s: %q, %v; want a wrong %s", name, text, err, c.field)
		}
	}
	h.rotate(time.Now())
	if _, err := h.Pack(t.Context(), p256dh, auth, old); progress.CodeOf(err) != progress.Invalid {
		t.Errorf("a key that is no more: %v", err)
	}
}
