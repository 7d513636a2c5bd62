package scan

import "bytes"

// A reading is a percent or a count that a text holds.
type reading struct {
	from, to int // where it stands
	percent  float64
	counted  bool    // n of m, not NN%
	n, m     float64 // of a count
	of       bool    // written as "n of m"
	unit     bool    // bytes are counted
}

// readings lists what may be percents and counts in a text; at most 8. Dates,
// versions, paths, addresses and fractions over 1 are not among them.
func readings(t []byte, list []reading) []reading {
	for i := 0; i < len(t) && len(list) < 8; {
		if !isDigit(t[i]) {
			i++
			continue
		}
		a := amountAt(t, i)
		if a.ok && opens(t, i) {
			if r, ok := percentAt(t, a); ok {
				list = append(list, r)
				i = r.to
				continue
			}
			if r, ok := countAt(t, a); ok {
				list = append(list, r)
				i = r.to
				continue
			}
		}
		i = max(a.digits, i+1)
	}
	return list
}

// opens tells whether a number may begin at i: what is before it does not make
// it part of a word, a path, a date, a price or a negative number.
func opens(t []byte, i int) bool {
	if i == 0 {
		return true
	}
	switch c := t[i-1]; c {
	case ':':
		return i < 2 || !isDigit(t[i-2])
	case '_', '.', ',', '/', '\\', '-', '+', '$', '#', '%', '@', '~', '^', '&', '?', '*':
		return c == '#' && i > 3 && t[i-2] == '#' && t[i-3] == '#' // the bar "###45%"
	default:
		return !isWord(c) || barRune(t[:i])
	}
}

// barRune tells whether a text ends with a rune that bars are made of.
func barRune(t []byte) bool {
	n := len(t)
	return n >= 3 && t[n-3] == 0xe2 && t[n-2] >= 0x94 && t[n-2] <= 0x96
}

// closes tells whether a number may end before i.
func closes(t []byte, i int) bool {
	if i >= len(t) {
		return true
	}
	next := byte(' ')
	if i+1 < len(t) {
		next = t[i+1]
	}
	switch c := t[i]; c {
	case '/', '\\', '_', '%', '@', '=':
		return false
	case '.', ',', '-', ':', '+', '\'':
		return !isWord(next)
	default:
		return !isWord(c) || barRune(t[:min(i+3, len(t))])
	}
}

// percentAt reads a percent whose number is a.
func percentAt(t []byte, a amount) (reading, bool) {
	i := a.digits
	if i < len(t) && t[i] == ' ' {
		i++
	}
	if i >= len(t) || t[i] != '%' || a.value > 100 || !closes(t, i+1) {
		return reading{}, false
	}
	return reading{from: a.from, to: i + 1, percent: a.value}, true
}

// countAt reads a count whose first number is a.
func countAt(t []byte, a amount) (reading, bool) {
	at, of := between(t, a.to)
	if at == 0 {
		return reading{}, false
	}
	b := amountAt(t, at)
	if !b.ok || !closes(t, b.to) {
		return reading{}, false
	}
	if a.unit == 0 {
		a.unit = b.unit
	}
	switch {
	case b.unit == 0 && (a.unit != 0 || a.decimals || b.decimals):
		return reading{}, false // a version, or not of one kind
	case b.unit == 0:
		a.unit, b.unit = 1, 1
	}
	n, m := a.value*a.unit, b.value*b.unit
	if m <= 0 || n > m {
		return reading{}, false
	}
	return reading{from: a.from, to: b.to, percent: 100 * n / m, counted: true, n: n, m: m, of: of, unit: b.bytes}, true
}

// between finds the second number of a count: after "/", " / " or " of ". It
// is 0 if there is none.
func between(t []byte, i int) (at int, of bool) {
	rest := t[i:]
	switch {
	case bytes.HasPrefix(rest, []byte("/")):
		at = i + 1
	case bytes.HasPrefix(rest, []byte(" / ")):
		at = i + 3
	case bytes.HasPrefix(rest, []byte(" of ")):
		at, of = i+4, true
	default:
		return 0, false
	}
	if at < len(t) && t[at-1] == '/' && t[at] == ' ' {
		at++
	}
	if at >= len(t) || !isDigit(t[at]) {
		return 0, false
	}
	return at, of
}
