package discordcard

import (
	"strings"
	"testing"

	"github.com/bwmarrin/discordgo"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// TestPlain holds where backslashes stand: no more than have to.
func TestPlain(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"plain text, 50% (e.g. 3.5) & <b>": `plain text, 50% (e.g. 3.5) & \<b\>`,
		"ETA: 12:30":                       `ETA: 12\:30`,
		"- a - b":                          `\- a - b`,
		"  - a\n+ b":                       "  \\- a\n\\+ b",
		"1. a 2. b\n3) c":                  "1\\. a 2. b\n3\\) c",
		"-# small":                         `\-\# small`,
		"see http://x.io/":                 `see http\://x.io/`,
		"[a](b) [c] (d)":                   `\[a\]\(b) \[c\] (d)`,
		"@everyone a@b.c":                  "@|everyone a@|b.c",
		`a\`:                               `a\\`,
		"end:":                             `end\:`,
		"*_~`|>#":                          "\\*\\_\\~\\`\\|\\>\\#",
		"":                                 "",
	} {
		if got := strings.ReplaceAll(Plain(text), joiner, "|"); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{"```": "`|`|`", "````x``": "`|`|`|`|x`|`|", "`a` @here": "`a` @|here", "a``b": "a`|`|b"} {
		if got := strings.ReplaceAll(code(text), joiner, "|"); got != want {
			t.Errorf("%q in code is %q, want %q", text, got, want)
		}
	}
}

// TestFit holds that texts are cut by what is sent, and never within an escape.
func TestFit(t *testing.T) {
	t.Parallel()
	for _, text := range []string{strings.Repeat("*", 500), strings.Repeat(`\`, 500), strings.Repeat("@", 500), strings.Repeat("😀", 500), strings.Repeat("a\u0300", 500), strings.Repeat("word *b* ", 60), strings.Repeat("``", 300)} {
		for most := range 130 {
			got := fit(text, most, Plain)
			if width(got) > most || most > 40 && width(got) < most*2/3-24 {
				t.Fatalf("%.10q with room for %d is %d long: %q", text, most, width(got), got)
			}
			if tail := got[strings.LastIndexFunc(strings.TrimSuffix(got, "…"), func(r rune) bool { return r != '\\' })+1:]; strings.Count(tail, `\`)%2 == 1 {
				t.Fatalf("%.10q with room for %d ends amid an escape: %q", text, most, got)
			}
			if got := fit(text, most, code); width(got) > most {
				t.Fatalf("as code %.10q with room for %d is %q", text, most, got)
			}
		}
	}
	if got := fit("whole *text*", 50, Plain); got != `whole \*text\*` {
		t.Error(got)
	}
}

// TestWeb holds which links are links, and that they end nothing that they stand in.
func TestWeb(t *testing.T) {
	t.Parallel()
	for link, want := range map[string]string{
		"https://x.example/a?b=c&d": "https://x.example/a?b=c&d", "http://127.0.0.1:8080/": "http://127.0.0.1:8080/", "http://[::1]:80/": "http://[::1]:80/", "http://localhost/x": "http://localhost/x",
		"https://x.example/a(b) c": "https://x.example/a%28b%29%20c", "https://x.example/*__`|@everyone#~<>": "https://x.example/%2A%5F%5F%60%7C%40everyone#~%3C%3E",
		"javascript:alert(1)": "", "//x.example": "", "https://": "", "": "", "x": "", "ftp://x.example/": "", "https://x.example/\x00": "", "https://a:b@x.example/": "", "https://évil.example/": "",
		"https://x.example/" + strings.Repeat("x", 500): "", "https://x.example/?q=é*": "https://x.example/?q=%C3%A9%2A",
	} {
		got := web(link)
		if want = strings.ReplaceAll(want, "~", "%7E"); got != want {
			t.Errorf("%.60q is %q, want %q", link, got, want)
		}
		if got != "" && web(got) != got {
			t.Errorf("%q is no link of its own: %q", got, web(got))
		}
	}
	for link, want := range map[string]bool{"https://x.example/": true, "http://127.0.0.1/": true, "http://localhost:8080/": false, "http://herald/": false, "http://[::1]/": false, "": false} {
		if got := pressable(link); (got != "") != want {
			t.Errorf("%q can be a button: %q", link, got)
		}
	}
}

// TestMasked holds which titles become links: those in which nothing needs a backslash.
func TestMasked(t *testing.T) {
	t.Parallel()
	for title, want := range map[string]string{
		"Import customers": "[Import customers](L)", "Déjà vu (2026) – “a”: v1.2": "[Déjà vu (2026) – “a”: v1.2](L)", "\u2068نظام\u2069": "\u2068[نظام](L)\u2069",
		"snake_case": "", "a [b]": "", "😀 fun": "", "evil.example": "", "http://x": "", "a//b": "", "12:30": "", "a\u200db": "", "": "", "\u2068\u2069": "", "1. one": "", "✓ done": "",
	} {
		if got := masked(title, "L"); got != want {
			t.Errorf("%q is %q, want %q", title, got, want)
		}
	}
	if got := masked("Import", ""); got != "" {
		t.Errorf("without a link it is %q", got)
	}
	p := new(prose).line(heading).text("◐", normal, 9).link("snake_case", "https://x.example/", "Open", normal)
	if got := p.print(room); got != `### ◐ snake\_case · [Open](https://x.example/)` {
		t.Error(got)
	}
	if got := new(prose).line(heading).text("C#", normal, 9).print(room); got != "### C\\#"+joiner {
		t.Errorf("%q", got)
	}
}

// TestMark holds that marks are of 31 bits, never 0, the same for the same id.
func TestMark(t *testing.T) {
	t.Parallel()
	seen := map[int]bool{}
	for i := range 1000 {
		m := Mark(strings.Repeat("x", i))
		if m < 1 || m > 1<<31-1 || seen[m] || m != Mark(strings.Repeat("x", i)) {
			t.Fatalf("the mark is %d", m)
		}
		seen[m] = true
	}
}

// TestShorten holds that what matters least goes first, from the end, until the rest has
// room, and that as much of a part stays as can.
func TestShorten(t *testing.T) {
	t.Parallel()
	made := func(long int) *draft {
		d := newDraft("id")
		for _, p := range []struct {
			text string
			rank rank
		}{{"a", whole}, {"b", detail}, {"c", matter}, {"d", detail}, {"e", extra}, {"f", question}, {"g", whole}} {
			d.say(p.rank, new(prose).lines(normal, strings.Repeat(p.text, long)))
		}
		return d
	}
	named := func(p Post) string {
		out := ""
		for line := range strings.Lines(p.Components[0].(discordgo.Container).Components[0].(discordgo.TextDisplay).Content) {
			out += line[:1]
		}
		return out
	}
	for long, want := range map[int]string{500: "abcdefg", 600: "abcdefg", 640: "abcdfg", 700: "abcdfg", 750: "abcfg", 900: "abcfg"} {
		d := made(long)
		p := d.post("said")
		if got := named(p); got != want || d.left() < 0 {
			t.Errorf("of %d each there is %s, want %s, and %d is left", long, got, want, d.left())
		}
		if d.left() > shortest+1 && long > 550 {
			t.Errorf("of %d each %d is left over", long, d.left())
		}
	}
}

// TestWhatStaysHasRoom holds that the parts of a card that are never left out have room at
// their longest: else the buttons would have to go.
func TestWhatStaysHasRoom(t *testing.T) {
	t.Parallel()
	worst := strings.Repeat(`@`, 2000)
	link := "https://herald.example.com/" + strings.Repeat("x", mostURL-27)
	c := templates.Card{
		Task: "t", Title: templates.Cut(worst, 200), Head: templates.Cut(worst, 400), Status: progress.Running, Percent: 1, Place: worst[:40], Left: worst[:200], Took: worst[:200], Link: link,
		Ask:    &templates.Ask{Step: 3, Head: worst, Prompt: worst, Effects: []string{worst, worst}, Risk: "high", Who: worst},
		Offers: []templates.Offer{{Verb: progress.VerbApprove, Step: 3}, {Verb: progress.VerbReject, Step: 3}, {Verb: progress.VerbCancel, Label: "Cancel"}},
	}
	for i := range 25 {
		c.Lines = append(c.Lines, templates.Line{Symbol: "○", Text: worst})
		c.Offers = append(c.Offers, templates.Offer{Verb: progress.VerbSkip, Step: i, Label: "Skip"})
	}
	l := New(templates.New(templates.Options{}))
	p := l.Card(strings.Repeat("i", 300), &c, templates.Reader{}, func(v progress.Verb, step int) string { return string(v) + strings.Repeat("s", step) })
	text, count, all := 0, 0, p.Components[0].(discordgo.Container).Components
	for _, e := range all {
		count++
		switch e := e.(type) {
		case discordgo.TextDisplay:
			text += width(e.Content)
		case discordgo.ActionsRow:
			count += len(e.Components)
		}
	}
	first, _ := all[0].(discordgo.TextDisplay)
	if text > room || count >= mostParts || len(all) > mostBeside || !strings.Contains(first.Content, Plain(c.Title)) {
		t.Errorf("there are %d components with %d characters: %s", count, text, first.Content)
	}
	if row, ok := all[3].(discordgo.ActionsRow); !ok || len(row.Components) != 3 {
		t.Errorf("the buttons that decide are %+v", all[3])
	}
}
