package access

// Issued reports whether a secret has the form of those that Herald makes: they have
// 200 random bits, so that nobody guesses one.
func Issued(secret string) bool {
	for _, prefix := range []string{tokenPrefix, sessionPrefix, codePrefix} {
		if shaped(secret, prefix) {
			return true
		}
	}
	return false
}
