package webpush

import (
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"errors"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/callout"
)

// pair is a key of this server, both halves in base64url.
type pair struct{ public, private string }

// pairs are the server's keys, the present one first.
type pairs []pair

// of is the pair with a public key; ok is false if the server has none such.
func (p pairs) of(public string) (_ pair, ok bool) {
	for _, one := range p {
		if one.public == public {
			return one, true
		}
	}
	return pair{}, false
}

// NewKey makes a key with which a server shows who it is: the private half, 32
// bytes in base64url.
func NewKey() string {
	k, _ := ecdh.P256().GenerateKey(rand.Reader) // which never fails
	return base64url.EncodeToString(k.Bytes())
}

// PublicOf is the other half of a key, an uncompressed point on P-256 in base64url:
// the applicationServerKey of a page. The error does not repeat the key.
func PublicOf(private string) (string, error) {
	raw, err := base64url.DecodeString(private)
	if err != nil {
		return "", errNoKey
	}
	k, err := ecdh.P256().NewPrivateKey(raw)
	if err != nil {
		return "", errNoKey
	}
	return base64url.EncodeToString(k.PublicKey().Bytes()), nil
}

var errNoKey = errors.New("the server's key for web push is not the base64url of 32 bytes that make one")

// Fresh makes a key as [NewKey] does.
func (c *Channel) Fresh() string { return NewKey() }

// Public is the public half of the present key.
func (c *Channel) Public(ctx context.Context) (string, error) {
	own, err := c.own(ctx)
	if err != nil {
		return "", err
	}
	return own[0].public, nil
}

// own are the keys that the server has now.
func (c *Channel) own(ctx context.Context) (pairs, error) {
	held, err := c.o.VAPID(ctx)
	if err != nil {
		return nil, err
	}
	private := []string{held.Current}
	if held.Previous != "" && c.o.Now().Before(held.Until) {
		private = append(private, held.Previous)
	}
	all := make(pairs, len(private))
	for i, p := range private {
		public, err := PublicOf(p)
		if err != nil {
			return nil, err
		}
		all[i] = pair{public, p}
	}
	return all, nil
}

// ownless is the failure of a message for which the server's own keys are missing.
func ownless(err error) error {
	if errors.Is(err, errNoKey) {
		return &notify.Failure{Fate: notify.Unauthorized, Err: err}
	}
	return &notify.Failure{Fate: notify.Transient, Err: callout.Veil("the server's keys cannot be read now", err)}
}
