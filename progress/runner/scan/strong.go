package scan

import (
	"bytes"
	"slices"
	"strings"
)

// strong finds a percent whose form alone shows that it is progress. The order
// matters: what is said about the whole comes before what is said of a part.
func (g *guesser) strong(t []byte) (Finding, bool) {
	bar := barAt(t, g.list)
	for _, try := range []func([]byte, int) (Finding, bool){g.epochs, g.brackets, g.phase, g.bars, g.words} {
		if f, ok := try(t, bar); ok {
			return f, true
		}
	}
	return Finding{}, false
}

// epochs reads "Epoch 3/10", alone, before a bar or before the count of a step
// in it. An epoch that is named has
// begun, so that the third of ten adds its own part to the first two.
func (g *guesser) epochs(t []byte, bar int) (Finding, bool) {
	first := g.list[0]
	named := first.counted && !first.unit && strings.EqualFold(lastWord(t[:first.from]), "epoch")
	if named {
		g.epoch = first
		if bar >= 0 {
			defer func() { g.epoch = reading{} }() // the next bar names its own
		}
	}
	if g.epoch.m == 0 || !named && bar < 0 {
		return Finding{}, false
	}
	part := 0.0
	if inner, ok := inside(g.list, named); ok && (bar >= 0 || inner.counted && !inner.unit) {
		part = inner.percent
	} else if !named {
		return Finding{}, false
	}
	done := max(g.epoch.n-1, 0) + part/100
	return found(100*done/g.epoch.m, Job, "epoch", "Epoch"), true
}

// inside is what a bar within an epoch shows.
func inside(list []reading, named bool) (reading, bool) {
	if named {
		list = list[1:]
	}
	if len(list) == 0 {
		return reading{}, false
	}
	return list[0], true
}

// brackets reads [45/100], [3/7], [builder 2/7] and [ 45%].
func (g *guesser) brackets(t []byte, _ int) (Finding, bool) {
	for _, r := range g.list {
		before, name, ok := bracketed(t, r)
		if !ok || r.unit || r.counted && quotes(before, t[r.to:], name) {
			continue
		}
		form := "[%]"
		if r.counted {
			form = "[n/m]"
		}
		if name != "" {
			form += " " + name
		}
		text := label(bytes.TrimPrefix(before, []byte("[INFO] ")))
		if !spoken(text) {
			text = label(t[r.to:])
		}
		return found(r.percent, Job, form, text), true
	}
	return Finding{}, false
}

// quotes tells whether a count in brackets stands in a sentence, like "see
// [1/2] for more", ends wget's "saved [3000/3000]", or numbers a patch.
func quotes(before, after []byte, name string) bool {
	before, after = bytes.TrimRight(before, " "), bytes.TrimLeft(after, " ]")
	inSentence := len(before) > 0 && isLetter(before[len(before)-1]) && len(after) > 0
	return inSentence || bytes.HasSuffix(before, []byte(" saved")) || strings.Contains(strings.ToLower(name), "patch")
}

// bracketed tells whether a number stands in brackets, alone or after a name.
// A count at a line's start may stand in round ones.
func bracketed(t []byte, r reading) (before []byte, name string, ok bool) {
	after := bytes.TrimLeft(t[r.to:], " ")
	head := bytes.TrimRight(t[:r.from], " ")
	if len(after) == 0 || len(head) == 0 {
		return nil, "", false
	}
	if after[0] == ')' && r.counted && !r.of && bytes.Equal(bytes.TrimLeft(head, " "), []byte("(")) {
		return nil, "", true
	}
	open := bytes.LastIndexByte(head, '[')
	if after[0] != ']' || open < 0 {
		return nil, "", false
	}
	inner := head[open+1:]
	if len(inner) > 0 && (!r.counted || len(inner) > 60 || !isName(inner)) {
		return nil, "", false
	}
	return head[:open], string(inner), true
}

