package slackfake

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// workspace is what Slack keeps. The lock of its [Slack] guards it.
type workspace struct {
	opts   Options
	tokens map[string]*token
	people map[string]*Person
	rooms  []*room
	groups []Group
	files  map[string]*file
	hooks  map[string]*hook
	views  *views
	calls  []Call

	renewal string // the token that renews the bot's, "" for none

	stamp  int64 // the last message's, in microseconds
	serial int   // of the last id

	tell   func(happening) // what the app is to hear of
	ticket func(string)    // a socket may be opened with it
}

// room is a channel or a direct message.
type room struct {
	Room
	im       string // whom the app talks to here, "" for a channel
	open     bool   // of a direct message: it is shown to that person
	created  int64
	messages []*post        // those that stand here, oldest first, ephemeral ones too
	replies  map[string]int // how many all can see, by thread
}

func newWorkspace(o Options) *workspace {
	w := &workspace{opts: o, tokens: map[string]*token{}, people: map[string]*Person{}, groups: slices.Clone(o.Groups), files: map[string]*file{}, hooks: map[string]*hook{}, views: newViews()}
	w.tokens[BotToken] = &token{text: BotToken, scopes: o.Scopes}
	w.tokens[AppToken] = &token{text: AppToken, scopes: o.AppScopes, app: true}
	if o.Rotate {
		w.tokens[BotToken].expires = time.Now().Add(tokenLife)
		w.renewal = RefreshToken
	}
	for _, p := range append(slices.Clone(o.People), Person{ID: Bot, Name: "herald", Real: "Herald", Bot: true}) {
		w.people[p.ID] = &p
	}
	for _, r := range o.Rooms {
		found(w, r)
	}
	return w
}

// found makes a channel, of everybody if it does not say of whom.
func found(w *workspace, r Room) *room {
	r.Members = slices.Clone(r.Members)
	if r.Members == nil {
		for _, p := range w.people {
			if !p.Bot {
				r.Members = append(r.Members, p.ID)
			}
		}
		slices.Sort(r.Members)
	}
	made := &room{Room: r, created: time.Now().Unix(), replies: map[string]int{}}
	w.rooms = append(w.rooms, made)
	return made
}

// tokenLife is how long a token lives that is renewed.
const tokenLife = 12 * time.Hour

// id makes an id that no other thing has.
func (w *workspace) id(prefix string) string {
	w.serial++
	return fmt.Sprintf("%s%09d", prefix, w.serial)
}

// ts makes the timestamp by which a message is known: later than any before.
func (w *workspace) ts() string {
	w.stamp = max(w.stamp+100, time.Now().UnixMicro())
	return fmt.Sprintf("%010d.%06d", w.stamp/1e6, w.stamp%1e6)
}

// room finds a conversation by its id.
func (w *workspace) room(id string) *room {
	for _, r := range w.rooms {
		if r.ID == id && id != "" {
			return r
		}
	}
	return nil
}

// named finds a channel by its name, with or without the #.
func (w *workspace) named(name string) *room {
	for _, r := range w.rooms {
		if r.im == "" && r.Name == strings.TrimPrefix(name, "#") && name != "" {
			return r
		}
	}
	return nil
}

// sameRoom is one name for a conversation, whatever it is called by.
func (w *workspace) sameRoom(name string) string {
	if r := w.named(name); r != nil && w.room(name) == nil {
		return r.ID
	}
	for _, r := range w.rooms {
		if r.im != "" && r.ID == name {
			return r.im
		}
	}
	return name
}

// direct is the app's direct message with a person, made if there is none.
func (w *workspace) direct(person string) *room {
	for _, r := range w.rooms {
		if r.im == person {
			return r
		}
	}
	r := &room{Room: Room{ID: w.id("D"), Members: []string{person}, Bot: true}, im: person, created: time.Now().Unix(), replies: map[string]int{}}
	w.rooms = append(w.rooms, r)
	return r
}

// member tells whether someone is in a conversation.
func (r *room) member(id string) bool {
	return id == Bot && r.Bot || slices.Contains(r.Members, id)
}

// find is the message that all can see with that timestamp.
func (r *room) find(ts string) *post {
	if p := r.any(ts); p != nil && p.only == "" {
		return p
	}
	return nil
}

// any is the message with that timestamp, whoever sees it.
func (r *room) any(ts string) *post {
	i, ok := slices.BinarySearchFunc(r.messages, ts, func(p *post, ts string) int { return strings.Compare(p.ts, ts) })
	if !ok {
		return nil
	}
	return r.messages[i]
}

// kind is the word that events, scopes and lists have for it.
func (r *room) kind() string {
	switch {
	case r.im != "":
		return "im"
	case r.Private:
		return "group"
	}
	return "channel"
}
