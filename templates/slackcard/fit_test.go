package slackcard

import (
	"strings"
	"testing"
	"unicode"

	"github.com/slack-go/slack"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// TestFitting holds that what matters least goes first, from the end, until the rest has room.
func TestFitting(t *testing.T) {
	t.Parallel()
	d := &draft{id: "id"}
	for _, p := range []struct {
		text string
		rank rank
	}{{"a", whole}, {"b", detail}, {"c", matter}, {"d", detail}, {"e", extra}, {"f", question}, {"g", whole}} {
		d.say(p.rank, new(prose).lines(normal, strings.Repeat(p.text, 100)))
	}
	named := func(most, room int) string {
		copied := draft{parts: append([]part(nil), d.parts...)}
		var out string
		for _, b := range copied.fitted(most, room) {
			rich, _ := b.(*slack.RichTextBlock)
			section, _ := rich.Elements[0].(*slack.RichTextSection)
			text, _ := section.Elements[0].(*slack.RichTextSectionTextElement)
			out += text.Text[:1]
		}
		return out
	}
	all := d.size()
	one := d.parts[1].size + 1
	for n, want := range []string{"abcdefg", "abcdfg", "abcfg", "acfg", "afg", "ag", "ag"} {
		if got := named(50, all-n*one); got != want {
			t.Errorf("with room for %d less there is %s, want %s", n, got, want)
		}
		if got := named(7-n, all); got != want {
			t.Errorf("of %d blocks there are %s, want %s", 7-n, got, want)
		}
	}
	if first := d.parts[0].block.ID(); first != "id" || d.parts[1].block.ID() != "" {
		t.Errorf("the first block is %q", first)
	}
}

// TestWhatStaysHasRoom holds that the parts of a card that are never left out have room at
// their longest: else the buttons would have to go.
func TestWhatStaysHasRoom(t *testing.T) {
	t.Parallel()
	worst := strings.Repeat(`"\`, 2000) // twice as long in JSON
	link := "https://herald.example.com/" + strings.Repeat("x", mostLink-27)
	c := templates.Card{
		Task: "t", Title: templates.Cut(worst, 200), Head: templates.Cut(worst, 400), Status: progress.Running, Percent: 1, Place: worst[:40], Left: worst[:200], Link: link,
		Ask:    &templates.Ask{Step: 3, High: true, Head: worst, Prompt: worst, Effects: []string{worst, worst}, Risk: "high", Who: worst},
		Offers: []templates.Offer{{Verb: progress.VerbApprove, Step: 3}, {Verb: progress.VerbReject, Step: 3}, {Verb: progress.VerbCancel, Label: "Cancel"}},
	}
	p := New(templates.New(templates.Options{})).Card(strings.Repeat("i", 300), &c, templates.Reader{}, func(progress.Verb, int) string { return strings.Repeat("s", mostSeal) })
	size, buttons := 1, 0
	for _, b := range p.Blocks {
		size += sizeOf(b) + 1
		if row, ok := b.(*slack.ActionBlock); ok {
			buttons += len(row.Elements.ElementSet)
		}
	}
	if size > 12_000 || buttons < 3 {
		t.Errorf("there are %d buttons in %d characters", buttons, size)
	}
	c.Offers, c.Ask = c.Offers[:2], nil
	p = New(templates.New(templates.Options{})).Card("id", &c, templates.Reader{}, func(progress.Verb, int) string { return strings.Repeat("s", mostSeal+1) })
	for _, b := range p.Blocks {
		if row, ok := b.(*slack.ActionBlock); ok && len(row.Elements.ElementSet) != 2 {
			t.Error("a button has a value that is too long")
		}
	}
}

// TestFallback holds that the text beside the blocks shows its letters and does nothing.
func TestFallback(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"plain text, 50%":     "plain text, 50%",
		"<!channel> & <@U1>":  "&lt;!channel|&gt; &amp; &lt;@|U1|&gt;",
		"ETA: 12:30":          "ETA: 12:|30",
		":fire: https://x.io": ":|fire: https:|//x.|io",
		"a@b.c @everyone":     "a@|b.|c @|everyone",
		"1.5 of 2. e.g.":      "1.5 of 2. e.|g.",
		"*a* _b_":             "|*|a|*| |_|b|_|",
		"> quoted":            "|&gt; quoted",
		"":                    "–",
		" ":                   "–",
	} {
		if got := strings.ReplaceAll(fallback(text), joiner, "|"); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	for _, text := range []string{strings.Repeat("<", 5000), strings.Repeat("😀", 5000), strings.Repeat("a\u0300", 5000)} {
		if got := fallback("x", text); width([]byte(got)) > mostFall || width([]byte(got)) < mostFall-8 || !strings.HasSuffix(got, "…") {
			t.Errorf("it has %d characters", width([]byte(got)))
		}
	}
	if got := fallback("", "a", "", "b"); got != "a\nb" {
		t.Errorf("%q", got)
	}
}

// TestWeb holds which links are links.
func TestWeb(t *testing.T) {
	t.Parallel()
	for link, want := range map[string]bool{
		"https://x.example/a?b=c": true, "http://127.0.0.1:8080/": true, "javascript:alert(1)": false, "//x.example": false, "https://": false, "": false, "x": false,
		"https://x.example/" + strings.Repeat("x", mostLink): false, "ftp://x.example/": false, "https://x.example/\x00": false,
	} {
		if got := web(link); (got != "") != want {
			t.Errorf("%.40q is %q", link, got)
		}
	}
}

// TestProse holds that lines, quotes and lists come in order, and that nothing empty does.
func TestProse(t *testing.T) {
	t.Parallel()
	p := new(prose).lines(bold, "a", "", "b").lines(normal, "c").quote("").quote("d").list().list("e", "").listing("").listing("f").lines(normal, "g").link("h", "", normal)
	rich, ok := p.block().(*slack.RichTextBlock)
	if !ok || len(rich.Elements) != 5 {
		t.Fatalf("%+v", rich)
	}
	if section, ok := rich.Elements[0].(*slack.RichTextSection); !ok || len(section.Elements) != 2 {
		t.Errorf("the first lines are %+v", rich.Elements[0])
	}
	if new(prose).lines(normal, "").block() != nil {
		t.Error("nothing is a block")
	}
	if s := clean("a\x1b[31m\u202eb\nc"); strings.ContainsFunc(s, unicode.IsControl) || strings.Contains(s, "\u202e") {
		t.Errorf("%q", s)
	}
}
