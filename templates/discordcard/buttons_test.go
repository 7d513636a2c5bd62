package discordcard_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/bwmarrin/discordgo"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/discordcard"
)

// scened is a scene by its name.
func scened(t testing.TB, name string) templates.Scene {
	t.Helper()
	for _, s := range templates.Scenes() {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("there is no scene %s", name)
	return templates.Scene{}
}

// rowsOf are the rows of buttons in a post.
func rowsOf(p discordcard.Post) [][]discordgo.Button {
	var out [][]discordgo.Button
	for _, c := range p.Components[0].(discordgo.Container).Components {
		if r, ok := c.(discordgo.ActionsRow); ok {
			var row []discordgo.Button
			for _, b := range r.Components {
				row = append(row, b.(discordgo.Button))
			}
			out = append(out, row)
		}
	}
	return out
}

// looks are the kinds and verbs of rows, a ! for those that are red, a * for those that are
// to be pressed first.
func looks(rows [][]discordgo.Button) []string {
	var out []string
	for _, row := range rows {
		var ids []string
		for _, b := range row {
			kind, rest, _ := strings.Cut(b.CustomID, "SEALED.")
			verb, _, _ := strings.Cut(rest, ".")
			look := map[discordgo.ButtonStyle]string{discordgo.DangerButton: "!", discordgo.SuccessButton: "*", discordgo.PrimaryButton: "*", discordgo.LinkButton: "open"}[b.Style]
			ids = append(ids, kind+" "+verb+look)
		}
		out = append(out, strings.Join(ids, ", "))
	}
	return out
}

// TestButtons holds which buttons the card of each state has: those that decide in a row of
// their own, and a form before what cannot be taken back.
func TestButtons(t *testing.T) {
	t.Parallel()
	b := book(t)
	l := discordcard.New(b)
	const logs = "l01k5m3q8x9abcdefgh "
	for name, want := range map[string][]string{
		"running":    {"d pause, r skip, r restart, r cancel!, " + logs},
		"many_steps": {"d pause, r skip, r restart, r cancel!, " + logs, " open"},
		"approval":   {"r approve*, r reject!", "r restart, r cancel!, " + logs + ",  open"},
		"paused":     {"d resume*, r skip, r restart, r cancel!, " + logs, " open"},
		"failed":     {"d retry*, r skip, r restart, " + logs + ",  open"},
		"completed":  {"r restart, " + logs + ",  open"},
		"cancelled":  {"r restart, " + logs + ",  open"},
	} {
		card := b.Card(scened(t, name).Subject, templates.Reader{})
		if got := looks(rowsOf(l.Card("c", &card, templates.Reader{}, seal))); !reflect.DeepEqual(got, want) {
			t.Errorf("%s has %q, want %q", name, got, want)
		}
		if got := rowsOf(l.Card("c", &card, templates.Reader{}, nil)); got != nil {
			t.Errorf("%s has buttons that nobody sealed: %v", name, got)
		}
		card.Offers = nil
		if got := rowsOf(l.Card("c", &card, templates.Reader{}, seal)); got != nil {
			t.Errorf("%s has buttons though it offers nothing: %v", name, got)
		}
	}
}

// TestLowRiskAsksOnce holds that approving what is of no high risk is one press.
func TestLowRiskAsksOnce(t *testing.T) {
	t.Parallel()
	b := book(t)
	card := b.Card(scened(t, "approval").Subject, templates.Reader{})
	card.Ask.High = false
	rows := rowsOf(discordcard.New(b).Card("c", &card, templates.Reader{}, seal))
	if got := looks(rows)[0]; got != "d approve*, r reject!, r approve" {
		t.Errorf("there is %q", got)
	}
	if labels := rows[0][0].Label + rows[0][1].Label + rows[0][2].Label; labels != "ApproveReject…Approve with a reason…" {
		t.Errorf("they say %q", labels)
	}
}

// TestEveryButtonIsRead holds that what was put into a button comes out of ParseAction, and
// that no label is cut, in every language.
func TestEveryButtonIsRead(t *testing.T) {
	t.Parallel()
	b := book(t)
	l := discordcard.New(b)
	seen := map[string]bool{}
	for _, r := range readers() {
		for _, s := range templates.Scenes() {
			card := b.Card(s.Subject, r)
			for _, row := range rowsOf(l.Card("c", &card, r, seal)) {
				for _, e := range row {
					a, ok := discordcard.ParseAction(e.CustomID)
					if ok == (e.Style == discordgo.LinkButton) {
						t.Errorf("%+v is read: %v", e, ok)
					}
					seen[string(a.Kind)+strings.TrimRight(a.Value, "0123456789")] = true
					if opens := strings.HasSuffix(e.Label, "…"); opens != (a.Kind == discordcard.Reason) {
						t.Errorf("%+v does not say what it opens", e)
					}
				}
			}
		}
	}
	if len(seen) != 10 { // eight verbs, the output, a page
		t.Errorf("there are %d: %v", len(seen), seen)
	}
	for _, id := range []string{"", "d", "x", "xSEALED", "herald.do.approve", "Dx"} {
		if a, ok := discordcard.ParseAction(id); ok {
			t.Errorf("%q is %+v", id, a)
		}
	}
}

// TestLongButtons holds that what is too long for a button is kept, that the key is what comes
// back, and that it says whether a form opens.
func TestLongButtons(t *testing.T) {
	t.Parallel()
	b := book(t)
	l := discordcard.New(b)
	card := b.Card(scened(t, "running").Subject, templates.Reader{})
	long := func(v progress.Verb, step int) string { return seal(v, step) + strings.Repeat("x", 100) }
	p := l.Card("c", &card, templates.Reader{}, long)
	valid(t, "c", p)
	if len(p.Kept) != 4 {
		t.Fatalf("%d are kept: %v", len(p.Kept), p.Kept)
	}
	for i, e := range rowsOf(p)[0][:4] {
		a, ok := discordcard.ParseAction(e.CustomID)
		want, verb := discordcard.KeptReason, []string{"pause", "skip", "restart", "cancel"}[i]
		if i == 0 {
			want = discordcard.Kept
		}
		if full, _ := discordcard.ParseAction(p.Kept[a.Value]); !ok || a.Kind != want || len(a.Value) != 22 || !strings.HasPrefix(full.Value, "SEALED."+verb) {
			t.Errorf("%+v stands for %+v", a, full)
		}
	}
	exact := func(v progress.Verb, step int) string { return strings.Repeat("x", 99-len(v)) + string(v) }
	if p := l.Card("c", &card, templates.Reader{}, exact); p.Kept != nil {
		t.Errorf("what has room is kept: %v", p.Kept)
	}
	endless := func(progress.Verb, int) string { return strings.Repeat("x", 2001) }
	if p := l.Card("c", &card, templates.Reader{}, endless); len(rowsOf(p)[0]) != 1 {
		t.Errorf("there are buttons of 2,001 characters: %v", looks(rowsOf(p)))
	}
}

// TestReplyButtons holds that what the bot offers can be pressed: tickets, sentences, five in
// a row, each once, and none that is not whole.
func TestReplyButtons(t *testing.T) {
	t.Parallel()
	l := discordcard.New(book(t))
	r := templates.Reply{Text: "Which one?", Hint: "Say a number.", Buttons: []templates.Button{
		{Label: "Approve", Press: "t1", Style: "primary"}, {Label: "Help", Say: "help"}, {Label: "Cancel", Press: "t3", Style: "danger"}, {Label: "Odd", Press: "t4", Style: "odd"},
		{Label: "Long", Press: strings.Repeat("x", 2001)}, {Label: "None"}, {Label: "Again", Press: "t1"}, {Label: strings.Repeat("long ", 30), Press: "t6"}, {Label: "7", Press: "t7"},
	}}
	p := l.Reply("say_1", &r, templates.Reader{})
	raw := string(valid(t, "say_1", p))
	if got, want := looks(rowsOf(p)), []string{"pt1 *, shelp , pt3 !, pt4 , pt6 ", "pt7 "}; !reflect.DeepEqual(got, want) {
		t.Errorf("there are %q, want %q", got, want)
	}
	if strings.Contains(raw, "number") {
		t.Errorf("it says what to say instead of buttons: %s", raw)
	}
}
