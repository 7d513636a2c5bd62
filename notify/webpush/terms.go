package webpush

import (
	"crypto/sha256"
	"time"

	push "github.com/SherClockHolmes/webpush-go"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
)

const (
	longest = 28 * 24 * time.Hour // that services keep a message
	usual   = 24 * time.Hour      // for a message that does not say
)

// The sizes of bodies (RFC 8188, 2.1).
const (
	overhead = 16 + 4 + 1 + 65 + 1 + 16 // salt, record size, length of the key, key, delimiter, tag of the cipher
	grain    = 512                      // a body has a multiple of it
)

// terms are how the service is to handle a message with a payload of n bytes.
func (c *Channel) terms(b *browser, m *notify.Message, n int) *push.Options {
	return &push.Options{
		HTTPClient: c.client, Subscriber: b.contact, VAPIDPublicKey: b.public, VAPIDPrivateKey: b.private,
		Topic: tag(m), Urgency: urgency(m), TTL: int(keep(m, c.o.Now()).Seconds()),
		RecordSize: min(uint32((n+overhead+grain-1)/grain*grain), push.MaxRecordSize),
	}
}

// Tag names what messages are about: 32 letters of base64url that follow from its
// id. Of one tag a browser shows the last message, and a push service keeps it.
func Tag(id string) string {
	sum := sha256.Sum256([]byte(id))
	return base64url.EncodeToString(sum[:24])
}

// urgency is whether a device that saves its battery is woken.
func urgency(m *notify.Message) push.Urgency {
	switch {
	case len(m.Asks) > 0, m.Class == notify.ClassApproval, m.Class == notify.ClassEnd:
		return push.UrgencyHigh
	case m.Class == notify.ClassAlarm:
		return push.UrgencyNormal
	}
	return push.UrgencyLow
}

// keep is for how long the service keeps a message whose device is off. It takes the
// place of what was kept of its task, so it lasts as long as an approval that waits.
func keep(m *notify.Message, now time.Time) time.Duration {
	d := usual
	if !m.Until.IsZero() {
		d = m.Until.Sub(now)
	}
	for _, a := range m.Asks {
		d = max(d, waits(a.Approval, now))
	}
	return min(max(d, 0), longest)
}

// waits is for how long an approval waits.
func waits(a *progress.Approval, now time.Time) time.Duration {
	if lapse, ok := a.Lapses(); ok {
		return lapse.Sub(now)
	}
	return longest
}
