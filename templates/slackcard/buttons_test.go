package slackcard_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/slackcard"
)

// element is a button or a menu as Slack gets it.
type element struct {
	Type    string
	ID      string `json:"action_id"`
	Value   string
	URL     string
	Style   string
	Text    struct{ Text string }
	Confirm *struct {
		Title, Text, Confirm, Deny struct{ Text string }
		Style                      string
	}
	Options []struct {
		Text       struct{ Text string }
		Value, URL string
	}
}

// rowsOf are the rows of buttons in a post.
func rowsOf(t *testing.T, p slackcard.Post) [][]element {
	t.Helper()
	var blocks []struct {
		Type     string
		Elements json.RawMessage
	}
	if err := json.Unmarshal(wire(t, p), &blocks); err != nil {
		t.Fatal(err)
	}
	var out [][]element
	for _, b := range blocks {
		var row []element
		if b.Type == "actions" {
			if err := json.Unmarshal(b.Elements, &row); err != nil {
				t.Fatal(err)
			}
			out = append(out, row)
		}
	}
	return out
}

// looks are the ids of rows, with their styles, a ? for those that ask once more, and the
// options of menus.
func looks(rows [][]element) []string {
	var out []string
	for _, row := range rows {
		var ids []string
		for _, e := range row {
			id := strings.TrimPrefix(e.ID, "herald.")
			if e.Style != "" {
				id += "!" + e.Style
			}
			if e.Confirm != nil {
				id += "?"
			}
			for _, o := range e.Options {
				id += " " + strings.TrimPrefix(strings.Fields(o.Value)[0], "herald.")
			}
			ids = append(ids, id)
		}
		out = append(out, strings.Join(ids, ", "))
	}
	return out
}

// TestButtons holds which buttons the card of each state has.
func TestButtons(t *testing.T) {
	t.Parallel()
	b := book(t)
	l := slackcard.New(b)
	for name, want := range map[string][]string{
		"running":    {"do.pause, do.skip?, do.restart?, do.cancel!danger?, logs.0"},
		"many_steps": {"do.pause, do.skip?, do.restart?, do.cancel!danger?, more logs.0 open.0"},
		"approval":   {"do.approve!primary?, reason.reject!danger, reason.approve", "do.restart?, do.cancel!danger?, logs.0, open.0"},
		"paused":     {"do.resume!primary, do.skip?, do.restart?, do.cancel!danger?, more logs.0 open.0"},
		"failed":     {"do.retry!primary, do.skip?, do.restart?, logs.0, open.0"},
		"completed":  {"do.restart?, logs.0, open.0"},
		"cancelled":  {"do.restart?, logs.0, open.0"},
	} {
		card := b.Card(scened(t, name).Subject, templates.Reader{})
		if got := looks(rowsOf(t, l.Card("c", &card, templates.Reader{}, seal))); !reflect.DeepEqual(got, want) {
			t.Errorf("%s has %q, want %q", name, got, want)
		}
		if got := rowsOf(t, l.Card("c", &card, templates.Reader{}, nil)); got != nil {
			t.Errorf("%s has buttons that nobody sealed: %v", name, got)
		}
		card.Offers = nil
		if got := rowsOf(t, l.Card("c", &card, templates.Reader{}, seal)); got != nil {
			t.Errorf("%s has buttons though it offers nothing: %v", name, got)
		}
	}
}

// TestEveryButtonIsRead holds that what was put into a button comes out of ParseAction.
func TestEveryButtonIsRead(t *testing.T) {
	t.Parallel()
	b := book(t)
	l := slackcard.New(b)
	seen := map[string]bool{}
	read := func(id, value string) {
		a, ok := slackcard.ParseAction(id, value)
		switch {
		case !ok:
			t.Errorf("%s %q is not read", id, value)
		case a.Kind == slackcard.ActionDo || a.Kind == slackcard.ActionReason:
			if !strings.HasPrefix(a.Value, "SEALED."+string(a.Verb)+".") {
				t.Errorf("%s %q is %+v", id, value, a)
			}
		case a.Kind == slackcard.ActionLogs && a.Value != "01k5m3q8x9abcdefgh":
			t.Errorf("%s %q is %+v", id, value, a)
		}
		seen[a.Kind+string(a.Verb)] = true
	}
	for _, s := range templates.Scenes() {
		card := b.Card(s.Subject, templates.Reader{})
		for _, row := range rowsOf(t, l.Card("c", &card, templates.Reader{}, seal)) {
			for _, e := range row {
				if e.Type == "button" {
					read(e.ID, e.Value)
				}
				for _, o := range e.Options {
					read(e.ID, o.Value)
				}
			}
		}
	}
	if len(seen) != 11 { // eight verbs, a reason for two of them, logs, a page; a pause is resumed
		t.Errorf("there are %v", seen)
	}
	for _, c := range [][2]string{{"", ""}, {"herald.do.", "x"}, {"herald.do.fly", "x"}, {"herald.more", "x"}, {"herald.more", "herald.more x"}, {"herald.more", ""}, {"other.do.approve", "x"}, {"herald.press.", "x"}, {"herald.home.1", ""}} {
		if a, ok := slackcard.ParseAction(c[0], c[1]); ok {
			t.Errorf("%q is %+v", c, a)
		}
	}
	for _, kind := range []string{slackcard.ActionPress, slackcard.ActionSay, slackcard.ActionOpen} {
		if a, ok := slackcard.ParseAction(kind+"3", "v w"); !ok || a != (slackcard.Action{Kind: kind, Value: "v w"}) {
			t.Errorf("%s is %+v", kind, a)
		}
	}
	if a, ok := slackcard.ParseAction(slackcard.ActionHome, "-"); !ok || a.Kind != slackcard.ActionHome {
		t.Errorf("the Home's is %+v", a)
	}
}

