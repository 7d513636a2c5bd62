package slackfake

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// User is a person of the workspace, at their client.
type User struct {
	slack *Slack
	id    string
}

// User is the person with that id or name. It panics if there is none: the test is wrong.
func (s *Slack) User(id string) *User {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.work.people {
		if p.ID == id || p.Name == id {
			return &User{slack: s, id: p.ID}
		}
	}
	panic(fmt.Sprintf("slackfake: there is no user %q", id))
}

// ID is the person's.
func (u *User) ID() string { return u.id }

// What a person is told who tries what Slack does not let them do.
var (
	ErrNotThere = errors.New("slackfake: they are not in that channel, or it is archived")
	ErrNoButton = errors.New("slackfake: there is no such button for them")
)

// Say writes into a channel, or below one of its messages if thread is not "". What the
// app is told of it depends on its scopes and subscriptions.
func (u *User) Say(channel, thread, text string) (Message, error) {
	u.slack.mu.Lock()
	defer u.slack.mu.Unlock()
	w := u.slack.work
	r := w.room(channel)
	if r == nil || r.Archived || !r.member(u.id) {
		return Message{}, ErrNotThere
	}
	p := w.add(r, &post{user: u.id, text: text, blocks: w.numbered(rich(text)), thread: thread})
	w.posted(r, p)
	return p.message(r), nil
}

// Edit changes what they have said.
func (u *User) Edit(m Message, text string) error {
	u.slack.mu.Lock()
	defer u.slack.mu.Unlock()
	w := u.slack.work
	r := w.room(m.Channel)
	if r == nil || r.find(m.TS) == nil || m.User != u.id {
		return ErrNotThere
	}
	p := r.find(m.TS)
	before := p.shape(w, r, true)
	p.text, p.blocks, p.edited = text, w.numbered(rich(text)), w.ts()
	p.edits++
	w.changed(r, p, before)
	return nil
}

// rich is what Slack makes of what somebody writes: mentions and addresses in it stand for
// themselves.
func rich(text string) []byte {
	elements, rest := []answer{}, text
	say := func(s string) {
		if s != "" {
			elements = append(elements, answer{"type": "text", "text": unescape.Replace(s)})
		}
	}
	for {
		at := angled.FindStringSubmatchIndex(rest)
		if at == nil {
			say(rest)
			break
		}
		say(rest[:at[0]])
		what, label, _ := strings.Cut(rest[at[2]:at[3]], "|")
		if user, ok := strings.CutPrefix(what, "@"); ok {
			elements = append(elements, answer{"type": "user", "user_id": user})
		} else if strings.Contains(what, ":") {
			elements = append(elements, answer{"type": "link", "url": what, "text": label})
		} else {
			say(rest[at[0]:at[1]])
		}
		rest = rest[at[1]:]
	}
	full, err := json.Marshal([]answer{{"type": "rich_text", "elements": []answer{{"type": "rich_text_section", "elements": elements}}}})
	if err != nil {
		panic(err) // the fake's own
	}
	return full
}

// DM writes to the app.
func (u *User) DM(text string) (Message, error) {
	u.slack.mu.Lock()
	r := u.slack.work.direct(u.id)
	r.open = true
	u.slack.mu.Unlock()
	return u.Say(r.ID, "", text)
}

// Sees are the messages of a channel that the person sees, oldest first: those of threads
// too, and those that are for them alone.
func (u *User) Sees(channel string) []Message {
	u.slack.mu.Lock()
	defer u.slack.mu.Unlock()
	r := u.slack.work.room(channel)
	if r == nil || !r.member(u.id) {
		return nil
	}
	var seen []Message
	for _, p := range r.messages {
		if p.only == "" || p.only == u.id {
			seen = append(seen, p.message(r))
		}
	}
	return seen
}
