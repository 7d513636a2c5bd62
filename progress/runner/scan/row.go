package scan

import (
	"bytes"
	"unicode/utf8"
)

// A form is what a row shows, or showed.
type form struct {
	text []byte
	lost int // bytes after text that were too many to keep
}

func (f *form) set(o form) { f.text, f.lost = append(f.text[:0], o.text...), o.lost }

func (f *form) clear() { f.text, f.lost = f.text[:0], 0 }

// A row is the one that the cursor is on.
type row struct {
	now     form // what is written since the last carriage return
	kept    form // what it showed before that
	redrawn bool
	backing bool // the cursor is going back over what it wrote
}

func (r *row) clear() {
	r.now.clear()
	r.kept.clear()
	r.redrawn, r.backing = false, false
}

// add writes text, as far as it is kept.
func (r *row) add(b []byte) {
	r.backing = false
	b = r.fill(b, maxLine)
	if len(b) > 0 && bytes.HasPrefix(bytes.TrimLeft(r.now.text, " \t"), []byte("::result ")) {
		b = r.fill(b, maxResult)
	}
	r.now.lost += len(b)
}

// fill takes what still fits in most bytes and returns the rest.
func (r *row) fill(b []byte, most int) []byte {
	n := min(len(b), most-len(r.now.text))
	if r.now.lost > 0 || n <= 0 {
		return b
	}
	r.now.text = append(r.now.text, b[:n]...)
	return b[n:]
}

// back takes away the last n runes: what follows is written over them.
func (r *row) back(n int) {
	r.backing = true
	for ; n > 0 && len(r.now.text) > 0; n-- {
		if r.now.lost > 0 {
			r.now.lost--
			continue
		}
		_, size := utf8.DecodeLastRune(r.now.text)
		r.now.text = r.now.text[:len(r.now.text)-size]
	}
}

// home ends a form: what follows is written over it. Blanks rub out what they
// cover.
func (r *row) home() {
	switch {
	case len(r.now.text) == 0:
		return
	case !isBlank(r.now.text):
		r.kept.set(r.now)
	case len(r.now.text) >= utf8.RuneCount(r.kept.text):
		r.kept.clear()
	}
	r.redrawn = true
	r.now.clear()
}

// shows is what the row shows last.
func (r *row) shows() form {
	if isBlank(r.now.text) && len(r.now.text) < utf8.RuneCount(r.kept.text) {
		return r.kept
	}
	return r.now
}