// TestDialogs holds what is asked once more, in every language.
func TestDialogs(t *testing.T) {
	t.Parallel()
	b := book(t)
	l := slackcard.New(b)
	card := b.Card(scened(t, "approval").Subject, templates.Reader{})
	approve := rowsOf(t, l.Card("c", &card, templates.Reader{}, seal))[0][0].Confirm
	if approve.Title.Text != "Approve Step 3?" || approve.Style != "primary" || approve.Confirm.Text != "Yes, approve it" || approve.Deny.Text != "No, leave it" ||
		approve.Text.Text != "Switch production over to the new database? The old one stays for a week.\n• All traffic moves\n• About a minute without writes" {
		t.Errorf("approving asks %+v", approve)
	}
	card = b.Card(scened(t, "running").Subject, templates.Reader{})
	row := rowsOf(t, l.Card("c", &card, templates.Reader{}, seal))[0]
	for i, want := range map[int][3]string{
		1: {"Skip Step 2?", "Cellphone Store CRM\nThe task goes on without it.", "Yes, skip it"},
		2: {"Start this task over?", "Cellphone Store CRM\nIt begins again at the first step.", "Yes, start it over"},
		3: {"Cancel this task?", "Cellphone Store CRM\nIt will not go on after that; it can only be started over.", "Yes, cancel it"},
	} {
		if c := row[i].Confirm; [3]string{c.Title.Text, c.Text.Text, c.Confirm.Text} != want || c.Style != "danger" {
			t.Errorf("%s asks %+v", row[i].ID, c)
		}
	}
	for _, r := range readers() {
		for _, s := range templates.Scenes() {
			card := b.Card(s.Subject, r)
			for _, row := range rowsOf(t, l.Card("c", &card, r, seal)) {
				for _, e := range row {
					if c := e.Confirm; c != nil && strings.HasSuffix(c.Title.Text+c.Confirm.Text+c.Deny.Text, "…") {
						t.Errorf("%s in %s is cut: %+v", e.ID, r.Lang, c)
					}
					if strings.HasSuffix(e.Text.Text, "…") && !strings.HasPrefix(e.ID, slackcard.ActionReason) {
						t.Errorf("%s in %s is cut: %q", e.ID, r.Lang, e.Text.Text)
					}
				}
			}
		}
	}
}

// TestLowRiskAsksOnce holds that approving what is of no high risk is one press.
func TestLowRiskAsksOnce(t *testing.T) {
	t.Parallel()
	b := book(t)
	l := slackcard.New(b)
	card := b.Card(scened(t, "approval").Subject, templates.Reader{})
	card.Ask.High = false
	if approve := rowsOf(t, l.Card("c", &card, templates.Reader{}, seal))[0][0]; approve.Confirm != nil {
		t.Errorf("approving asks %+v", approve.Confirm)
	}
}

// TestReplyButtons holds that what the bot offers can be pressed: tickets, sentences, five in
// a row, and none that is not whole.
func TestReplyButtons(t *testing.T) {
	t.Parallel()
	l := slackcard.New(book(t))
	r := templates.Reply{Text: "Which one?", Hint: "Say a number.", Buttons: []templates.Button{
		{Label: "Approve", Press: "ticket", Style: "primary"}, {Label: "Help", Say: "help"}, {Label: "Cancel", Press: "t", Style: "danger"}, {Label: "Odd", Press: "t", Style: "odd"},
		{Label: "Long", Press: strings.Repeat("x", 2001)}, {Label: "None"}, {Label: "6", Press: "t"}, {Label: "7", Press: "t"},
	}}
	p := l.Reply("say_1", &r, templates.Reader{})
	valid(t, "say_1", p)
	rows := rowsOf(t, p)
	if got, want := looks(rows), []string{"press.0!primary, say.1, press.2!danger, press.3, press.6", "press.7"}; !reflect.DeepEqual(got, want) {
		t.Errorf("there are %q, want %q", got, want)
	}
	if rows[0][0].Value != "ticket" || rows[0][1].Value != "help" {
		t.Errorf("they are worth %+v", rows[0])
	}
	if said := letters(t, wire(t, p)); strings.Contains(said, "number") {
		t.Errorf("it says what to say instead of buttons: %s", said)
	}
	if _, ok := slackcard.ParseAction("herald.say.1", "help"); !ok {
		t.Error("a sentence is not read")
	}
}
