package componenttest

import (
	"encoding/json"
	"reflect"
	"testing"
)

// said is what is seen of a text.
func said(t *testing.T, text string) Reading {
	t.Helper()
	raw, err := json.Marshal([]any{map[string]any{"type": 10, "content": text}})
	if err != nil {
		t.Fatal(err)
	}
	return Read(raw)
}

// TestReadShows holds what is seen of Markdown.
func TestReadShows(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"plain, 50% & <b> 3*4*":                                 "plain, 50% & <b> 34",
		"**bold** *slanted* _it_ __under__ ~~gone~~ ||hidden||": "bold slanted it under gone hidden",
		"***both*** **a *b* c** 2 * 3 * 4 snake_case_name":      "both a b c 2 * 3 * 4 snake_case_name",
		`\*no\* \_no\_ \~~no~~ \||no|| \[a](b) \\ \a \é`:        `*no* _no_ ~~no~~ ||no|| [a](b) \ \a é`,
		`**a\** b**`:              "a** b",
		"`a *b* \\* c` ``x`y`` `": "a *b* \\* c x`y `",
		"```\n**a**\n\\*b\n```c":  "**a**\n\\*bc",
		"```go\nx\n```":           "x",
		"```\n```":                "\n",
		"# one\n## two ##\n### three\n#### four\n#five": "one\ntwo \nthree\n#### four\n#five",
		"-# small\na -# b":          "small\na -# b",
		"> said\n>>> all\nof it":    "│ said\n│ all\nof it",
		"- a\n* b\n12. c\n1) d\n-e": "• a\n• b\n• c\n1) d\n-e",
		"- # no heading":            "• # no heading",
		`\# a` + "\n" + `\- b` + "\n" + `1\. c` + "\n" + `\> d`: "# a\n- b\n1. c\n> d",
		"a\u2060b\u200bc": "abc",
		"C\\#":            "C#",
		"### C\\#":        `C\`,
		"¯\\_(ツ)_/¯":      "¯_(ツ)_/¯",
		"||a **b||":       "a **b",
		"":                "",
	} {
		if got := said(t, text); got.Text != want || len(got.Links)+len(got.Made)+len(got.Pings) > 0 {
			t.Errorf("%q is %+v, want %q", text, got, want)
		}
	}
}

// TestReadFinds holds what comes of a text beyond its letters.
func TestReadFinds(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Reading{
		"@everyone `@here` \\<@1>":                   {Text: "@everyone @here <@1>", Pings: []string{"@everyone", "@here", "<@1>"}, Made: []string{"@everyone"}},
		"<@!1> <@&2> <#3>":                           {Text: "<@!1> <@&2> <#3>", Pings: []string{"<@!1>", "<@&2>"}, Made: []string{"<@!1>", "<@&2>", "<#3>"}},
		"@\u2060everyone <@\u20601>":                 {Text: "@everyone <@1>"},
		"<t:1:R> <a:x:1> </a b:1> <id:home>":         {Text: "<t:1:R> <a:x:1> </a b:1> <id:home>", Made: []string{"<t:1:R>", "<a:x:1>", "</a b:1>", "<id:home>"}},
		":fire: 12:30:45 \\:x:":                      {Text: ":fire: 12:30:45 :x:", Made: []string{":fire:", ":30:"}},
		"see https://x.io/a. <http://y.io/> !":       {Text: "see https://x.io/a. http://y.io/ !", Links: []string{"https://x.io/a", "http://y.io/"}},
		"xhttp://x.io/ steam://run/1 (http://a)":     {Text: "xhttp://x.io/ steam://run/1 (http://a)", Links: []string{"http://x.io/", "steam://run/1", "http://a"}},
		"`http://x.io/` http\\://x.io/":              {Text: "http://x.io/ http://x.io/"},
		"[a *b*](https://x.io/)":                     {Text: "a b", Links: []string{"https://x.io/"}},
		"[a [b] c](<https://x.io/> \"t\")":           {Text: "a [b] c", Links: []string{"https://x.io/"}},
		`[a \*b\*](https://x.io/)`:                   {Text: `a \*b\*`, Links: []string{"https://x.io/"}},
		"[a](javascript:x) [b](x)":                   {Text: "[a](javascript:x) [b](x)"},
		"[see http://x.io/](http://y.io/)":           {Text: "[see http://x.io/](http://y.io/)"},
		"[😀](http://y.io/) [ ](http://y.io/)":        {Text: "[😀](http://y.io/) [ ](http://y.io/)"},
		"[a](http://x.io/) and ](http://y.io/)":      {Text: "[a](http://x.io/) and ](http://y.io/)"},
		"[a](http://x.io/) [b](http://y.io/)":        {Text: "a b", Links: []string{"http://x.io/", "http://y.io/"}},
		"**[a](http://x.io/)**\n- [b](http://x.io/)": {Text: "a\n• b", Links: []string{"http://x.io/", "http://x.io/"}},
		"<a@x.io> <tel:+1>":                          {Text: "a@x.io tel:+1", Links: []string{"a@x.io", "tel:+1"}},
	} {
		if got := said(t, text); !reflect.DeepEqual(got, want) {
			t.Errorf("%q is %+v, want %+v", text, got, want)
		}
	}
}

// TestReadComponents holds that all parts of a message and a form are read.
func TestReadComponents(t *testing.T) {
	t.Parallel()
	got := Read([]byte(`[{"type":17,"components":[{"type":9,"components":[{"type":10,"content":"a"}],"accessory":{"type":2,"style":5,"label":"b","url":"https://x.io/"}},{"type":1,"components":[{"type":2,"style":1,"label":"*c*","custom_id":"d"}]}]}]`))
	if want := (Reading{Text: "a\n[b]\n[*c*]", Links: []string{"https://x.io/"}}); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	got = Read([]byte(modal("t", "c", label("l", "d", ""))))
	if want := (Reading{Text: "t\nl\nd"}); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	if got := Read([]byte(`nothing`)); !reflect.DeepEqual(got, Reading{}) {
		t.Errorf("%+v", got)
	}
}
