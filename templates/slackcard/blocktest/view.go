package blocktest

// How much there may be in a view.
const (
	mostViewTitle = 24
	mostMetadata  = 3000
	mostView      = 250_000 // bytes of its JSON
)

// CheckView holds a modal or a Home to the limits, as views.open and views.publish do. What
// it returns is an [*Error].
func CheckView(view []byte) error {
	c := pageOf("modal")
	c.view(decoded(view))
	if len(view) > mostView {
		c.bad("view", "has %d bytes", len(view))
	}
	if len(c.wrong) > 0 {
		return &Error{"invalid_arguments", c.wrong}
	}
	return nil
}

func (c *page) view(v any) {
	const may = "private_metadata callback_id external_id"
	m, _ := v.(map[string]any)
	var o map[string]any
	var ok bool
	switch m["type"] {
	case "modal":
		o, ok = c.object("view", v, "type title blocks", may+" submit close clear_on_close notify_on_close submit_disabled")
	case "home":
		c.surface = "home"
		o, ok = c.object("view", v, "type blocks", may)
	default:
		c.bad("view", "is of the unknown type %q", m["type"])
	}
	if !ok {
		return
	}
	for _, name := range []string{"title", "submit", "close"} {
		c.plain("view", o, name, mostViewTitle)
	}
	c.text("view", o, "private_metadata", 0, mostMetadata)
	c.text("view", o, "callback_id", 0, mostID)
	c.text("view", o, "external_id", 0, mostID)
	c.flag("view", o, "clear_on_close", "notify_on_close", "submit_disabled")
	c.blocks("blocks", o["blocks"], MostViewed)
	c.submits(o)
}

// submits holds that what is put in can be sent.
func (c *page) submits(o map[string]any) {
	blocks, _ := o["blocks"].([]any)
	for _, b := range blocks {
		if m, _ := b.(map[string]any); m["type"] == "input" && c.surface == "modal" && o["submit"] == nil {
			c.bad("view", "has an input and no submit")
			return
		}
	}
}
