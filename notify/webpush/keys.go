package webpush

import (
	"context"
	"crypto/ecdh"
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/taskherald/herald/progress"
)

// authBytes is the length of the secret that a browser shares with who sends.
const authBytes = 16

// base64url is how all keys are written.
var base64url = base64.RawURLEncoding

// keys are what is kept of a subscription beside its endpoint, in base64url without
// padding.
type keys struct {
	P256dh string `json:"p256dh"` // the browser's public key
	Auth   string `json:"auth"`
	Key    string `json:"key"` // the server's public key that it was made for
}

// Pack checks the keys of a subscription that a browser has made, in base64url with
// padding or without, and writes them in the form that Options.Keys gives back as
// Current. key is the server's public key that the browser was given, "" for the
// present one. The error of a wrong one has the code Invalid and the field
// keys.p256dh, keys.auth or key.
func (c *Channel) Pack(ctx context.Context, p256dh, auth, key string) (string, error) {
	k := keys{P256dh: plain(p256dh), Auth: plain(auth), Key: plain(key)}
	if err := k.check(); err != nil {
		return "", err
	}
	own, err := c.own(ctx)
	if err != nil {
		return "", err
	}
	if k.Key == "" {
		k.Key = own[0].public
	}
	if _, ok := own.of(k.Key); !ok {
		return "", invalid("key", "is no key of this server now; subscribe with the present one")
	}
	text, err := json.Marshal(k)
	return string(text), err
}

// check refuses keys of a browser with which nothing can be encrypted.
func (k keys) check() error {
	point, err := base64url.DecodeString(k.P256dh)
	if err == nil {
		_, err = ecdh.P256().NewPublicKey(point)
	}
	if err != nil {
		return invalid("keys.p256dh", "must be the base64url of an uncompressed point on P-256")
	}
	secret, err := base64url.DecodeString(k.Auth)
	if err != nil || len(secret) != authBytes {
		return invalid("keys.auth", "must be the base64url of 16 bytes")
	}
	return nil
}

// plain is base64url without its padding.
func plain(text string) string { return strings.TrimRight(text, "=") }

func invalid(field, say string) error {
	return &progress.Error{Code: progress.Invalid, Field: field, Say: say}
}
