package webhook

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/taskherald/herald/notify"
)

// The headers of Standard Webhooks.
const (
	headerID        = "Webhook-Id"
	headerTimestamp = "Webhook-Timestamp"
	headerSignature = "Webhook-Signature"
)

const (
	secretPrefix = "whsec_"
	secretBytes  = 32
	scheme       = "v1," // HMAC-SHA256, base64
)

// Tolerance is how far the time of a try may be from the receiver's.
const Tolerance = 5 * time.Minute

// NewSecret makes a secret: whsec_ and 32 random bytes in base64.
func NewSecret() string {
	var b [secretBytes]byte
	_, _ = rand.Read(b[:]) // never fails
	return secretPrefix + base64.StdEncoding.EncodeToString(b[:])
}

// Sign is the signature of a message with an id, tried at a time. The secret is
// base64, with whsec_ before it or not; the error is of one that is not, and does
// not repeat it.
func Sign(secret, id string, at time.Time, body []byte) (string, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, secretPrefix))
	if err != nil || len(key) == 0 {
		return "", errors.New("the secret is not " + secretPrefix + " and base64")
	}
	mac := hmac.New(sha256.New, key)
	_, _ = mac.Write([]byte(id + "." + strconv.FormatInt(at.Unix(), 10) + ".")) // never fails
	_, _ = mac.Write(body)
	return scheme + base64.StdEncoding.EncodeToString(mac.Sum(nil)), nil
}

// Verify reports why a message that has come is not to be believed, nil if one of
// its signatures is by the secret and its time is within [Tolerance] of now.
func Verify(secret string, h http.Header, body []byte, now time.Time) error {
	id := h.Get(headerID)
	seconds, err := strconv.ParseInt(h.Get(headerTimestamp), 10, 64)
	if id == "" || err != nil {
		return errors.New("the message has no id or no time")
	}
	at := time.Unix(seconds, 0)
	if now.Sub(at).Abs() > Tolerance {
		return errors.New("the message is too old or too new")
	}
	want, err := Sign(secret, id, at, body)
	if err != nil {
		return err
	}
	for have := range strings.FieldsSeq(h.Get(headerSignature)) {
		if hmac.Equal([]byte(have), []byte(want)) {
			return nil
		}
	}
	return errors.New("no signature is by the secret")
}

// sign writes the headers of a try.
func sign(h http.Header, k notify.Keys, id string, at time.Time, body []byte) error {
	all, err := Sign(k.Current, id, at, body)
	if err != nil {
		return err
	}
	if k.Previous != "" && at.Before(k.Until) {
		second, err := Sign(k.Previous, id, at, body)
		if err != nil {
			return err
		}
		all += " " + second
	}
	h.Set(headerID, id)
	h.Set(headerTimestamp, strconv.FormatInt(at.Unix(), 10))
	h.Set(headerSignature, all)
	return nil
}
