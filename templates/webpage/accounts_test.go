package webpage

import (
	"bytes"
	"testing"
)

// linked are accounts, one of each sort.
func linked() []Account {
	bad := `"><b>`
	return []Account{
		{Platform: "slack", Team: "T0123ABC", ID: "U0456DEF", Name: "Ana Lima", At: instant(0)},
		{Platform: "discord", ID: "80351110224678912", At: instant(1)},
		{Platform: "irc" + bad, Team: "a/b", ID: "c d" + bad, Name: bad, At: instant(2)},
	}
}

func TestAccountsScenes(t *testing.T) {
	t.Parallel()
	l := layout(t)
	page, err := l.Accounts(viewer, Accounts{On: true, Linked: linked()})
	golden(t, "accounts", page, err)
	page, err = l.Accounts(viewer, Accounts{On: true, Say: "link K7QM-4XWP", Until: instant(10)})
	golden(t, "accounts-code", page, err)
	p := viewer
	p.Notice = Notice{Text: "No.", Bad: true}
	page, err = l.Accounts(p, Accounts{})
	golden(t, "accounts-none", page, err)
}

// TestAccountsFragment holds that no code is in the part that is asked for again.
func TestAccountsFragment(t *testing.T) {
	t.Parallel()
	l, a := layout(t), Accounts{On: true, Say: "link K7QM-4XWP", Until: instant(10), Linked: linked()}
	whole, err := l.Accounts(viewer, a)
	if err != nil {
		t.Fatal(err)
	}
	p := viewer
	p.Fragment = true
	part, err := l.Accounts(p, a)
	if err != nil || !bytes.HasPrefix(part, []byte(`<div id="live"`)) || !bytes.Contains(whole, part) || bytes.Contains(part, []byte("K7QM")) {
		t.Errorf("the part is not of the page: %v\n%s", err, part)
	}
}

func TestUnlinked(t *testing.T) {
	t.Parallel()
	if Unlinked("unlink").Text == "" || Unlinked("unlink").Bad || Unlinked("<b>").Text != "" {
		t.Error("what was done is not said, or what was not is")
	}
}
