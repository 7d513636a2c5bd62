package access

import "strings"

// Issued reports whether a secret looks like one that Herald makes: those have
// 200 random bits, so that nobody guesses one.
func Issued(secret string) bool {
	for _, prefix := range []string{tokenPrefix, sessionPrefix, codePrefix} {
		if strings.HasPrefix(secret, prefix) {
			return true
		}
	}
	return false
}
