package blocktest

// mostIndent is how deep a list may stand.
const mostIndent = 8

// prose checks rich text.
type prose struct{ *fields }

// rich is a rich_text block.
func (c prose) rich(at string, o map[string]any) {
	for i, v := range c.list(at, o, "elements", 1, endless) {
		c.part(in(at, "elements", i), v)
	}
}

// part is a section, list, quote or listing.
func (c prose) part(at string, v any) {
	o, _ := v.(map[string]any)
	switch o["type"] {
	case "rich_text_section":
		c.object(at, v, "type elements", "")
	case "rich_text_quote":
		c.object(at, v, "type elements", "border")
	case "rich_text_preformatted":
		c.object(at, v, "type elements", "border language")
	case "rich_text_list":
		c.object(at, v, "type elements style", "indent border offset")
		c.choice(at, o, "style", "bullet", "ordered")
		c.number(at, o, "indent", 0, mostIndent)
		c.number(at, o, "offset", 0, endless)
	default:
		c.bad(at, "is of the unknown type %q", o["type"])
		return
	}
	c.number(at, o, "border", 0, 1)
	for i, e := range c.list(at, o, "elements", 1, endless) {
		at := in(at, "elements", i)
		if o["type"] != "rich_text_list" {
			c.inline(at, e, o["type"] == "rich_text_preformatted")
			continue
		}
		if m, _ := e.(map[string]any); m["type"] != "rich_text_section" {
			c.bad(at, "is of the type %q in a list, not rich_text_section", m["type"])
			continue
		}
		c.part(at, e)
	}
}

// inlines are the types of elements in a section: what they need and may have.
var inlines = map[string][2]string{
	"text":      {"text", "style"},
	"link":      {"url", "text unsafe style"},
	"emoji":     {"name", "skin_tone unicode style"},
	"user":      {"user_id", "style"},
	"usergroup": {"usergroup_id", "style"},
	"channel":   {"channel_id", "style"},
	"broadcast": {"range", "style"},
	"date":      {"timestamp format", "url fallback style"},
	"color":     {"value", "style"},
}

// inline is an element in a section.
func (c prose) inline(at string, v any, listing bool) {
	o, _ := v.(map[string]any)
	kind, _ := o["type"].(string)
	rule, known := inlines[kind]
	if !known || listing && kind != "text" && kind != "link" {
		c.bad(at, "is of a type that does not stand there: %q", kind)
		return
	}
	o, ok := c.object(at, v, "type "+rule[0], rule[1])
	if !ok {
		return
	}
	c.text(at, o, "text", 1, endless)
	c.link(at, o, "url")
	c.choice(at, o, "range", "here", "channel", "everyone")
	c.flag(at, o, "unsafe")
	if s, there := o["style"]; there {
		if o, ok := c.object(at+".style", s, "", "bold italic strike code underline"); ok {
			c.flag(at+".style", o, "bold", "italic", "strike", "code", "underline")
		}
	}
}
