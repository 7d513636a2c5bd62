package componenttest

import (
	"fmt"
	"strings"
	"testing"
)

func of(n int) string { return strings.Repeat("x", n) }

func repeat(n int, entry string) string {
	return "[" + strings.TrimSuffix(strings.Repeat(entry+",", n), ",") + "]"
}

// distinct are so many entries with a number in each.
func distinct(n int, entry string) string {
	out := make([]string, n)
	for i := range out {
		out[i] = strings.ReplaceAll(entry, "#", fmt.Sprint(i))
	}
	return "[" + strings.Join(out, ",") + "]"
}

func text(n int) string { return `{"type":10,"content":"` + of(n) + `"}` }

func box(components string) string { return `{"type":17,"components":[` + components + `]}` }

func row(buttons string) string { return `{"type":1,"components":` + buttons + `}` }

func button(fields string) string { return row(`[{"type":2` + fields + `}]`) }

// TestCheckTakes holds that what is just within the limits passes.
func TestCheckTakes(t *testing.T) {
	t.Parallel()
	for _, c := range []string{
		text(4000), box(text(4000)), `{"type":17,"id":2147483647,"accent_color":16777215,"spoiler":true,"components":` + repeat(39, text(9)) + `}`,
		box(`{"type":14},{"type":14,"divider":false,"spacing":2},{"type":13,"file":{"url":"attachment://output.txt"},"spoiler":false}`),
		row(distinct(5, `{"type":2,"style":1,"label":"`+of(80)+`","custom_id":"`+of(98)+`#"}`)),
		button(`,"style":4,"emoji":{"name":"x"},"custom_id":"c","disabled":true`), button(`,"style":5,"label":"x","url":"https://x.example/` + of(490) + `"`), button(`,"style":6,"sku_id":"1"`),
		row(`[{"type":3,"custom_id":"m","placeholder":"x","options":` + repeat(25, `{"label":"x","value":"v"}`) + `}]`),
		`{"type":9,"components":` + repeat(3, text(3)) + `,"accessory":{"type":11,"media":{"url":"https://x.example/a.png"}}}`,
		`{"type":12,"items":` + repeat(10, `{"media":{"url":"attachment://a.png"}}`) + `}`,
	} {
		if wrong := Check([]byte("[" + c + "]")); wrong != nil {
			t.Errorf("%.120s: %q", c, wrong)
		}
	}
	if wrong := CheckModal([]byte(modal(of(45), of(100), repeat(1, text(9))[1:len(text(9))+1]+","+label(of(45), of(100), `,"max_length":4000,"required":false,"placeholder":"`+of(100)+`"`)))); wrong != nil {
		t.Error(wrong)
	}
}

func modal(title, id, components string) string {
	return `{"title":"` + title + `","custom_id":"` + id + `","components":[` + components + `]}`
}

func label(name, about, fields string) string {
	return `{"type":18,"label":"` + name + `","description":"` + about + `","component":{"type":4,"custom_id":"reason","style":2` + fields + `}}`
}

