package ticket

import (
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// Pass lets whoever holds it confirm or end a subscription.
type Pass struct {
	For     string    // ForConfirm or ForLeave
	Subject string    // the subscription
	Of      string    // its address, as OfAddress has it: another address ends the pass
	Expires time.Time // to the second
}

// What passes are for.
const (
	ForConfirm = "confirm"
	ForLeave   = "leave"
)

// OfAddress is an address as a Pass has it: a hash.
func OfAddress(to string) string {
	sum := sha256.Sum256([]byte(to))
	return hex.EncodeToString(sum[:12])
}

func (p Pass) pack() []byte {
	out := packer{}
	out.text(p.For)
	out.text(p.Subject)
	out.text(p.Of)
	out.time(p.Expires)
	return out
}

func unpackPass(b []byte) (p Pass, ok bool) {
	u := unpacker{rest: b}
	p.For, p.Subject, p.Of, p.Expires = u.text(), u.text(), u.text(), u.time()
	return p, u.done()
}
