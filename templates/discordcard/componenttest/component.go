package componenttest

import (
	"encoding/json"
	"slices"
	"strings"
)

// page checks the components of a message or a form.
type page struct {
	*fields
	count, text int
	ids         map[int]bool
	customIDs   map[string]bool
}

func newPage() *page { return &page{&fields{}, 0, 0, map[int]bool{}, map[string]bool{}} }

// kind is a type of component: what it needs and may have beside type and id.
type kind struct {
	need, may string
	check     func(at string, o map[string]any)
}

func (c *page) kinds() map[string]kind {
	return map[string]kind{
		"1":  {"components", "", c.row},
		"2":  {"style", "label emoji custom_id sku_id url disabled", control{c}.button},
		"3":  {"custom_id options", "placeholder min_values max_values required disabled", control{c}.menu},
		"4":  {"custom_id style", "min_length max_length required value placeholder", control{c}.input},
		"9":  {"components accessory", "", c.section},
		"10": {"content", "", c.display},
		"11": {"media", "description spoiler", c.thumbnail},
		"12": {"items", "", c.gallery},
		"13": {"file", "spoiler", c.file},
		"14": {"", "divider spacing", c.separator},
		"17": {"components", "accent_color spoiler", c.container},
		"18": {"label component", "description", control{c}.label},
	}
}

// component is one of the types that may stand where it does.
func (c *page) component(at string, v any, types string) {
	o, _ := v.(map[string]any)
	n, _ := o["type"].(json.Number)
	rule, known := c.kinds()[n.String()]
	if !known || !slices.Contains(strings.Fields(types), n.String()) {
		c.bad(at, "is of the type %v, not one of %s", o["type"], types)
		return
	}
	c.count++
	at += "(" + n.String() + ")"
	if o, ok := c.object(at, v, "type "+rule.need, "id "+rule.may); ok {
		c.id(at, o)
		rule.check(at, o)
	}
}

// id is the number of a component, which no other one has; 0 is for none.
func (c *page) id(at string, o map[string]any) {
	id := c.number(at, o, "id", 0, mostID)
	if id != 0 && c.ids[id] {
		c.bad(at, "has the id %d again", id)
	}
	c.ids[id] = true
}

// customID is what comes back with a press, which no other component has.
func (c *page) customID(at string, o map[string]any) {
	id := c.string(at, o, "custom_id", 1, mostCustomID)
	if id != "" && c.customIDs[id] {
		c.bad(at, "has the custom_id %q again", id)
	}
	c.customIDs[id] = true
}

func (c *page) container(at string, o map[string]any) {
	c.number(at, o, "accent_color", 0, 0xffffff)
	c.flag(at, o, "spoiler")
	for i, v := range c.list(at, o, "components", MostComponents) {
		c.component(in(at, i), v, "1 9 10 12 13 14")
	}
}

func (c *page) row(at string, o map[string]any) {
	all := c.list(at, o, "components", 5)
	for i, v := range all {
		c.component(in(at, i), v, "2 3")
		if e, _ := v.(map[string]any); e["type"] == json.Number("3") && len(all) > 1 {
			c.bad(at, "has a menu beside other components")
		}
	}
}

func (c *page) section(at string, o map[string]any) {
	for i, v := range c.list(at, o, "components", 3) {
		c.component(in(at, i), v, "10")
	}
	c.component(at+".accessory", o["accessory"], "2 11")
}

func (c *page) display(at string, o map[string]any) {
	c.text += Length(c.string(at, o, "content", 1, MostText))
}

func (c *page) separator(at string, o map[string]any) {
	c.flag(at, o, "divider")
	c.number(at, o, "spacing", 1, 2)
}

func (c *page) file(at string, o map[string]any) {
	c.flag(at, o, "spoiler")
	if m, ok := c.object(at+".file", o["file"], "url", ""); ok {
		if s := c.string(at, m, "url", 1, 2048); !strings.HasPrefix(s, "attachment://") {
			c.bad(at, "has a file that is not attached: %q", s)
		}
	}
}

func (c *page) thumbnail(at string, o map[string]any) {
	c.string(at, o, "description", 1, 1024)
	c.flag(at, o, "spoiler")
	if m, ok := c.object(at+".media", o["media"], "url", ""); ok {
		c.link(at, m, "url", "attachment")
	}
}

func (c *page) gallery(at string, o map[string]any) {
	for i, v := range c.list(at, o, "items", 10) {
		if m, ok := c.object(in(at, i), v, "media", "description spoiler"); ok {
			c.thumbnail(in(at, i), m)
		}
	}
}
