package scan

import (
	"strconv"
	"strings"
)

// An amount is a number, with the unit of bytes that follows it.
type amount struct {
	from, digits, to int // its start, the end of its digits, and of its unit
	value            float64
	decimals         bool
	unit             float64 // in bytes; 0 without one
	bytes            bool
	ok               bool
}

// amountAt reads the number at i, which is a digit.
func amountAt(t []byte, i int) amount {
	a := amount{from: i, digits: numeralEnd(t, i)}
	a.to = a.digits
	a.value, a.decimals, a.ok = numeral(t[i:a.digits])
	if !a.ok {
		return a
	}
	if unit, end := unitAt(t, a.digits); end > 0 {
		a.unit, a.to, a.bytes = unit, end, true
	}
	return a
}

// numeralEnd is where the digits, points and commas from i on end.
func numeralEnd(t []byte, i int) int {
	for i < len(t) && (isDigit(t[i]) || (t[i] == '.' || t[i] == ',') && i+1 < len(t) && isDigit(t[i+1])) {
		i++
	}
	return i
}

// numeral reads 45, 45.5, 45,5 and 1,238,099; nothing with more points.
func numeral(t []byte) (v float64, decimals, ok bool) {
	s := string(t)
	if len(s) > 24 {
		return 0, false, false
	}
	groups := strings.Split(s, ",")
	switch {
	case len(groups) == 2 && len(groups[1]) < 3 && !strings.Contains(s, "."):
		s = groups[0] + "." + groups[1]
	case len(groups) > 1:
		for _, g := range groups[1:] {
			if whole, _, _ := strings.Cut(g, "."); len(whole) != 3 {
				return 0, false, false
			}
		}
		s = strings.Join(groups, "")
	}
	v, err := strconv.ParseFloat(s, 64)
	return v, strings.Contains(s, "."), err == nil
}

// unitAt reads a unit of bytes at i: a letter right after the number (K, M, G),
// or one with a B, which a blank may precede. The end is 0 if there is none.
func unitAt(t []byte, i int) (unit float64, end int) {
	spaced := i < len(t) && t[i] == ' '
	if spaced {
		i++
	}
	end = i
	for end < len(t) && isLetter(t[end]) && end-i < 6 {
		end++
	}
	word := strings.ToLower(string(t[i:end]))
	if word == "b" || word == "bytes" {
		return 1, end
	}
	if word == "" || word[0] >= 0x80 {
		return 0, 0
	}
	power := strings.IndexByte("kmgtp", word[0])
	if power < 0 {
		return 0, 0
	}
	base := 1000.0
	switch word[1:] {
	case "":
		if spaced {
			return 0, 0
		}
	case "b":
	case "i", "ib":
		base = 1024
	default:
		return 0, 0
	}
	for unit = base; power > 0; power-- {
		unit *= base
	}
	return unit, end
}
