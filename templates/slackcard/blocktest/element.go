package blocktest

// How much there may be in an element.
const (
	mostButton  = 75
	mostValue   = 2000
	leastMenu   = 2
	mostMenu    = 5
	mostOption  = 75
	mostSelect  = 100
	mostTitle   = 100 // of a dialog
	mostConfirm = 300
	mostAnswer  = 30
)

// parts checks what blocks are made of.
type parts struct{ *fields }

// elements are those that one block has.
func (c parts) elements(at string, all []any) {
	ids := map[string]bool{}
	for i, e := range all {
		at := in(at, "elements", i)
		o, _ := e.(map[string]any)
		switch o["type"] {
		case "button":
			c.button(at, e)
		case "overflow":
			c.menu(at, e, "", leastMenu, mostMenu)
		case "static_select":
			c.menu(at, e, "placeholder", 1, mostSelect)
		default:
			c.bad(at, "is of the unknown type %q", o["type"])
		}
		if id := c.text(at, o, "action_id", 1, mostID); id != "" {
			if ids[id] {
				c.bad(at, "has the action_id %q again", id)
			}
			ids[id] = true
		}
	}
}

func (c parts) button(at string, v any) {
	o, ok := c.object(at, v, "type text", "action_id url value style confirm accessibility_label")
	if !ok {
		return
	}
	c.plain(at, o, "text", mostButton)
	c.text(at, o, "value", 0, mostValue)
	c.text(at, o, "accessibility_label", 1, mostButton)
	c.link(at, o, "url")
	c.choice(at, o, "style", "primary", "danger")
	c.confirm(at, o)
}

// menu is an overflow or a select.
func (c parts) menu(at string, v any, need string, least, most int) {
	o, ok := c.object(at, v, "type options "+need, "action_id confirm initial_option focus_on_load")
	if !ok {
		return
	}
	c.plain(at, o, "placeholder", 150)
	c.confirm(at, o)
	c.flag(at, o, "focus_on_load")
	for i, v := range c.list(at, o, "options", least, most) {
		at := in(at, "options", i)
		if o, ok := c.object(at, v, "text value", "description url"); ok {
			c.plain(at, o, "text", mostOption)
			c.plain(at, o, "description", mostOption)
			c.text(at, o, "value", 1, mostOption)
			c.link(at, o, "url")
		}
	}
}

func (c parts) confirm(at string, of map[string]any) {
	v, there := of["confirm"]
	if !there {
		return
	}
	at += ".confirm"
	o, ok := c.object(at, v, "title text confirm deny", "style")
	if !ok {
		return
	}
	c.plain(at, o, "title", mostTitle)
	c.said(at, o, "text", mostConfirm)
	c.plain(at, o, "confirm", mostAnswer)
	c.plain(at, o, "deny", mostAnswer)
	c.choice(at, o, "style", "primary", "danger")
}

// plain is a field that is a plain_text object.
func (c parts) plain(at string, o map[string]any, name string, most int) {
	if m, _ := o[name].(map[string]any); m != nil && m["type"] != "plain_text" {
		c.bad(at, "has a %s of the type %q, not plain_text", name, m["type"])
	}
	c.said(at, o, name, most)
}

// said is a field that is a text object.
func (c parts) said(at string, o map[string]any, name string, most int) {
	v, there := o[name]
	if !there {
		return
	}
	at += "." + name
	t, ok := c.object(at, v, "type text", "emoji verbatim")
	if !ok {
		return
	}
	c.choice(at, t, "type", "plain_text", "mrkdwn")
	c.text(at, t, "text", 1, most)
	c.flag(at, t, "emoji", "verbatim")
	if _, emoji := t["emoji"]; emoji && t["type"] != "plain_text" {
		c.bad(at, "has emoji, which only plain_text may")
	}
	if _, verbatim := t["verbatim"]; verbatim && t["type"] != "mrkdwn" {
		c.bad(at, "has verbatim, which only mrkdwn may")
	}
}
