package ticket

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/taskherald/herald/progress"
)

// Sealer seals and opens with one secret. It may be used from any goroutine.
type Sealer struct{ secret []byte }

// leastSecret is how long a secret is, in bytes.
const leastSecret = 32

// New makes a sealer. The secret has at least 32 bytes; it never leaves the server.
func New(secret []byte) (*Sealer, error) {
	if len(secret) < leastSecret {
		return nil, fmt.Errorf("ticket: the secret has %d bytes of at least %d", len(secret), leastSecret)
	}
	return &Sealer{append([]byte(nil), secret...)}, nil
}

// ErrExpired is the error of what was sealed here, and whose time is over.
var ErrExpired error = &progress.Error{Code: progress.Conflict, Say: "this link has expired"}

// kind is what a text is. It is the first byte of what is signed, so that none ever
// opens as another.
type kind byte

const (
	ticketKind kind = 1
	passKind   kind = 2
	formKind   kind = 3
	buttonKind kind = 4
)

// Seal makes the text of a ticket.
func (s *Sealer) Seal(t Ticket) string { return s.seal(ticketKind, t.pack()) }

// Open reads a ticket. The error of one whose time is over is ErrExpired, with the
// ticket itself beside it; that of a text that was not sealed here, or was changed
// since, has the code Unauthorized.
func (s *Sealer) Open(text string, now time.Time) (Ticket, error) {
	return open(s, ticketKind, text, unpack, func(t Ticket) bool { return now.Before(t.Expires) })
}

// SealPass makes the text of a pass.
func (s *Sealer) SealPass(p Pass) string { return s.seal(passKind, p.pack()) }

// OpenPass reads a pass. The errors are those of Open.
func (s *Sealer) OpenPass(text string, now time.Time) (Pass, error) {
	return open(s, passKind, text, unpackPass, func(p Pass) bool { return now.Before(p.Expires) })
}

// Form is what a form has to bring back that was made for the text of a ticket or a
// pass, and for the browser that got the nonce as a cookie.
func (s *Sealer) Form(nonce, text string) string {
	return spelling.EncodeToString(s.mac(formKind, []byte(nonce+"\x00"+text)))
}

// FormFits reports whether a form brings back what it was made with.
func (s *Sealer) FormFits(form, nonce, text string) bool {
	return nonce != "" && hmac.Equal([]byte(form), []byte(s.Form(nonce, text)))
}

// spelling is how bytes are written.
var spelling = base64.RawURLEncoding

// macSize is how much there is of a MAC, in bytes.
const macSize = 16

func (s *Sealer) mac(k kind, body []byte) []byte {
	h := hmac.New(sha256.New, s.secret)
	h.Write([]byte{byte(k)})
	h.Write(body)
	return h.Sum(nil)[:macSize]
}

func (s *Sealer) seal(k kind, body []byte) string {
	return spelling.EncodeToString(append(body, s.mac(k, body)...))
}

// mostText is longer than any text that is sealed here: a task's id has 128 characters,
// and a person's name 200.
const mostText = 4096

func open[T any](s *Sealer, k kind, text string, unpack func([]byte) (T, bool), lasts func(T) bool) (T, error) {
	var none T
	body, ok := s.opened(k, macSize, text)
	if !ok {
		return none, forged()
	}
	v, ok := unpack(body)
	switch {
	case !ok:
		return none, forged()
	case !lasts(v):
		return v, ErrExpired
	}
	return v, nil
}

// opened is what was sealed in a text, behind which stands a MAC of so many bytes. Two texts never stand for the same: base64 has
// room for more than one.
func (s *Sealer) opened(k kind, size int, text string) (body []byte, ok bool) {
	if len(text) > mostText {
		return nil, false
	}
	all, err := spelling.DecodeString(text)
	if err != nil || len(all) < size || spelling.EncodeToString(all) != text {
		return nil, false
	}
	body, mac := all[:len(all)-size], all[len(all)-size:]
	return body, hmac.Equal(mac, s.mac(k, body)[:size])
}

func forged() error {
	return &progress.Error{Code: progress.Unauthorized, Say: "this link is none of ours, or it was cut off on its way"}
}
