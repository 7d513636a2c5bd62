package db

import (
	"errors"
	"strings"
)

// split cuts a migration into its statements at the semicolons that are not
// inside a string, a quoted name or a comment. It knows the SQL both databases
// share: no dollar quotes, no backslashes, no trigger bodies.
func split(text string) ([]string, error) {
	var all []string
	start, code := 0, false // code: the statement is more than space and comments
	for i := 0; i < len(text); {
		n := 1
		switch rest := text[i:]; {
		case rest[0] == '\'' || rest[0] == '"':
			end := strings.IndexByte(rest[1:], rest[0]) // a doubled quote is two strings side by side
			if end < 0 {
				return nil, errors.New("a quote is not closed")
			}
			n, code = end+2, true
		case strings.HasPrefix(rest, "--"):
			if n = strings.IndexByte(rest, '\n'); n < 0 {
				n = len(rest)
			}
		case strings.HasPrefix(rest, "/*"):
			end := strings.Index(rest[2:], "*/")
			if end < 0 {
				return nil, errors.New("a comment is not closed")
			}
			n = end + 4
		case rest[0] == '$':
			return nil, errors.New("a migration takes no $ outside quotes: neither placeholders nor dollar quotes")
		case rest[0] == ';':
			if code {
				all = append(all, strings.TrimSpace(text[start:i]))
			}
			start, code = i+1, false
		case !strings.ContainsRune(" \t\r\n", rune(rest[0])):
			code = true
		}
		i += n
	}
	if code {
		return nil, errors.New("the last statement has no semicolon: is the file whole?")
	}
	return all, nil
}
