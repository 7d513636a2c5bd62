package componenttest

// The styles of buttons.
const (
	danger  = 4 // the last of those that are pressed
	link    = 5
	premium = 6
)

// How much there may be in what people press and fill in.
const (
	mostLabel       = 80
	mostOptions     = 25
	mostOption      = 100
	mostPlaceholder = 150 // of a menu
	mostInput       = 4000
	mostInputHint   = 100
	mostName        = 45
	mostDescription = 100
)

// control checks what people press and fill in.
type control struct{ *page }

func (c control) button(at string, o map[string]any) {
	c.string(at, o, "label", 1, mostLabel)
	c.flag(at, o, "disabled")
	c.customID(at, o)
	c.link(at, o, "url", "discord")
	style := c.number(at, o, "style", 1, premium)
	has := func(name string) bool { _, there := o[name]; return there }
	switch {
	case style != premium && !has("label") && !has("emoji"):
		c.bad(at, "has neither a label nor an emoji")
	case style <= danger && (!has("custom_id") || has("url")):
		c.bad(at, "is pressed, and has no custom_id or has a url")
	case style == link && (has("custom_id") || !has("url")):
		c.bad(at, "is a link, and has a custom_id or no url")
	case style == premium && !has("sku_id"):
		c.bad(at, "is premium and has no sku_id")
	}
}

func (c control) menu(at string, o map[string]any) {
	c.customID(at, o)
	c.string(at, o, "placeholder", 1, mostPlaceholder)
	c.flag(at, o, "required", "disabled")
	c.number(at, o, "min_values", 0, mostOptions)
	c.number(at, o, "max_values", 1, mostOptions)
	for i, v := range c.list(at, o, "options", mostOptions) {
		if e, ok := c.object(in(at, i), v, "label value", "description emoji default"); ok {
			c.string(in(at, i), e, "label", 1, mostOption)
			c.string(in(at, i), e, "value", 1, mostOption)
			c.string(in(at, i), e, "description", 1, mostOption)
		}
	}
}

func (c control) input(at string, o map[string]any) {
	c.customID(at, o)
	c.number(at, o, "style", 1, 2)
	c.number(at, o, "min_length", 0, mostInput)
	c.number(at, o, "max_length", 1, mostInput)
	c.flag(at, o, "required")
	c.string(at, o, "value", 0, mostInput)
	c.string(at, o, "placeholder", 1, mostInputHint)
}

func (c control) label(at string, o map[string]any) {
	c.string(at, o, "label", 1, mostName)
	c.string(at, o, "description", 1, mostDescription)
	c.component(at+".component", o["component"], "3 4")
}
