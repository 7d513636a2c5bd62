package pushcard

import (
	"sort"

	"github.com/taskherald/herald/templates"
)

// most is how long a payload may be, in bytes.
const most = 3000

// least is how much of a title has to be left, in characters.
const least = 20

// fitted is the payload with all that has room.
func (p payload) fitted() []byte {
	for _, without := range []func(*notification){func(*notification) {}, undecided, bare, lost} {
		without(&p.Notification)
		if out := p.shortened(); out != nil {
			return out
		}
	}
	return nil // never: a bare title has room
}

// undecided does without the actions.
func undecided(n *notification) { n.Actions, n.Data.Approve, n.Data.Reject = nil, "", "" }

// bare does without all but the title and where it leads.
func bare(n *notification) {
	*n = notification{Title: n.Title, Lang: n.Lang, Dir: n.Dir, Navigate: n.Navigate}
}

// lost leads home: no browser takes a URL of that length.
func lost(n *notification) { n.Navigate = "/" }

// shortened is the payload with as much text as has room, the body cut first; nil if
// too little of the title has.
func (p payload) shortened() []byte {
	n := &p.Notification
	if p.cut(&n.Body, 0) || p.cut(&n.Title, least) {
		return p.encoded()
	}
	return nil
}

// cut shortens a text until the payload has room. It reports false if it has none with
// so many characters; the text is empty then.
func (p *payload) cut(text *string, least int) bool {
	full := *text
	fits := func(size int) bool {
		*text = templates.Cut(full, size)
		return len(p.encoded()) <= most
	}
	if fits(len(full)) {
		return true
	}
	size := sort.Search(len(full), func(n int) bool { return !fits(n) })
	for ; size >= least; size-- {
		if fits(size) {
			return true
		}
	}
	*text = ""
	return false
}
