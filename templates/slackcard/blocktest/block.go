package blocktest

import "math"

// How much there may be in a block.
const (
	mostID       = 255
	mostSection  = 3000
	mostFields   = 10
	mostField    = 2000
	mostHeader   = 150
	mostContext  = 10
	mostActions  = 25
	mostAlt      = 2000
	mostMarkdown = 12000
	mostLabel    = 2000 // of an input
)

// page checks the blocks of a message or a view.
type page struct {
	parts
	surface string // "message", "modal" or "home"
	ids     map[string]bool
}

func pageOf(surface string) *page {
	return &page{parts{&fields{}}, surface, map[string]bool{}}
}

// blocks are those of a message or a view.
func (c *page) blocks(at string, v any, most int) {
	all, ok := v.([]any)
	if !ok {
		c.bad(at, "are no list")
		return
	}
	if len(all) == 0 || len(all) > most {
		c.bad(at, "are %d, not 1 to %d", len(all), most)
	}
	for i, b := range all {
		c.block(in(at, "", i), b)
	}
}

func (c *page) block(at string, v any) {
	o, _ := v.(map[string]any)
	kind, _ := o["type"].(string)
	rule, known := c.kinds()[kind]
	if !known {
		c.bad(at, "is of a type that a %s does not take: %q", c.surface, kind)
		return
	}
	at += "(" + kind + ")"
	o, ok := c.object(at, v, "type "+rule.need, "block_id "+rule.may)
	if !ok {
		return
	}
	if id := c.text(at, o, "block_id", 1, mostID); id != "" {
		if c.ids[id] {
			c.bad(at, "has the block_id %q again", id)
		}
		c.ids[id] = true
	}
	rule.check(at, o)
}

// kind is what a type of block needs and may have.
type kind struct {
	need, may string
	check     func(at string, o map[string]any)
}

func (c *page) kinds() map[string]kind {
	all := map[string]kind{
		"divider":   {"", "", func(string, map[string]any) {}},
		"header":    {"text", "", func(at string, o map[string]any) { c.plain(at, o, "text", mostHeader) }},
		"section":   {"", "text fields accessory expand", c.section},
		"context":   {"elements", "", c.context},
		"actions":   {"elements", "", func(at string, o map[string]any) { c.elements(at, c.list(at, o, "elements", 1, mostActions)) }},
		"image":     {"alt_text", "image_url slack_file title", c.image},
		"rich_text": {"elements", "", prose{c.fields}.rich},
		"markdown":  {"text", "", func(at string, o map[string]any) { c.text(at, o, "text", 1, mostMarkdown) }},
		"input":     {"label element", "hint optional dispatch_action", c.input},
	}
	if c.surface != "message" {
		delete(all, "markdown")
	}
	return all
}

func (c *page) section(at string, o map[string]any) {
	if o["text"] == nil && o["fields"] == nil {
		c.bad(at, "has neither a text nor fields")
	}
	c.said(at, o, "text", mostSection)
	for i, f := range c.list(at, o, "fields", 1, mostFields) {
		c.said(in(at, "fields", i), map[string]any{"field": f}, "field", mostField)
	}
	if e, there := o["accessory"]; there {
		c.elements(at+".accessory", []any{e})
	}
	c.flag(at, o, "expand")
}

func (c *page) context(at string, o map[string]any) {
	for i, e := range c.list(at, o, "elements", 1, mostContext) {
		at := in(at, "elements", i)
		if m, _ := e.(map[string]any); m["type"] == "image" {
			if o, ok := c.object(at, e, "type alt_text", "image_url slack_file"); ok {
				c.image(at, o)
			}
			continue
		}
		c.said(at, map[string]any{"element": e}, "element", mostSection)
	}
}

func (c *page) image(at string, o map[string]any) {
	c.text(at, o, "alt_text", 1, mostAlt)
	c.link(at, o, "image_url")
	c.plain(at, o, "title", mostAlt)
	if (o["image_url"] == nil) == (o["slack_file"] == nil) {
		c.bad(at, "has not exactly one of image_url and slack_file")
	}
}

func (c *page) input(at string, o map[string]any) {
	c.plain(at, o, "label", mostLabel)
	c.plain(at, o, "hint", mostLabel)
	c.flag(at, o, "optional", "dispatch_action")
	e, ok := c.object(at+".element", o["element"], "type", "action_id initial_value multiline min_length max_length placeholder focus_on_load dispatch_action_config")
	if !ok {
		return
	}
	at += ".element"
	c.choice(at, e, "type", "plain_text_input")
	c.text(at, e, "action_id", 1, mostID)
	c.text(at, e, "initial_value", 0, 3000)
	c.number(at, e, "min_length", 0, 3000)
	c.number(at, e, "max_length", 1, 3000)
	c.plain(at, e, "placeholder", 150)
	c.flag(at, e, "multiline", "focus_on_load")
}

// endless is no bound of a number.
const endless = math.MaxInt32