// TestCheckRefuses holds that each limit is held.
func TestCheckRefuses(t *testing.T) {
	t.Parallel()
	press := `{"type":2,"style":1,"label":"x","custom_id":"c"}`
	for c, why := range map[string]string{
		``: "no list", `{}`: "type <nil>", `"x"`: "type <nil>", `{"type":2,"style":1,"label":"x","custom_id":"c"}`: "type 2", `{"type":99}`: "type 99",
		text(4001): "4001 characters", `{"type":10,"content":""}`: "0 characters", `{"type":10,"content":" \n"}`: "nothing but spaces", `{"type":10}`: "has no content", `{"type":10,"content":7}`: "no text", `{"type":10,"content":"x","colour":1}`: `"colour"`,
		text(2000) + "," + text(2001): "4001 characters of text", box(repeat(40, text(1))[1 : 40*len(text(1))+40]): "41, more than 40",
		box(""): "0 components", box(box(text(1))): "type 17", `{"type":17,"components":{}}`: "no list", `{"type":17,"accent_color":16777216,"components":[` + text(1) + `]}`: "accent_color",
		`{"type":17,"spoiler":1,"components":[` + text(1) + `]}`: "neither true nor false", `{"type":17,"id":2147483648,"components":[` + text(1) + `]}`: "id",
		`{"type":14,"id":5},{"type":14,"id":5}`: "id 5 again", `{"type":14,"spacing":3}`: "spacing", row("[]"): "0 components", row(distinct(6, `{"type":2,"style":1,"label":"x","custom_id":"#"}`)): "6 components",
		row(repeat(2, press)): `custom_id "c" again`, row("[" + text(1) + "]"): "type 10", row(`[` + press + `,{"type":3,"custom_id":"m","options":[{"label":"x","value":"v"}]}]`): "menu beside",
		button(`,"style":1,"label":"` + of(81) + `","custom_id":"c"`): "81 characters", button(`,"style":1,"label":"x","custom_id":"` + of(101) + `"`): "101 characters",
		button(`,"style":1,"label":"x"`): "no custom_id", button(`,"style":1,"custom_id":"c"`): "neither a label", button(`,"style":7,"label":"x","custom_id":"c"`): "style", button(`,"style":1,"label":"x","custom_id":"c","url":"https://x.io/"`): "has a url",
		button(`,"style":5,"label":"x"`): "no url", button(`,"style":5,"label":"x","url":"https://x.io/","custom_id":"c"`): "is a link", button(`,"style":5,"label":"x","url":"javascript:alert(1)"`): "no address", button(`,"style":6,"label":"x"`): "no sku_id",
		button(`,"style":5,"label":"x","url":"https://x.io/` + of(512) + `"`): "characters", row(`[{"type":3,"custom_id":"m","options":[]}]`): "0 options",
		`{"type":13,"file":{"url":"https://x.io/a.txt"}}`: "not attached", `{"type":13,"file":"x"}`: "no object", `{"type":12,"items":[]}`: "0 items", `{"type":9,"components":[` + text(1) + `]}`: "has no accessory",
		`{"type":9,"components":[` + text(1) + `],"accessory":` + text(1) + `}`: "type 10", `{"type":12,"items":[{"media":{"url":"ftp://x.io/"}}]}`: "no address",
	} {
		if wrong := strings.Join(Check([]byte("["+c+"]")), "; "); !strings.Contains(wrong, why) {
			t.Errorf("%.160s: %q, want %q", c, wrong, why)
		}
	}
	if wrong := Check([]byte(`[` + text(1) + `] []`)); wrong == nil {
		t.Error("two documents are taken")
	}
	if wrong := Check([]byte(`[{"type":10,"content":"` + strings.Repeat("😀", 2001) + `"}]`)); wrong == nil {
		t.Error("signs of two units count once")
	}
}

// TestCheckModalRefuses holds the limits of forms.
func TestCheckModalRefuses(t *testing.T) {
	t.Parallel()
	fine := label("x", "x", "")
	for c, why := range map[string]string{
		"[]": "no object", `{}`: "has no title", modal("", "c", fine): "0 characters", modal(of(46), "c", fine): "46 characters", modal("x", of(101), fine): "101 characters", modal("x", "", fine): "0 characters",
		modal("x", "c", ""): "0 components", modal("x", "c", row(`[{"type":4,"custom_id":"a","style":1}]`)): "type 1", modal("x", "c", fine+","+fine): `custom_id "reason" again`,
		modal("x", "c", label(of(46), "x", "")): "46 characters", modal("x", "c", label("x", of(101), "")): "101 characters", modal("x", "c", label("x", "x", `,"label":"x"`)): `"label"`,
		modal("x", "c", label("x", "x", `,"max_length":4001`)): "max_length", modal("x", "c", label("x", "x", `,"required":"no"`)): "neither true nor false", modal("x", "c", strings.Replace(fine, `"style":2`, `"style":3`, 1)): "style",
	} {
		if wrong := strings.Join(CheckModal([]byte(c)), "; "); !strings.Contains(wrong, why) {
			t.Errorf("%.160s: %q, want %q", c, wrong, why)
		}
	}
}
