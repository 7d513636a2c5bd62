package scan

import (
	"bytes"
	"hash/maphash"
	"strings"
)

// A weakling is a number in prose, that counts once it has risen.
type weakling struct {
	shape uint64
	last  float64
	total float64 // of a count: another total is another thing
	risen bool
}

// weaklings are the last shapes of lines with such numbers.
type weaklings struct {
	seed maphash.Seed
	ring [32]weakling
	next int
}

// look takes the first number that may be progress. In a redrawn line it is:
// what else redraws a line? And so is a percent where the line says nothing else.
func (w *weaklings) look(t []byte, list []reading, redrawn bool) (Finding, bool) {
	for _, r := range list {
		if refused(t, r) {
			continue
		}
		known := w.seen(t, r)
		rose := r.percent > known.last && known.total == r.m
		known.risen = rose || known.risen && r.percent == known.last && known.total == r.m
		known.last, known.total = r.percent, r.m
		strong := redrawn || alone(t, r)
		if !known.risen && !strong {
			return Finding{}, false
		}
		name := label(t[:r.from])
		f := found(r.percent, span(t, r), "text "+shape(name), name)
		f.Strong = strong
		return f, true
	}
	return Finding{}, false
}

// alone reports whether a line is a percent and nothing else. A count may be a
// date.
func alone(t []byte, r reading) bool {
	return !r.counted && len(bytes.TrimSpace(t[:r.from])) == 0 && len(bytes.TrimSpace(t[min(max(r.to, 0), len(t)):])) == 0
}

// span is what a number without a bar is about. What apt does before it
// installs is no part of the work.
func span(t []byte, r reading) Span {
	t = bytes.TrimLeft(t, " ")
	for _, p := range []string{"Reading package lists", "Building dependency tree", "Reading state information", "(Reading database"} {
		if bytes.HasPrefix(t, []byte(p)) {
			return Item
		}
	}
	rest := bytes.TrimLeft(t[min(max(r.to, 0), len(t)):], " ")
	switch {
	case !r.counted && len(rest) > 1 && rest[0] == '[' && isWord(rest[1]):
		return Item // apt's downloads: "45% [1 pv 0 B/53.5 kB 0%]"
	case r.counted && !r.unit:
		return Job
	}
	return Phase
}

// seen is what is known of the lines that differ from t in numbers only.
func (w *weaklings) seen(t []byte, r reading) *weakling {
	if w.next == 0 && w.ring[0].shape == 0 {
		w.seed = maphash.MakeSeed()
	}
	key := maphash.String(w.seed, shape(string(t))) | 1
	for i := range w.ring {
		if w.ring[i].shape == key {
			return &w.ring[i]
		}
	}
	known := &w.ring[w.next]
	w.next = (w.next + 1) % len(w.ring)
	*known = weakling{shape: key, last: 101, total: r.m}
	return known
}

// refused tells whether the words around a number make it something else than
// progress: a load, a share, a result, a time.
func refused(t []byte, r reading) bool {
	before, after := t[:r.from], t[r.to:]
	if timed(after) || !r.counted && firstWord(after) == "of" && !digitAfterOf(after) {
		return true
	}
	for range 2 {
		w := tail(before)
		if isMeasure(strings.ToLower(string(w))) {
			return true
		}
		before = bytes.TrimRight(before, " :=([#")
		before = bytes.TrimRight(before[:len(before)-len(w)], " :=([#0123456789.,")
	}
	for range 3 {
		w := head(after)
		if isMeasure(strings.ToLower(string(w))) {
			return true
		}
		after = bytes.TrimLeft(after, " ])|,")[len(w):]
	}
	return false
}

// timed tells whether a time of day follows, so that the count is a date.
func timed(after []byte) bool {
	after = bytes.TrimLeft(after, " ,T")
	return len(after) > 4 && isDigit(after[0]) && isDigit(after[1]) && after[2] == ':' && isDigit(after[3])
}

func digitAfterOf(after []byte) bool {
	_, rest, _ := bytes.Cut(after, []byte("of"))
	rest = bytes.TrimLeft(rest, " ~")
	return len(rest) > 0 && isDigit(rest[0])
}

// isMeasure tells whether a word belongs to numbers that are no progress.
func isMeasure(w string) bool {
	switch w {
	case "cpu", "mem", "memory", "ram", "swap", "disk", "usage", "use", "used", "free", "available", "idle", "load", "util",
		"utilization", "quota", "battery", "humidity", "heap", "inodes", "capacity", "full", "cache",
		"coverage", "cov", "statements", "branches", "lines", "functions",
		"accuracy", "acc", "precision", "recall", "loss", "lost", "score", "confidence", "ci", "similarity", "ratio", "rate", "percentile",
		"probability", "chance", "hit", "hits", "miss", "misses", "error", "errors", "margin",
		"fail", "fails", "failed", "failing", "failure", "failures", "pass", "passed", "passing", "passes", "ok", "skipped", "succeeded",
		"save", "saved", "saves", "off", "discount", "price", "tax", "vat", "interest", "faster", "slower", "smaller", "larger", "bigger",
		"more", "less", "fewer", "higher", "lower", "increase", "decrease", "reduction", "reduced", "growth", "grew", "change", "changed",
		"improvement", "compression", "compressed", "duplicates", "duplicate", "version", "http", "ttl", "status":
		return true
	}
	return false
}
