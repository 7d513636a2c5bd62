package scan

import (
	"bytes"
	"strings"
)

// A guesser finds progress in lines that declare none. It remembers what the
// lines before said, as far as that tells what the next ones mean.
type guesser struct {
	ffmpeg ffmpeg
	rsync  rsync
	curl   bool      // curl's header came
	epoch  reading   // the last "Epoch n/m"
	weak   weaklings // numbers that are progress only if they come again
	prev   [128]byte // the beginning of the line before, kept for rsync
	size   int       // of prev
	list   []reading // scratch
}

// ended remembers a finished line.
func (g *guesser) ended(line []byte) {
	if g.rsync.ended(line); g.rsync.lists {
		g.size = copy(g.prev[:], line)
	}
}

// maxGuess is how long a line with progress is at most, in bytes: a wide
// terminal full of three-byte runes. It bounds the work too.
const maxGuess = 2 << 10

// look finds the percent that a line shows; m is what its bytes mean.
func (g *guesser) look(line []byte, m byte, redrawn bool) (Finding, bool) {
	if len(line) > maxGuess {
		return Finding{}, false
	}
	if f, ok := g.ffmpeg.look(line); ok {
		return f, true
	}
	if m&digit == 0 {
		if m&percent != 0 && bytes.Contains(line, []byte("% Received")) {
			g.curl = true
		}
		return Finding{}, false
	}
	if g.curl {
		if f, ok := curlMeter(line); ok {
			return f, true
		}
	}
	if !hinted(line, m) {
		return Finding{}, false
	}
	if f, mine, ok := g.rsync.look(line, g.prev[:g.size]); mine {
		return f, ok
	}
	g.list = readings(line, g.list[:0])
	if len(g.list) == 0 {
		return Finding{}, false
	}
	if f, ok := g.strong(line); ok {
		return f, true
	}
	return g.weak.look(line, g.list, redrawn)
}

// hinted tells cheaply whether a line may hold a percent or a count. Most
// lines that do not are told so here.
func hinted(t []byte, m byte) bool {
	return m&percent != 0 && near(t, '%') || m&slash != 0 && near(t, '/') || hasOf(t)
}

// hasOf finds "1 of 2". It looks for the f, which is the rarest of the bytes.
func hasOf(t []byte) bool {
	for i := 3; i+2 < len(t); i++ {
		next := bytes.IndexByte(t[i:], 'f')
		if i += next; next < 0 || i+2 >= len(t) {
			return false
		}
		if t[i-1] == 'o' && t[i-2] == ' ' && t[i+1] == ' ' && isDigit(t[i+2]) {
			return true
		}
	}
	return false
}

// near tells whether c stands behind a digit, a blank or a unit, and for a
// slash before a digit too.
func near(t []byte, c byte) bool {
	for i := 1; i < len(t); i++ {
		next := bytes.IndexByte(t[i:], c)
		if next < 0 {
			return false
		}
		i += next
		switch p := t[i-1]; {
		case c == '%' && (isDigit(p) || p == ' ' && i > 1 && isDigit(t[i-2])):
			return true
		case c == '/' && i+1 < len(t) && (isDigit(p) || p == ' ' || p|0x20 == 'b' || strings.IndexByte("kmgtpi", p|0x20) >= 0):
			if isDigit(t[i+1]) || t[i+1] == ' ' && i+2 < len(t) && isDigit(t[i+2]) {
				return true
			}
		}
	}
	return false
}

// found is a strong finding.
func found(percent float64, span Span, shape, label string) Finding {
	return Finding{Kind: Percent, Percent: min(max(percent, 0), 100), Strong: true, Span: span, Shape: shape, Label: label}
}

// maxLabel bounds labels and shapes, in bytes.
const maxLabel = 120

// label is what stands before a number, without what only joins them.
func label(t []byte) string {
	s := strings.ToValidUTF8(string(t), "")
	s = strings.Map(func(r rune) rune {
		if r < 0x20 || r >= 0x7f && r < 0xa0 {
			return -1
		}
		return r
	}, s)
	s = strings.TrimPrefix(strings.TrimRight(s, " ["), "remote: ")
	if i := strings.LastIndexByte(s, ' '); i > 0 && strings.Trim(s[i:], " .FEsxX") == "" {
		s = s[:i] // pytest's tests, a letter each
	}
	return strings.TrimSpace(cut(strings.Trim(s, " \t:|[](){}<>=#-.,…—"), maxLabel))
}

// shape is a label with its numbers taken out.
func shape(s string) string {
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		if isDigit(s[i]) {
			for i+1 < len(s) && (isDigit(s[i+1]) || s[i+1] == '.' || s[i+1] == ',') {
				i++
			}
			out.WriteByte('#')
			continue
		}
		out.WriteByte(s[i])
	}
	return out.String()
}
