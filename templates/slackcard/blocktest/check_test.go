package blocktest

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func of(n int) string { return strings.Repeat("x", n) }

// said is a text object.
func said(kind, text string) string { return `{"type":"` + kind + `","text":"` + text + `"}` }

func plain(n int) string { return said("plain_text", of(n)) }

func times(n int, entry string) string {
	return "[" + strings.TrimSuffix(strings.Repeat(entry+",", n), ",") + "]"
}

func button(fields string) string {
	return `{"type":"actions","elements":[{"type":"button","text":` + plain(3) + fields + `}]}`
}

func rich(elements string) string { return `{"type":"rich_text","elements":[` + elements + `]}` }

func inline(elements string) string {
	return rich(`{"type":"rich_text_section","elements":[` + elements + `]}`)
}

func menu(n int, value string) string {
	return `{"type":"actions","elements":[{"type":"overflow","action_id":"a","options":` + times(n, `{"text":`+plain(75)+`,"value":"`+value+`"}`) + `}]}`
}

func confirm(title, text, yes, no string) string {
	return button(`,"confirm":{"title":` + title + `,"text":` + text + `,"confirm":` + yes + `,"deny":` + no + `}`)
}

// TestCheckTakes holds that what is just within the limits passes.
func TestCheckTakes(t *testing.T) {
	t.Parallel()
	for _, block := range []string{
		`{"type":"divider","block_id":"` + of(255) + `"}`,
		`{"type":"header","text":` + plain(150) + `}`,
		`{"type":"section","text":` + said("mrkdwn", of(3000)) + `,"accessory":{"type":"button","text":` + plain(75) + `}}`,
		`{"type":"section","fields":` + times(5, plain(2000)) + `}`,
		`{"type":"section","text":{"type":"plain_text","text":"x","emoji":false},"expand":true}`,
		`{"type":"context","elements":` + times(10, plain(3)) + `}`,
		`{"type":"context","elements":[{"type":"image","image_url":"https://x.example/a.png","alt_text":"a"}]}`,
		`{"type":"actions","elements":` + times(25, `{"type":"button","text":`+plain(75)+`}`) + `}`,
		button(`,"action_id":"` + of(255) + `","value":"` + of(2000) + `","style":"danger","url":"https://x.example/","accessibility_label":"x"`),
		confirm(plain(100), plain(300), plain(30), plain(30)),
		menu(5, of(75)),
		`{"type":"actions","elements":[{"type":"static_select","placeholder":` + plain(150) + `,"options":` + times(50, `{"text":`+plain(9)+`,"value":"v"}`) + `}]}`,
		inline(`{"type":"text","text":"x","style":{"bold":true}},{"type":"link","url":"https://x.example/","text":"x"},{"type":"user","user_id":"U1"},{"type":"date","timestamp":1,"format":"{date}"}`),
		rich(`{"type":"rich_text_list","style":"bullet","indent":0,"border":0,"offset":0,"elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"x"}]}]}`),
		rich(`{"type":"rich_text_preformatted","border":0,"elements":[{"type":"text","text":"x"}]},{"type":"rich_text_quote","elements":[{"type":"text","text":"x"}]}`),
		`{"type":"image","image_url":"https://x.example/a.png","alt_text":"a","title":` + plain(9) + `}`,
		`{"type":"markdown","text":"` + of(12000) + `"}`,
	} {
		if err := Check("x", []byte("["+block+"]")); err != nil {
			t.Errorf("%.120s: %v", block, err)
		}
	}
	if err := Check(of(4000), []byte(times(50, `{"type":"divider"}`))); err != nil {
		t.Error(err)
	}
	if err := Check("x", nil); err != nil {
		t.Error(err)
	}
}

