package discordfake

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// object is one of JSON.
type object = map[string]any

// world is what Discord keeps. The lock of its [Discord] guards it.
type world struct {
	opts  Options
	token string // the bot's; "" when it was taken back
	crowd
	registry
	rooms []*room
	byID  map[string]*room

	acts   map[string]*Interaction // by token
	modals map[string]*modal       // by who sees it
	nonces map[string]nonce
	olds   map[string][]time.Time // edits of old messages, by channel
	calls  []Call

	last   int64 // id
	serial int

	tell  func(happening) // what the app is to hear of
	after func(time.Duration, func()) *time.Timer
}

// room is a channel, a thread or a direct message.
type room struct {
	Room
	with   string // whom the app talks to here, "" for a channel
	parent *room  // of a thread
	from   string // the message with which the thread began, "" for none

	archived, locked bool
	lasts            time.Duration // how long a thread is open without a message
	active           time.Time

	posts []*post // those that stand here, oldest first, those for one person too
}

func newWorld(o Options) *world {
	w := &world{
		opts: o, token: Token, crowd: crowd{roles: slices.Clone(o.Roles), shut: map[string]bool{}}, byID: map[string]*room{},
		acts: map[string]*Interaction{}, modals: map[string]*modal{}, nonces: map[string]nonce{}, olds: map[string][]time.Time{},
	}
	w.registry = registry{commands: map[string][]*command{}, created: map[string][]time.Time{}, mint: w.id}
	for _, p := range append(slices.Clone(o.People), Person{ID: Bot, Name: "Herald", Bot: true, Roles: []string{BotRole}}) {
		w.people = append(w.people, &p)
	}
	for _, r := range o.Rooms {
		w.open(&room{Room: r})
	}
	for _, text := range o.Commands {
		c, bad := parseCommand([]byte(text))
		if bad != nil {
			panic(fmt.Sprintf("discordfake: a command that cannot be: %v", bad.form)) // the test is wrong
		}
		w.commands[""] = append(w.commands[""], w.registered(c, ""))
	}
	return w
}

// secret makes a word that no other has, and that tests can look for in logs.
func (w *world) secret(kind string) string {
	w.serial++
	return kind + "-secret-" + strconv.Itoa(w.serial)
}

// room finds a channel, a thread or a direct message by its id.
func (w *world) room(id string) *room { return w.byID[id] }

// open puts a room among the others.
func (w *world) open(r *room) *room {
	w.rooms = append(w.rooms, r)
	w.byID[r.ID] = r
	return r
}

// named finds a channel by its name, with or without the #.
func (w *world) named(name string) *room {
	for _, r := range w.rooms {
		if r.with == "" && r.parent == nil && r.Name == strings.TrimPrefix(name, "#") && name != "" {
			return r
		}
	}
	return nil
}

// direct is the app's direct message with a person, made if there is none.
func (w *world) direct(person string) *room {
	for _, r := range w.rooms {
		if r.with == person {
			return r
		}
	}
	return w.open(&room{Room: Room{ID: w.id(), Kind: Direct}, with: person})
}

// closed tells whether a thread is closed, by somebody or by time.
func (r *room) closed() bool {
	return r.parent != nil && (r.archived || !time.Now().Before(r.active.Add(r.lasts)))
}

// find is the message that all can see with that id.
func (r *room) find(id string) *post {
	if p := r.any(id); p != nil && p.only == "" {
		return p
	}
	return nil
}

// any is the message with that id, whoever sees it.
func (r *room) any(id string) *post {
	i, ok := slices.BinarySearchFunc(r.posts, id, func(p *post, id string) int { return order(p.id, id) })
	if !ok {
		return nil
	}
	return r.posts[i]
}

// server is the id of the room's server, "" for a direct message.
func (r *room) server() string {
	if r.with != "" {
		return ""
	}
	return Guild
}
