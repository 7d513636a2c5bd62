package scan

import (
	"bytes"
	"strings"
)

// barAt finds where a drawn bar begins, or -1: runes that bars are made of,
// "[===>  ]", "<==--->", "|###   |", "####" before a percent, or wget's dots.
func barAt(t []byte, list []reading) int {
	if i := blocksAt(t); i >= 0 {
		return i
	}
	for i, c := range t {
		switch c {
		case '[':
			if framed(t[i+1:], ']', 4) {
				return i
			}
		case '|':
			if bytes.HasSuffix(bytes.TrimRight(t[:i], " "), []byte("%")) && framed(t[i+1:], '|', 4) {
				return i
			}
		case '<':
			if framed(t[i+1:], '>', 5) {
				return i
			}
		}
	}
	for _, r := range list {
		if !r.counted {
			if i := trailAt(t[:r.from]); i >= 0 {
				return i
			}
		}
	}
	return -1
}

// maxBar bounds the inside of a bar, in bytes.
const maxBar = 600

// framed tells whether t begins with the inside of a bar of at least n
// characters and the frame that closes it.
func framed(t []byte, closing byte, n int) bool {
	end := bytes.IndexByte(t[:min(len(t), maxBar)], closing)
	if end < n {
		return false
	}
	inside := t[:end]
	for len(inside) >= 3 && block(inside) {
		inside = inside[3:] // runes are filled in from the left
	}
	inside = bytes.TrimRight(inside, " ")
	if last := len(inside) - 1; closing == '|' && last >= 0 && isDigit(inside[last]) {
		inside = inside[:last] // tqdm's ASCII bars end with a digit
	}
	for i, c := range inside {
		if strings.IndexByte("=#-.+o_ ", c) < 0 && (c != '>' && c != '*' || i+1 < len(inside) && !onlyDots(inside[i+1:])) {
			return false
		}
	}
	return true
}

// onlyDots tells whether the rest of a bar is its empty part.
func onlyDots(t []byte) bool { return len(bytes.Trim(t, ".- _")) == 0 }

// blocksAt finds three box or block runes (U+2500 to U+25BF) in a row.
func blocksAt(t []byte) int {
	for i := 0; i+8 < len(t); i++ {
		next := bytes.IndexByte(t[i:], 0xe2)
		if next < 0 {
			return -1
		}
		i += next
		if i+9 <= len(t) && block(t[i:]) && block(t[i+3:]) && block(t[i+6:]) {
			return i
		}
	}
	return -1
}

func block(t []byte) bool { return t[0] == 0xe2 && t[1] >= 0x94 && t[1] <= 0x96 }

// trailAt finds a bar without a frame that ends with t: curl's "####" and
// wget's groups of eight or ten dots.
func trailAt(t []byte) int {
	t = bytes.TrimRight(t, " ")
	head := bytes.TrimRight(t, "#")
	if len(t)-len(head) >= 4 {
		return len(head)
	}
	head = bytes.TrimRight(t, ". ")
	if bytes.Contains(t[len(head):], []byte("........")) {
		return len(head)
	}
	return -1
}
