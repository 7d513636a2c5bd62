package discordfake

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/taskherald/herald/templates/discordcard/componenttest"
)

// Reading is what a message says to people and what it does to them.
type Reading struct {
	Shows   string   // what people read, a line a text, and each button as its label in brackets
	Pings   []string // whom it calls: "@everyone", "<@1>", "<@&1>"
	Links   []string // where it can take them, by buttons too
	Made    []string // what else is made of letters: emoji, times
	Buttons []Button
	Marks   []int // the ids of its containers
}

// Button is a button of a message.
type Button struct {
	Label, CustomID string
	URL             string // that it opens, "" for none
	Style           int    // 1 blue, 2 grey, 3 green, 4 red, 5 a link
	Disabled        bool
}

// Read reads a message: its content and its components. Of what it pings nothing is taken
// away that allowed_mentions would not have.
func Read(content string, components json.RawMessage) Reading {
	all := object{}
	if content != "" {
		all["content"] = content
	}
	if components != nil {
		all["components"] = components
	}
	seen := componenttest.Read(raw(all))
	r := Reading{Shows: seen.Text, Links: seen.Links, Made: seen.Made}
	for _, who := range seen.Pings {
		r.Pings = append(r.Pings, strings.Replace(who, "<@!", "<@", 1))
	}
	slices.Sort(r.Pings)
	r.Pings = slices.Compact(r.Pings)
	r.parts(components)
	return r
}

// The types of components that the fake does something with.
const (
	typeRow       = 1
	typeButton    = 2
	typeInput     = 4
	typeContainer = 17
	typeLabel     = 18
)

// parts looks for what is pressed, and for marks.
func (r *Reading) parts(components json.RawMessage) {
	eachComponent(listed(components), func(o object) {
		switch o["type"] {
		case float64(typeContainer):
			id, _ := o["id"].(float64)
			r.Marks = append(r.Marks, int(id))
		case float64(typeButton):
			var b struct {
				Label    string
				CustomID string `json:"custom_id"`
				URL      string
				Style    int
				Disabled bool
			}
			_ = json.Unmarshal(raw(o), &b) // it was looked at
			r.Buttons = append(r.Buttons, Button(b))
		}
	})
}

// mentions is what a message may ping: the field allowed_mentions.
type mentions struct {
	parse   []string
	users   []string
	roles   []string
	replied bool
}

// freely is what a message may ping that does not say: everything, those of people too.
func freely() mentions {
	return mentions{parse: []string{"everyone", "roles", "users"}, replied: true}
}

// people is the same of what answers an interaction: it pings no roles and not everyone.
func people() mentions { return mentions{parse: []string{"users"}} }

// allowed are those of the mentions in a text that ping.
func (m mentions) allowed(all []string) (pings []string) {
	for _, who := range all {
		kind, list := "everyone", []string(nil)
		if strings.HasPrefix(who, "<@&") {
			kind, list = "roles", m.roles
		} else if strings.HasPrefix(who, "<@") {
			kind, list = "users", m.users
		}
		if slices.Contains(m.parse, kind) || slices.Contains(list, strings.Trim(who, "<@&>")) {
			pings = append(pings, who)
		}
	}
	return pings
}

// mentioned says in a message whom it mentions.
func mentioned(w *world, o object, pings []string) {
	users, roles := []object{}, []string{}
	for _, who := range pings {
		id := strings.Trim(who, "<@&>")
		switch {
		case strings.HasPrefix(who, "<@&"):
			roles = append(roles, id)
		case strings.HasPrefix(who, "<@") && w.person(id) != nil:
			users = append(users, w.user(id))
		case !strings.HasPrefix(who, "<"):
			o["mention_everyone"] = true
		}
	}
	o["mentions"], o["mention_roles"] = users, roles
}
