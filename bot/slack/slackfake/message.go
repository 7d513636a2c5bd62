package slackfake

import (
	"encoding/json"
	"regexp"
)

// Message is a message as people see it.
type Message struct {
	Channel string
	TS      string
	Thread  string // the timestamp of the message below which it stands, "" for none

	User     string
	Text     string          // mrkdwn, as it was sent; people see it if there are no blocks
	Blocks   json.RawMessage // with the block_ids that Slack gave; nil for none
	Metadata json.RawMessage // nil for none
	Files    []File

	Broadcast bool   // of a reply: it is shown in the channel too
	Only      string // the person who alone sees it, "" for all
	Edits     int    // how often it was changed
	Edited    bool   // it is marked as changed
	Unfurl    bool   // links in it would be followed for a preview

	Reading // what it says and does
}

var names = regexp.MustCompile(`@[\pL\pN._-]+`)

// message is what people see of it.
func (p *post) message(r *room) Message {
	m := Message{
		Channel: r.ID, TS: p.ts, Thread: p.thread, User: p.user, Text: p.text, Blocks: p.blocks, Metadata: p.metadata,
		Broadcast: p.broadcast, Only: p.only, Edits: p.edits, Edited: p.edited != "", Unfurl: p.unfurl, Reading: p.reading(),
	}
	if p.loud {
		m.Pings = append(m.Pings, names.FindAllString(p.text, -1)...)
	}
	for _, f := range p.files {
		m.Files = append(m.Files, f.File)
	}
	return m
}
