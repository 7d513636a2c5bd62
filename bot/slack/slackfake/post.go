package slackfake

import (
	"bytes"
	"encoding/json"
	"slices"
)

// post is one message as Slack keeps it.
type post struct {
	ts, thread string
	user, bot  string // who wrote it; bot is the id of the app's author
	text       string
	blocks     json.RawMessage // with block_ids; nil for none
	metadata   json.RawMessage
	broadcast  bool
	only       string // the person who alone sees it, "" for all
	edits      int
	edited     string // when it was last changed in a way that shows
	files      []*file
	unfurl     bool
	loud       bool // names in its text are mentions
	tomb       bool // it was deleted, and has replies

	read *kept // what was last read of it
}

// kept is what was read of a text and blocks.
type kept struct {
	text   string
	blocks json.RawMessage
	Reading
}

// reading is what the message says now. It is read again only if it was changed.
func (p *post) reading() Reading {
	if p.read == nil || p.read.text != p.text || !bytes.Equal(p.read.blocks, p.blocks) {
		r := Read(p.text, p.blocks)
		r.Pings, r.Links = slices.Clip(r.Pings), slices.Clip(r.Links)
		p.read = &kept{p.text, p.blocks, r}
	}
	return p.read.Reading
}

// shape is the message as the Web API and events tell of it.
func (p *post) shape(w *workspace, r *room, metadata bool) answer {
	a := answer{"type": "message", "ts": p.ts, "user": p.user, "text": p.text, "team": w.team(p.user)}
	if p.bot != "" {
		a["bot_id"], a["app_id"] = p.bot, App
		a["bot_profile"] = answer{"id": p.bot, "app_id": App, "user_id": p.user, "name": "Herald", "deleted": false, "updated": r.created, "team_id": Team}
	}
	if p.blocks != nil {
		a["blocks"] = p.blocks
	}
	if p.edited != "" {
		a["edited"] = answer{"user": p.user, "ts": p.edited}
	}
	if metadata && p.metadata != nil {
		a["metadata"] = p.metadata
	}
	if len(p.files) > 0 {
		files := make([]answer, len(p.files))
		for i, f := range p.files {
			files[i] = f.shape()
		}
		a["files"] = files
	}
	if p.tomb {
		a["subtype"], a["hidden"] = "tombstone", true
	}
	p.threaded(r, a)
	return a
}

// threaded says where in a thread the message stands.
func (p *post) threaded(r *room, a answer) {
	if p.thread != "" {
		a["thread_ts"] = p.thread
		if root := r.find(p.thread); root != nil {
			a["parent_user_id"] = root.user
			if p.broadcast {
				a["subtype"] = "thread_broadcast"
				a["root"] = answer{"type": "message", "ts": root.ts, "thread_ts": root.ts, "user": root.user, "text": root.text}
			}
		}
		return
	}
	below := r.below(p.ts)
	if len(below) == 0 {
		return
	}
	var users []string
	for _, b := range below {
		if !slices.Contains(users, b.user) {
			users = append(users, b.user)
		}
	}
	a["thread_ts"], a["reply_count"], a["reply_users"] = p.ts, len(below), users
	a["reply_users_count"], a["latest_reply"] = len(users), below[len(below)-1].ts
	a["is_locked"], a["subscribed"] = false, false
}

// below are the replies in a thread that all can see, oldest first.
func (r *room) below(ts string) []*post {
	if r.replies[ts] == 0 {
		return nil
	}
	var found []*post
	for _, p := range r.messages {
		if p.thread == ts && p.only == "" {
			found = append(found, p)
		}
	}
	return found
}

// add puts a message into a conversation.
func (w *workspace) add(r *room, p *post) *post {
	p.ts = w.ts()
	r.messages = append(r.messages, p)
	if p.thread != "" && p.only == "" {
		r.replies[p.thread]++
	}
	return p
}

// team is the workspace of a person.
func (w *workspace) team(person string) string {
	if p := w.people[person]; p != nil && p.Team != "" {
		return p.Team
	}
	return Team
}
