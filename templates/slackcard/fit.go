package slackcard

import (
	"bytes"
	"encoding/json"
	"slices"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"github.com/taskherald/herald/templates"
)

// What Slack takes, in characters as UTF-16 counts them.
const (
	mostBlocks  = 50   // of a message
	mostViewed  = 100  // blocks of a view
	mostFall    = 3000 // the text beside blocks
	mostText    = 3000 // one text
	mostID      = 255  // a block_id
	mostHeader  = 150
	mostContext = 10 // elements
	mostLabel   = 75 // of a button or an option
	mostValue   = 2000
	mostOption  = 75 // the value of an option
	mostMenu    = 5
	mostDialog  = 100 // the title of a dialog
	mostSure    = 300 // its text
	mostAnswer  = 30  // its buttons
	mostForm    = 24  // the title of a form, and its buttons
	mostMeta    = 3000
	mostInput   = 1000 // a reason, as much as cards show of one
)

// What we keep to besides. Slack refuses messages somewhere above 13,200 characters over all
// blocks, and counts what is around the texts too (slackapi/bolt-js#2509 and #2867): so does
// room, as JSON. A view has room for ten times as much.
const (
	room       = 12_000
	viewRoom   = 48_000
	mostLink   = 1000
	mostSeal   = 1000 // the value of a button that decides
	mostRow    = 5    // buttons beside each other: a phone shows no more
	mostKeys   = 25
	mostAside  = 400  // a sentence beside what matters: who may decide, what else there is
	mostDetail = 1500 // a sentence of many
)

// rank is how much a block matters.
type rank int

// The ranks. What goes first when there is little room stands last.
const (
	whole    rank = iota // stays: the sentence, and the buttons that decide
	question             // what is asked
	matter               // what went wrong, what was decided
	control              // other buttons
	detail               // steps, results
	extra                // facts
)

// draft is a message or a view in the making.
type draft struct {
	id    string
	parts []part
}

type part struct {
	block slack.Block
	rank  rank
	size  int
}

// add appends a block. The first one gets the draft's id, and has to be rich text.
func (d *draft) add(r rank, b slack.Block) {
	if rich, ok := b.(*slack.RichTextBlock); ok && len(d.parts) == 0 && d.id != "" {
		rich.BlockID = templates.Cut(d.id, mostID)
	}
	d.parts = append(d.parts, part{b, r, sizeOf(b)})
}

// say appends what was written, unless that is nothing.
func (d *draft) say(r rank, p *prose) {
	if b := p.block(); b != nil {
		d.add(r, b)
	}
}

// blocks are as many as have room.
func (d *draft) blocks() []slack.Block { return d.fitted(mostBlocks, room) }

func (d *draft) fitted(most, room int) []slack.Block {
	for d.size() > room || len(d.parts) > most {
		if i := d.least(); i >= 0 {
			d.parts = slices.Delete(d.parts, i, i+1)
			continue
		}
		break // never: what stays is cut to fit
	}
	out := make([]slack.Block, len(d.parts))
	for i, p := range d.parts {
		out[i] = p.block
	}
	return out
}

// size is that of all blocks, with what stands between them.
func (d *draft) size() int {
	n := 1
	for _, p := range d.parts {
		n += p.size + 1
	}
	return n
}

// least is the last of the blocks that matter least, -1 if all have to stay.
func (d *draft) least() int {
	at := -1
	for i, p := range d.parts {
		if p.rank > whole && (at < 0 || p.rank >= d.parts[at].rank) {
			at = i
		}
	}
	return at
}

// sizeOf is how long a block is as JSON.
func sizeOf(b slack.Block) int {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	_ = e.Encode(b) // of plain values: cannot fail
	return width(out.Bytes()) - 1
}

// width is how many characters a text has as UTF-16 counts them.
func width(text []byte) int {
	n := 0
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		n++
		if r > 0xffff {
			n++
		}
		text = text[size:]
	}
	return n
}

// fitting is how many of n things have room, by how long each is.
func fitting(n, room int, long func(i int) int) int {
	for i := range n {
		if room -= long(i); room < 0 {
			return i
		}
	}
	return n
}

// frame is how much JSON stands around a text of a line at most, and dot around an entry of
// a list.
const (
	frame = 33
	dot   = 75
)

// framed is how long texts are with so much JSON around each.
func framed(frame int, texts ...string) int {
	n := 0
	for _, t := range texts {
		raw, _ := json.Marshal(t) // a text: cannot fail
		n += width(raw) + frame
	}
	return n
}
