package discordfake

import (
	"encoding/json"
	"slices"
	"time"
)

// The flags of messages.
const (
	SuppressEmbeds = 1 << 2
	HasThread      = 1 << 5
	Ephemeral      = 1 << 6
	Loading        = 1 << 7 // the app is thinking
	Silent         = 1 << 12
	ComponentsV2   = 1 << 15
)

// Message is a message as people see it.
type Message struct {
	ID, Channel string
	Author      string
	At          time.Time

	Text       string          // the content, as it was sent
	Components json.RawMessage // with the ids that Discord gave; nil for none
	Embeds     json.RawMessage // nil for none
	Files      []File
	Flags      int
	Nonce      string

	ReplyTo string // the message that it answers, "" for none
	Thread  string // the thread that began with it, "" for none
	Only    string // the person who alone sees it, "" for all
	Edits   int    // how often it was changed
	Waiting bool   // the app is thinking about it still

	Reading // what it says and does
}

// File is one that was sent with a message.
type File struct {
	Name, Title, Content string
	Shown                bool // a component shows it, or the message has none
}

// post is a message as Discord keeps it.
type post struct {
	id, author string
	kind       int // 0 for what somebody wrote
	content    string
	components json.RawMessage
	embeds     json.RawMessage
	files      []File
	flags      int
	nonce      string
	ref        string // what it answers
	refRoom    string
	pings      mentions
	only       string
	edits      int
	edited     time.Time
	act        *Interaction // that it answers; nil for none
}

// message is what people see of it.
func (p *post) message(w *world, r *room) Message {
	m := Message{
		ID: p.id, Channel: r.ID, Author: p.author, At: Time(p.id), Text: p.content, Components: p.components, Embeds: p.embeds, Files: p.files, Flags: p.flags,
		Nonce: p.nonce, ReplyTo: p.ref, Only: p.only, Edits: p.edits, Waiting: p.flags&Loading != 0, Reading: Read(p.content, p.components),
	}
	if t := w.room(p.id); t != nil && t != r {
		m.Thread = t.ID
	}
	m.Pings = p.pings.allowed(m.Pings)
	if answered := r.find(p.ref); answered != nil && p.pings.replied {
		m.Pings = append(m.Pings, "<@"+answered.author+">")
	}
	return m
}

// shape is a message as the API has it. The app is not told what strangers to it say:
// that takes a privileged intent.
func (p *post) shape(w *world, r *room) object {
	m := p.message(w, r)
	o := object{
		"id": p.id, "type": p.kind, "channel_id": r.ID, "author": w.user(p.author), "content": "", "timestamp": stamp(m.At), "edited_timestamp": nil, "tts": false,
		"mention_everyone": false, "mentions": []object{}, "mention_roles": []string{}, "attachments": []object{}, "embeds": []object{}, "components": []object{},
		"pinned": false, "flags": p.flags,
	}
	if p.edits > 0 {
		o["edited_timestamp"] = stamp(p.edited)
	}
	if p.nonce != "" {
		o["nonce"] = p.nonce
	}
	if m.Thread != "" {
		o["thread"] = w.room(m.Thread).shape(w)
	}
	mentioned(w, o, m.Pings)
	p.answers(w, r, o)
	if w.readable(r, p, m.Pings) {
		p.says(o, r)
	}
	if p.act != nil {
		if p.act.Kind == Command {
			o["type"] = ofCommand
		}
		o["webhook_id"], o["application_id"] = App, App
		o["interaction_metadata"] = object{"id": p.act.ID, "type": int(p.act.Kind), "user": w.user(p.act.user), "authorizing_integration_owners": object{"0": Guild}}
	}
	return o
}

// says adds what the privileged intent is about.
func (p *post) says(o object, r *room) {
	o["content"] = p.content
	if p.components != nil {
		o["components"] = p.components
	}
	if p.embeds != nil {
		o["embeds"] = p.embeds
	}
	files := []object{}
	for i, f := range p.files {
		id := p.id[:len(p.id)-2] + string(rune('0'+i)) + "9"
		files = append(files, object{
			"id": id, "filename": f.Name, "size": len(f.Content), "title": f.Title,
			"url": "https://cdn.discordapp.com/attachments/" + r.ID + "/" + id + "/" + f.Name,
		})
	}
	o["attachments"] = files
}

// readable tells whether the app may know what a message says.
func (w *world) readable(r *room, p *post, pings []string) bool {
	return p.author == Bot || r.with != "" || w.opts.Intents&messageContent != 0 || slices.Contains(pings, "<@"+Bot+">")
}

// answers adds what the message answers.
func (p *post) answers(w *world, r *room, o object) {
	if p.ref == "" || w.room(p.refRoom) == nil {
		return
	}
	if p.kind == 0 {
		o["type"] = reply
	}
	ref := object{"type": 0, "message_id": p.ref, "channel_id": p.refRoom}
	if id := r.server(); id != "" {
		ref["guild_id"] = id
	}
	o["message_reference"] = ref
	o["referenced_message"] = nil
	from := w.room(p.refRoom)
	if answered := from.find(p.ref); answered != nil {
		shown := *answered
		shown.ref = "" // one deep
		o["referenced_message"] = shown.shape(w, from)
	}
}

// The kinds of messages that answer another one, or a command, as the API has them.
const (
	reply     = 19
	ofCommand = 20
)

// stamp is a time as the API writes it.
func stamp(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000000-07:00") }

// add puts a message into a channel.
func (w *world) add(r *room, p *post) *post {
	if p.id == "" {
		p.id = w.id()
	}
	r.posts = append(r.posts, p)
	if r.parent != nil && p.only == "" {
		r.archived, r.active = false, time.Now()
	}
	return p
}
