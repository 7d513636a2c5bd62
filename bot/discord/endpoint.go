package discord

import (
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/taskherald/herald/bot/chat"
)

// freshFor is how long a signature is good, before and after its time.
const freshFor = 5 * time.Minute

// endpoint takes interactions over HTTP, where Discord is told to call instead of sending them
// over the gateway. It answers at once that they are there; what they are answered with is sent
// as for those of the gateway.
type endpoint struct {
	key  ed25519.PublicKey // an empty one lets nothing in
	hand hand
	now  func() time.Time
}

// newEndpoint makes an endpoint for the public key of an application: 64 hexadecimal digits, or
// "" to let nothing in.
func newEndpoint(key string, to hand, now func() time.Time) (*endpoint, error) {
	raw, err := hex.DecodeString(key)
	if err != nil || len(raw) != 0 && len(raw) != ed25519.PublicKeySize {
		return nil, errors.New("discord: the public key of the application must be 64 digits and letters from a to f")
	}
	return &endpoint{key: raw, hand: to, now: now}, nil
}

// ServeHTTP lets in what Discord has signed not long ago; nothing is read of before. Discord
// tries now and then whether a request with a wrong signature is refused.
func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !chat.Posted(w, r) {
		return
	}
	signed, ok := e.seal(r.Header)
	if !ok {
		http.Error(w, "not signed by Discord, or not now", http.StatusUnauthorized)
		return
	}
	body, ok := chat.Body(w, r)
	if !ok {
		return
	}
	if !signed(body) {
		http.Error(w, "not signed by Discord, or not now", http.StatusUnauthorized)
		return
	}
	e.take(w, body)
}

// seal reads who has signed a body, and when; ok is false if that is nobody, or not now. The
// signature says nothing of how often it may come: what is given again is known by its id.
func (e *endpoint) seal(h http.Header) (signed func(body []byte) bool, ok bool) {
	at := h.Get("X-Signature-Timestamp")
	seconds, err := strconv.ParseInt(at, 10, 64)
	if err != nil || len(e.key) == 0 || e.now().Sub(time.Unix(seconds, 0)).Abs() > freshFor {
		return nil, false
	}
	mark, err := hex.DecodeString(h.Get("X-Signature-Ed25519"))
	if err != nil {
		return nil, false
	}
	return func(body []byte) bool { return ed25519.Verify(e.key, append([]byte(at), body...), mark) }, true
}

// take takes an interaction, or says that we are there.
func (e *endpoint) take(w http.ResponseWriter, body []byte) {
	var what struct {
		Type int `json:"type"`
	}
	switch err := chat.Lax(body, &what); {
	case err != nil:
		http.Error(w, "no JSON", http.StatusBadRequest)
	case what.Type == typePing:
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"type":1}`) // who does not listen does not verify
	case !e.hand(eventInteraction, 0, json.RawMessage(body)):
		http.Error(w, "not now", http.StatusServiceUnavailable)
	default:
		w.WriteHeader(http.StatusAccepted)
	}
}