// TestCheckRefuses holds that each limit is held.
func TestCheckRefuses(t *testing.T) {
	t.Parallel()
	for block, why := range map[string]string{
		`{"type":"divider","block_id":"` + of(256) + `"}`: "256 characters",
		`{"type":"divider","color":"red"}`:                `unknown field "color"`,
		`{"type":"plan"}`:                                 `"plan"`,
		`{}`:                                              `""`,
		`"x"`:                                             `""`,
		`{"type":"header","text":` + plain(151) + `}`:          "151 characters",
		`{"type":"header","text":` + said("mrkdwn", "x") + `}`: "not plain_text",
		`{"type":"header"}`:                                                                                       "has no text",
		`{"type":"header","text":"x"}`:                                                                            "is no object",
		`{"type":"section"}`:                                                                                      "neither a text nor fields",
		`{"type":"section","text":` + plain(3001) + `}`:                                                           "3001 characters",
		`{"type":"section","text":` + plain(0) + `}`:                                                              "0 characters",
		`{"type":"section","fields":` + times(11, plain(1)) + `}`:                                                 "11 fields",
		`{"type":"section","fields":[` + plain(2001) + `]}`:                                                       "2001 characters",
		`{"type":"section","text":` + plain(1) + `,"expand":1}`:                                                   "neither true nor false",
		`{"type":"section","text":{"type":"mrkdwn","text":"x","emoji":false}}`:                                    "only plain_text may",
		`{"type":"section","text":{"type":"plain_text","text":"x","verbatim":true}}`:                              "only mrkdwn may",
		`{"type":"section","text":{"type":"html","text":"x"}}`:                                                    `"html"`,
		`{"type":"section","text":{"type":"plain_text","text":7}}`:                                                "no text",
		`{"type":"context","elements":` + times(11, plain(1)) + `}`:                                               "11 elements",
		`{"type":"context","elements":[]}`:                                                                        "0 elements",
		`{"type":"context","elements":{}}`:                                                                        "no list",
		`{"type":"actions","elements":` + times(26, `{"type":"button","text":`+plain(1)+`}`) + `}`:                "26 elements",
		`{"type":"actions","elements":` + times(2, `{"type":"button","action_id":"a","text":`+plain(1)+`}`) + `}`: `action_id "a" again`,
		`{"type":"actions","elements":[{"type":"button","text":` + plain(76) + `}]}`:                              "76 characters",
		`{"type":"actions","elements":[{"type":"knob"}]}`:                                                         `"knob"`,
		button(`,"value":"` + of(2001) + `"`):                                                                     "2001 characters",
		button(`,"action_id":"` + of(256) + `"`):                                                                  "256 characters",
		button(`,"style":""`):                                                                                     "style",
		button(`,"url":"javascript:alert(1)"`):                                                                    "no link to a page",
		button(`,"url":"https://x.example/` + of(3000) + `"`):                                                     "characters",
		confirm(plain(101), plain(1), plain(1), plain(1)):                                                         "101 characters",
		confirm(plain(1), plain(301), plain(1), plain(1)):                                                         "301 characters",
		confirm(plain(1), plain(1), plain(31), plain(1)):                                                          "31 characters",
		confirm(plain(1), plain(1), plain(1), plain(31)):                                                          "31 characters",
		button(`,"confirm":{"title":` + plain(1) + `}`):                                                           "has no text",
		menu(1, "v"):                        "1 options",
		menu(6, "v"):                        "6 options",
		menu(2, of(76)):                     "76 characters",
		inline(``):                          "0 elements",
		inline(`{"type":"text","text":""}`): "0 characters",
		inline(`{"type":"text","text":"x","style":{"unlink":true}}`):                               `"unlink"`,
		inline(`{"type":"link","url":"ftp://x.example/"}`):                                         "no link to a page",
		inline(`{"type":"broadcast","range":"all"}`):                                               `"all"`,
		inline(`{"type":"song"}`):                                                                  `"song"`,
		rich(`{"type":"rich_text_poem","elements":[]}`):                                            `"rich_text_poem"`,
		rich(`{"type":"rich_text_list","style":"bullet","elements":[{"type":"text","text":"x"}]}`): "in a list",
		rich(`{"type":"rich_text_list","style":"square","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"x"}]}]}`):            `"square"`,
		rich(`{"type":"rich_text_list","style":"bullet","indent":9,"elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"x"}]}]}`): "indent",
		rich(`{"type":"rich_text_preformatted","elements":[{"type":"user","user_id":"U1"}]}`):                                                           `"user"`,
		rich(`{"type":"rich_text_quote","border":2,"elements":[{"type":"text","text":"x"}]}`):                                                           "border",
		`{"type":"image","image_url":"https://x.example/a.png"}`:                                                                                        "has no alt_text",
		`{"type":"image","alt_text":"a"}`:                "not exactly one",
		`{"type":"markdown","text":"` + of(12001) + `"}`: "12001 characters",
	} {
		err := Check("x", []byte("["+block+"]"))
		if e := new(Error); !errors.As(err, &e) || e.Code != "invalid_blocks" || !strings.Contains(err.Error(), why) {
			t.Errorf("%.160s: %v, want %q", block, err, why)
		}
	}
}

// TestCheckOfTheWhole holds the limits over all blocks, and those of the text.
func TestCheckOfTheWhole(t *testing.T) {
	t.Parallel()
	two := `[{"type":"divider","block_id":"a"},{"type":"divider","block_id":"a"}]`
	long := times(5, `{"type":"section","text":`+plain(2700)+`}`)
	for _, c := range []struct{ text, blocks, code string }{
		{"", "[]", "no_text"}, {" \n", "", "no_text"}, {of(4001), "", "msg_too_long"}, {strings.Repeat("😀", 2001), "", "msg_too_long"},
		{"x", "[]", "invalid_blocks"}, {"x", "{}", "invalid_blocks"}, {"x", "[", "invalid_blocks"}, {"x", "[] []", "invalid_blocks"},
		{"x", times(51, `{"type":"divider"}`), "invalid_blocks"}, {"x", two, "invalid_blocks"}, {"x", long, "msg_blocks_too_long"},
	} {
		if e := new(Error); !errors.As(Check(c.text, []byte(c.blocks)), &e) || e.Code != c.code {
			t.Errorf("%.40q, %.60s: %v, want %s", c.text, c.blocks, e, c.code)
		}
	}
	if got := Size([]byte(` [ "\u003c😀" ] `)); got != 7 {
		t.Errorf("the size is %d", got)
	}
}

