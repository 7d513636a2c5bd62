package scan

// What a byte may mean. A line whose bytes together mean nothing here is
// ordinary text, and is passed on without another look.
const (
	control byte = 1 << iota // needs the terminal, or an escape
	high                     // part of a rune beyond ASCII
	digit
	percent
	slash
)

// classes is the meaning of each byte.
var classes = func() (c [256]byte) {
	for i := range 256 {
		switch {
		case i == '\t':
		case i < 0x20, i == 0x7f:
			c[i] = control
		case i >= 0x80:
			c[i] = high
		case i >= '0' && i <= '9':
			c[i] = digit
		}
	}
	c['%'], c['/'] = percent, slash
	return c
}()

// meaning is all that the bytes of b may mean.
func meaning(b []byte) (m byte) {
	for _, c := range b {
		m |= classes[c]
	}
	return m
}

func isDigit(c byte) bool { return c-'0' <= 9 }

func isLetter(c byte) bool { return (c|0x20)-'a' < 26 || c >= 0x80 }

func isWord(c byte) bool { return isDigit(c) || isLetter(c) || c == '_' }

// isBlank tells whether there is nothing but blanks.
func isBlank(b []byte) bool {
	for _, c := range b {
		if c != ' ' && c != '\t' {
			return false
		}
	}
	return true
}
