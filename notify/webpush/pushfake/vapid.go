package pushfake

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/mail"
	"net/url"
	"strings"
	"time"
)

// mostValid is how long a token may be good for (RFC 8292, 2).
const mostValid = 24 * time.Hour

// claims are what a sender says of itself.
type claims struct {
	Aud string `json:"aud"`
	Exp int64  `json:"exp"`
	Sub string `json:"sub"`
}

// identify is the key that an Authorization field proves (RFC 8292, 3).
func identify(field, origin string, now time.Time) ([]byte, error) {
	token, k, err := credentials(field)
	if err != nil {
		return nil, err
	}
	key, err := base64.RawURLEncoding.DecodeString(k)
	if err != nil {
		return nil, fmt.Errorf("k: %w", err)
	}
	c, err := proven(token, key)
	if err != nil {
		return nil, err
	}
	return key, c.check(origin, now)
}

// credentials takes the two parameters out of the field.
func credentials(field string) (token, key string, err error) {
	scheme, rest, _ := strings.Cut(field, " ")
	if !strings.EqualFold(scheme, "vapid") {
		return "", "", fmt.Errorf("the scheme is %q, not vapid", scheme)
	}
	for part := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "t":
			token = value
		case "k":
			key = value
		}
	}
	if token == "" || key == "" {
		return "", "", errors.New("t or k is missing")
	}
	return token, key, nil
}

// proven reads a token that is signed by the key.
func proven(token string, key []byte) (c claims, err error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return c, fmt.Errorf("t has %d parts, not 3", len(parts))
	}
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), key)
	if err != nil {
		return c, fmt.Errorf("k: %w", err)
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || len(signature) != 64 {
		return c, errors.New("the signature is not 64 bytes of base64url")
	}
	digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
	if !ecdsa.Verify(public, digest[:], r, s) {
		return c, errors.New("the signature is not that of k")
	}
	var head struct{ Typ, Alg string }
	if err := errors.Join(decode(parts[0], &head), decode(parts[1], &c)); err != nil {
		return c, err
	}
	if head.Typ != "JWT" || head.Alg != "ES256" {
		return c, fmt.Errorf("a %s by %s, not a JWT by ES256", head.Typ, head.Alg)
	}
	return c, nil
}

// decode reads a part of a token.
func decode(part string, into any) error {
	text, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return err
	}
	return json.NewDecoder(bytes.NewReader(text)).Decode(into)
}

// check looks at what the sender says.
func (c claims) check(origin string, now time.Time) error {
	left := time.Unix(c.Exp, 0).Sub(now)
	switch {
	case c.Aud != origin:
		return fmt.Errorf("aud is %q, not %q", c.Aud, origin)
	case left <= 0:
		return errors.New("exp is over")
	case left > mostValid:
		return fmt.Errorf("exp is in %v, over %v", left, mostValid)
	}
	return contact(c.Sub)
}

// contact refuses a sub at which nobody could be reached.
func contact(sub string) error {
	u, err := url.Parse(sub)
	if err != nil {
		return fmt.Errorf("sub: %w", err)
	}
	host := u.Hostname()
	switch u.Scheme {
	case "mailto":
		a, err := mail.ParseAddress(u.Opaque)
		if err != nil || a.Address != u.Opaque {
			return fmt.Errorf("sub %q is no mail address", sub)
		}
		host = a.Address[strings.LastIndexByte(a.Address, '@')+1:]
	case "https":
	default:
		return fmt.Errorf("neither mailto: nor https: is the scheme of sub %q", sub)
	}
	return reachable(strings.ToLower(host))
}

// reachable refuses hosts that are known to be nowhere.
func reachable(host string) error {
	last := host[strings.LastIndexByte(host, '.')+1:]
	if host == last || last == "localhost" || last == "local" || last == "invalid" {
		return fmt.Errorf("the host %q of sub is nowhere", host)
	}
	return nil
}
