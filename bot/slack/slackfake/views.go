package slackfake

import (
	"encoding/json"
	"maps"
	"slices"
	"time"
)

// views are the Homes and the modals that people see.
type views struct {
	triggers map[string]*trigger
	homes    map[string]*view   // by person
	stacks   map[string][]*view // by person, the one on top last
}

// trigger lets the app open something for whoever has just done something.
type trigger struct {
	user string
	at   time.Time
	used bool
}

// view is a Home or a modal.
type view struct {
	id, user, hash string
	body           map[string]any // as the app sent it, with ids
	blocks         json.RawMessage
	root, previous string
	state          answer // of the last submission
	errors         map[string]string
}

const (
	triggerLife = 3 * time.Second
	mostStacked = 3
	mostView    = 250_000 // bytes
)

func newViews() *views {
	return &views{triggers: map[string]*trigger{}, homes: map[string]*view{}, stacks: map[string][]*view{}}
}

// trigger makes one for a person who has just done something.
func (w *workspace) trigger(user string) string {
	id := w.id("1337.") + ".fake"
	w.views.triggers[id] = &trigger{user: user, at: time.Now()}
	return id
}

// use takes a trigger, which nobody can take again.
func (w *views) use(id string) (user string, refused *refusal) {
	t := w.triggers[id]
	switch {
	case t == nil:
		return "", no("invalid_trigger_id")
	case t.used:
		return "", no("exchanged_trigger_id")
	case time.Since(t.at) > triggerLife:
		return "", no("expired_trigger_id")
	}
	t.used = true
	return t.user, nil
}

// sent reads the view that the app sends.
func (c *call) view(kind string) (*view, *refusal) {
	text := c.args["view"]
	if len(text) > mostView {
		return nil, no("view_too_large")
	}
	v := &view{id: c.id("V"), hash: c.id("1700000000.")}
	if json.Unmarshal([]byte(text), &v.body) != nil || v.body["type"] != kind {
		return nil, no("invalid_arguments").because("[ERROR] failed to match all allowed schemas [json-pointer:/view]")
	}
	if wrong := wrongView([]byte(text)); wrong != nil {
		return nil, wrong
	}
	blocks, err := json.Marshal(v.body["blocks"])
	if err != nil {
		panic(err) // it has just been read
	}
	v.blocks = c.numbered(blocks)
	return v, nil
}

// shape is the view as the Web API and interactions tell of it.
func (v *view) shape() answer {
	a := answer{
		"id": v.id, "team_id": Team, "app_id": App, "app_installed_team_id": Team, "bot_id": BotID, "hash": v.hash, "root_view_id": v.root,
		"previous_view_id": nil, "private_metadata": "", "callback_id": "", "external_id": "", "clear_on_close": false, "notify_on_close": false,
		"title": nil, "submit": nil, "close": nil,
	}
	if v.previous != "" {
		a["previous_view_id"] = v.previous
	}
	maps.Copy(a, v.body)
	a["blocks"], a["state"] = v.blocks, answer{"values": answer{}}
	if v.state != nil {
		a["state"] = v.state
	}
	return a
}

func openView(c *call) (answer, *refusal) {
	v, refused := c.view("modal")
	if refused != nil {
		return nil, refused
	}
	user, refused := c.views.use(c.args["trigger_id"])
	if refused != nil {
		return nil, refused
	}
	v.user, v.root = user, v.id
	c.views.stacks[user] = []*view{v}
	return answer{"view": v.shape()}, nil
}

func pushView(c *call) (answer, *refusal) {
	v, refused := c.view("modal")
	if refused != nil {
		return nil, refused
	}
	user, refused := c.views.use(c.args["trigger_id"])
	if refused != nil {
		return nil, refused
	}
	if refused := c.views.push(user, v); refused != nil {
		return nil, refused
	}
	return answer{"view": v.shape()}, nil
}

// push puts a modal on top of another.
func (w *views) push(user string, v *view) *refusal {
	stack := w.stacks[user]
	switch {
	case len(stack) == 0:
		return no("not_found")
	case len(stack) >= mostStacked:
		return no("push_limit_reached")
	}
	v.user, v.root, v.previous = user, stack[0].id, stack[len(stack)-1].id
	w.stacks[user] = append(slices.Clone(stack), v)
	return nil
}

// updateView changes a modal that somebody still sees.
func updateView(c *call) (answer, *refusal) {
	fresh, refused := c.view("modal")
	if refused != nil {
		return nil, refused
	}
	was := c.views.shown(c.args["view_id"], c.args["external_id"])
	switch hash := c.args["hash"]; {
	case was == nil:
		return nil, no("not_found")
	case hash != "" && hash != was.hash:
		return nil, no("hash_conflict")
	}
	was.replace(fresh)
	return answer{"view": was.shape()}, nil
}

// top is the modal that somebody sees on top of others, nil for none.
func (w *views) top(user string) *view {
	stack := w.stacks[user]
	if len(stack) == 0 {
		return nil
	}
	return stack[len(stack)-1]
}

// pop closes it.
func (w *views) pop(user string) {
	if stack := w.stacks[user]; len(stack) > 0 {
		w.stacks[user] = stack[:len(stack)-1]
	}
}

// open is a Home or a modal that somebody sees, by its id.
func (w *views) open(user, id string) *view {
	if home := w.homes[user]; home != nil && home.id == id {
		return home
	}
	return w.shown(id, "")
}

// replace takes over what another view shows.
func (v *view) replace(by *view) {
	v.body, v.blocks, v.hash, v.errors = by.body, by.blocks, by.hash, nil
}

// shown is a modal that is open.
func (w *views) shown(id, external string) *view {
	for _, stack := range w.stacks {
		for _, v := range stack {
			if name, _ := v.body["external_id"].(string); v.id == id && id != "" || name == external && external != "" {
				return v
			}
		}
	}
	return nil
}

func publishView(c *call) (answer, *refusal) {
	user := c.args["user_id"]
	p := c.people[user]
	switch {
	case c.opts.NoHome:
		return nil, no("not_enabled")
	case p == nil || p.Bot:
		return nil, no("invalid_arguments").because("[ERROR] invalid user_id [json-pointer:/user_id]")
	}
	v, refused := c.view("home")
	if refused != nil {
		return nil, refused
	}
	was, hash := c.views.homes[user], c.args["hash"]
	if was != nil && hash != "" && hash != was.hash {
		return nil, no("hash_conflict")
	}
	v.user, v.root = user, v.id
	if was != nil {
		v.id, v.root = was.id, was.root
	}
	c.views.homes[user] = v
	return answer{"view": v.shape()}, nil
}

// View is a Home or a modal, as a person sees it.
type View struct {
	ID         string
	User       string // who sees it
	Type       string // "home" or "modal"
	CallbackID string
	Metadata   string // private_metadata
	Title      string
	Hash       string
	Blocks     json.RawMessage   // with the block_ids that Slack gave
	Errors     map[string]string // of a modal: what the app found wrong with the last submission, by block

	Reading // what it says
}

// seen is what a person sees of it.
func (v *view) seen() View {
	text := func(name string) string { s, _ := v.body[name].(string); return s }
	title, _ := v.body["title"].(map[string]any)
	head, _ := title["text"].(string)
	return View{
		ID: v.id, User: v.user, Type: text("type"), CallbackID: text("callback_id"), Metadata: text("private_metadata"), Title: head,
		Hash: v.hash, Blocks: v.blocks, Errors: v.errors, Reading: Read("", v.blocks),
	}
}