// isName tells whether a text may name a stage of a build.
func isName(t []byte) bool {
	for _, c := range t {
		if !isWord(c) && c != '-' && c != '.' && c != ' ' || c >= 0x80 {
			return false
		}
	}
	return isLetter(t[0])
}

// phase reads git's "Receiving objects:  45% (450/1000)".
func (g *guesser) phase(t []byte, _ int) (Finding, bool) {
	for i, r := range g.list {
		if i+1 >= len(g.list) || r.counted || !g.list[i+1].counted || !bytes.Equal(t[r.to:g.list[i+1].from], []byte(" (")) {
			continue
		}
		if name := label(t[:r.from]); name != "" {
			return found(r.percent, Phase, "git "+shape(name), name), true
		}
	}
	return Finding{}, false
}

// bars reads a number beside a bar. Items that are counted there are the whole
// job; bytes and bare percents may be one of several.
func (g *guesser) bars(t []byte, bar int) (Finding, bool) {
	if bar < 0 {
		return Finding{}, false
	}
	r := g.list[0]
	span := Phase
	for _, other := range g.list {
		if !other.counted {
			r = other
			break
		}
	}
	for _, other := range g.list {
		if other.counted && !other.unit && !other.of {
			span = Job
		}
	}
	if bytes.Contains(t, []byte("% EXECUTING")) || bytes.Contains(t, []byte("% CONFIGURING")) {
		span = Job
	}
	name := barName(t[:min(r.from, bar)])
	return found(r.percent, span, "text "+shape(name), name), true
}

// words reads "Step 3/7", "Step 3 of 7", "Progress: 45%", "45% complete" and
// "[download]  45% of 10 MiB".
func (g *guesser) words(t []byte, _ int) (Finding, bool) {
	for _, r := range g.list {
		last, next := lastWord(t[:r.from]), firstWord(t[r.to:])
		switch {
		case r.unit:
		case r.counted && is(last, "step", "stage", "phase", "part", "file", "task", "batch", "item", "chunk", "layer", "page", "shard"):
			return found(r.percent, Job, last+" n/m", label(t[:r.from])), true
		case r.counted, refused(t, r):
		case is(last, "progress", "completed", "complete", "done", "downloaded"), is(next, "complete", "completed", "done", "eta"),
			bytes.HasPrefix(t, []byte("[download]")):
			name := label(t[:r.from])
			return found(r.percent, Phase, "text "+shape(name), name), true
		}
	}
	return Finding{}, false
}

// barName is what stands before a bar. Amounts and rates, as pv shows them
// there, change and are no name.
func barName(t []byte) string {
	if bytes.Contains(t, []byte("B/s")) {
		t = t[:max(bytes.IndexAny(t, "0123456789"), 0)]
	}
	if name := label(t); spoken(name) {
		return name
	}
	return ""
}

// spoken tells whether a label begins with a letter or has a word in it.
func spoken(name string) bool {
	if name != "" && isLetter(name[0]) {
		return true
	}
	for i := 1; i < len(name); i++ {
		if isLetter(name[i-1]) && isLetter(name[i]) {
			return true
		}
	}
	return false
}

// lastWord is the word right before a number, in lower case.
func lastWord(t []byte) string { return strings.ToLower(string(tail(t))) }

// firstWord is the word right after a number, in lower case.
func firstWord(t []byte) string { return strings.ToLower(string(head(t))) }

// tail is the word at the end of t, but for what joins it to a number.
func tail(t []byte) []byte {
	t = bytes.TrimRight(t, " :=([#")
	i := len(t)
	for i > 0 && isLetter(t[i-1]) {
		i--
	}
	return t[i:]
}

// head is the word at the beginning of t, but for what joins it to a number.
func head(t []byte) []byte {
	t = bytes.TrimLeft(t, " ])|,")
	i := 0
	for i < len(t) && isLetter(t[i]) {
		i++
	}
	return t[:i]
}

func is(word string, one ...string) bool { return slices.Contains(one, word) }