// TestCheckView holds the limits of modals and Homes.
func TestCheckView(t *testing.T) {
	t.Parallel()
	input := `{"type":"input","block_id":"i","label":` + plain(2000) + `,"hint":` + plain(9) + `,"optional":true,"element":{"type":"plain_text_input","action_id":"a","multiline":true,"max_length":3000,"placeholder":` + plain(150) + `}}`
	modal := func(title, more, block string) string {
		return `{"type":"modal","title":` + title + more + `,"blocks":[` + block + `]}`
	}
	for view, why := range map[string]string{
		modal(plain(24), `,"submit":`+plain(24)+`,"close":`+plain(24)+`,"private_metadata":"`+of(3000)+`","callback_id":"c"`, input): "",
		`{"type":"home","blocks":` + times(100, `{"type":"divider"}`) + `}`:                                                          "",
		`{"type":"home","blocks":` + times(101, `{"type":"divider"}`) + `}`:                                                          "are 101",
		`{"type":"home","title":` + plain(1) + `,"blocks":[{"type":"divider"}]}`:                                                     `"title"`,
		`{"type":"home","blocks":[{"type":"markdown","text":"x"}]}`:                                                                  `"markdown"`,
		`{"type":"page","blocks":[{"type":"divider"}]}`:                                                                              `"page"`,
		modal(plain(25), "", `{"type":"divider"}`):                                                                                   "25 characters",
		modal(plain(1), `,"submit":`+plain(25), input):                                                                               "25 characters",
		modal(plain(1), `,"private_metadata":"`+of(3001)+`"`, `{"type":"divider"}`):                                                  "3001 characters",
		modal(plain(1), "", input):                                                                                                   "no submit",
		modal(plain(1), `,"submit":`+plain(1), strings.Replace(input, "3000", "3001", 1)):                                            "max_length",
		modal(plain(1), `,"submit":`+plain(1), strings.Replace(input, "plain_text_input", "rich_text_input", 1)):                     `"rich_text_input"`,
		`{"type":"home","blocks":[{"type":"section","text":` + plain(2999) + `}],"private_metadata":7}`:                              "no text",
	} {
		err := CheckView([]byte(view))
		if (why == "") != (err == nil) || why != "" && !strings.Contains(err.Error(), why) {
			t.Errorf("%.120s: %v, want %q", view, err, why)
		}
	}
	if err := CheckView([]byte(`{"type":"home","blocks":` + times(99, `{"type":"section","text":`+plain(2900)+`}`) + `}`)); err == nil {
		t.Error("a view of 290,000 bytes passes")
	}
}

// TestLive holds that everything is found that a client would make something of.
func TestLive(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"<!channel>", "<@U1>", "<#C1>", "<https://x.example|y>", "see https://x.example/a", "mailto:a@b", "a@b.example", "www.evil.example", "x.io", ":fire:", "@everyone", "@here",
	} {
		quoted, _ := json.Marshal(text)
		if Live(text, nil) == nil {
			t.Errorf("%s as text is not found", text)
		}
		if Live("x", []byte(`[{"type":"section","text":{"type":"mrkdwn","text":`+string(quoted)+`}}]`)) == nil {
			t.Errorf("%s as mrkdwn is not found", text)
		}
		if found := Live("x", []byte(`[{"type":"section","text":{"type":"plain_text","text":`+string(quoted)+`}}]`)); found != nil {
			t.Errorf("%s as plain text is %q", text, found)
		}
		if found := Live("x", []byte("["+inline(`{"type":"text","text":`+string(quoted)+`}`)+"]")); found != nil {
			t.Errorf("%s as rich text is %q", text, found)
		}
	}
	for _, block := range []string{
		inline(`{"type":"user","user_id":"U1"}`), inline(`{"type":"broadcast","range":"here"}`), inline(`{"type":"emoji","name":"fire"}`),
		inline(`{"type":"link","url":"https://x.example"}`), button(`,"url":"https://x.example"`), `{"type":"header","text":{"type":"plain_text","text":":fire:","emoji":true}}`,
	} {
		if Live("x", []byte("["+block+"]")) == nil {
			t.Errorf("%s is not found", block)
		}
	}
	for _, text := range []string{"12:30", "1.200 rows", "Ready. Go on: it is 5 o’clock", "a < b > c & d", "&lt;!channel&gt;", "50% (e.g. 3.5)"} {
		if found := Live(text, nil); found != nil {
			t.Errorf("%s is %q", text, found)
		}
	}
}
