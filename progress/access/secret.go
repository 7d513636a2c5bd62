package access

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/hex"
	"strings"
)

// How secrets begin, so that people and scanners of leaked secrets know what
// they have found.
const (
	tokenPrefix   = "hrld_"
	sessionPrefix = "hrls_"
	codePrefix    = "hrlc_"
)

// secretChars is how many characters follow the prefix: 200 random bits, in
// letters and digits that need no escaping in URLs, cookies and shells.
const secretChars = 40

var alphabet = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567")

// newSecret makes a secret.
func newSecret(prefix string) string {
	var b [secretChars * 5 / 8]byte
	_, _ = rand.Read(b[:]) // never fails
	return prefix + alphabet.EncodeToString(b[:])
}

// newID makes the name of a credential, which is no secret.
func newID() string { return strings.ToLower(rand.Text()[:16]) }

// shaped reports whether a secret could be one of ours. Others are not looked
// up.
func shaped(secret, prefix string) bool {
	return len(secret) == len(prefix)+secretChars && strings.HasPrefix(secret, prefix)
}

// digest is what is kept of a secret.
type digest [sha256.Size]byte

// digestOf is the digest of a secret. One that is too long to be any has that
// of its beginning, which is no secret's.
func digestOf(secret string) digest {
	var b [maxAdminToken + 1]byte // on the stack; a conversion would allocate
	return sha256.Sum256(b[:copy(b[:], secret)])
}

// same compares in constant time.
func (d digest) same(other digest) bool { return subtle.ConstantTimeCompare(d[:], other[:]) == 1 }

func (d digest) String() string { return hex.EncodeToString(d[:]) }

// dots stand for a secret wherever one would print.
const dots = "••••••"

// The length of Options.AdminToken, in characters.
const (
	minAdminToken = 16
	maxAdminToken = 256
)

// checkAdminToken refuses a token that is easy to guess, or that a header does
// not carry.
func checkAdminToken(secret string) error {
	const field = "HERALD_ADMIN_TOKEN"
	if len(secret) < minAdminToken || len(secret) > maxAdminToken {
		return invalid(field, "must have %d to %d characters, and has %d", minAdminToken, maxAdminToken, len(secret))
	}
	if strings.ContainsFunc(secret, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return invalid(field, "must be of ASCII letters, digits and signs, without spaces")
	}
	return nil
}
