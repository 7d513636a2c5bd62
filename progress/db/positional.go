package db

import (
	"strconv"
	"strings"
)

// positional gives a statement's placeholders as SQLite binds them fastest.
// Each $n is a named parameter to it, and a name is found by walking all names
// before it, so a statement of 500 values would compare 125,000 of them. Where
// they stand as $1, $2, $3 … once each, "?" means the same and has no name.
// Other statements stay as they are.
func positional(text string) string {
	var out strings.Builder
	quoted, next := false, 1
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == '\'' {
			quoted = !quoted
		}
		if c != '$' || quoted {
			out.WriteByte(c)
			continue
		}
		number := strconv.Itoa(next)
		rest := text[i+1:]
		if !strings.HasPrefix(rest, number) || startsWithDigit(rest[len(number):]) {
			return text
		}
		out.WriteByte('?')
		i += len(number)
		next++
	}
	return out.String()
}

func startsWithDigit(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }
