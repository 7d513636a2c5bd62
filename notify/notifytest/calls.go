package notifytest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/taskherald/herald/notify"
)

const (
	patience = 10 * time.Second // of a call that should go well
	soon     = 2 * time.Second  // how late a call may end after its context
	brief    = time.Second      // in which a call comes as far as its answer, on a busy machine too
	longest  = 500              // bytes of an error's text
)

// send sends a message that has to be taken.
func (k *kit) send(t testing.TB, to notify.Address, m notify.Message) notify.Receipt {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	r, err := k.channel.Send(ctx, to, m)
	if err != nil {
		t.Fatalf("a good message was not taken: %v", err)
	}
	return r
}

// only is the one message at an address.
func (k *kit) only(t testing.TB, to notify.Address) Got {
	t.Helper()
	got := k.far.Got(to)
	if len(got) != 1 {
		t.Fatalf("%d messages are there, want 1: %v", len(got), got)
	}
	return got[0]
}

// shows fails unless the words stand in what was got, as text that nothing hides or
// reorders.
func shows(t testing.TB, got Got, words string) {
	t.Helper()
	if !strings.Contains(flat(got.Text), flat(words)) {
		t.Errorf("it reads %q, want in it %q", got.Text, words)
	}
	if bad := strings.IndexFunc(got.Text, unseen); bad >= 0 || !utf8.ValidString(got.Text) {
		t.Errorf("it reads %q, with a character that is not to be seen at byte %d", got.Text, bad)
	}
}

// flat is a text with one space between words.
func flat(text string) string { return strings.Join(strings.Fields(text), " ") }

// unseen are characters that control, hide or reorder others. The isolates, which
// keep a text of the other direction in its place, and the joiners are not.
func unseen(r rune) bool {
	switch {
	case r == '\n' || r == '\t' || r == '\u200c' || r == '\u200d':
		return false
	case r >= '\u2066' && r <= '\u2069':
		return false
	}
	return unicode.In(r, unicode.Cc, unicode.Cf) && r < 0xe0000 // tags make flags
}

// failed fails unless an error is the failure that a trouble has to come to, and
// can be shown to people.
func (k *kit) failed(t testing.TB, to notify.Address, err error, want outcome) {
	t.Helper()
	f, ok := errors.AsType[*notify.Failure](err)
	if !ok {
		t.Fatalf("%v is no failure", err)
	}
	off := (f.After - want.after).Abs()
	if f.Fate != want.fate || off > time.Second {
		t.Errorf("%s after %v, want %s after %v: %v", f.Fate, f.After, want.fate, want.after, f)
	}
	if f.Doubt != want.doubt && !want.open {
		t.Errorf("doubt is %v, want %v: %v", f.Doubt, want.doubt, f)
	}
	k.presentable(t, to, err)
}

// presentable fails if an error's text is not fit for the owner of the address.
func (k *kit) presentable(t testing.TB, to notify.Address, err error) {
	t.Helper()
	text := err.Error()
	switch {
	case strings.TrimSpace(text) == "" || len(text) > longest:
		t.Errorf("the error has %d bytes: %q", len(text), text)
	case !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl):
		t.Errorf("the error is not a line of text: %q", text)
	}
	secrets := k.far.Secrets(to)
	if slices.ContainsFunc(secrets, func(s string) bool { return s != "" && strings.Contains(text, s) }) {
		t.Errorf("the error has a secret in it: %q", text)
	}
}

// has reports whether a channel can have a trouble.
func (k *kit) has(what Trouble) bool {
	_, never := k.Never[what]
	return !never
}
