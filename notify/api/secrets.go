package api

import (
	"net/http"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
)

// For how long the old secret signs beside a new one, in seconds.
const (
	overlap     = 24 * 60 * 60
	mostOverlap = 7 * 24 * 60 * 60
)

// rotation is the body that asks for another secret.
type rotation struct {
	Overlap *int64 `json:"overlap_seconds"`
}

// overlapOf is for how long the old one is to be good: usual if nobody says.
func overlapOf(c *kit.Call, usual, most int64) (time.Duration, error) {
	var b rotation
	if err := c.Bind(&b); err != nil {
		return 0, err
	}
	if b.Overlap == nil {
		b.Overlap = &usual
	}
	if *b.Overlap < 0 || *b.Overlap > most {
		return 0, kit.Invalid("overlap_seconds", "must be 0 to %d", most)
	}
	return time.Duration(*b.Overlap) * time.Second, nil
}

// secret is what signs, and until when the one before does too.
type secret struct {
	Secret   string           `json:"secret"`
	Previous progress.Instant `json:"previous_until"` // null: no other does
}

func secretOf(k notify.Keys, now time.Time) secret {
	out := secret{Secret: k.Current}
	if k.Until.After(now) {
		out.Previous = progress.Instant(k.Until)
	}
	return out
}

// secrets handles what is asked of them.
type secrets struct{ *server }

// rotate gives a holder another secret.
func (s secrets) rotate(c *kit.Call, holder string) error {
	beside, err := overlapOf(c, overlap, mostOverlap)
	if err != nil {
		return err
	}
	now := s.now()
	k, err := s.Ledger.Rotate(c.Ctx(), holder, s.Secret(), now.Add(beside), now)
	if err != nil {
		return progress.Trouble(err)
	}
	c.Reply(http.StatusOK, secretOf(k, now))
	return nil
}

// getCallback is GET /api/callbacks/secret. The first who asks makes it.
func (s secrets) getCallback(c *kit.Call) error {
	k, err := s.Ledger.EnsureKeys(c.Ctx(), notify.Keys{Holder: notify.HolderOf(c.Who.Person), Current: s.Secret()})
	if err != nil {
		return progress.Trouble(err)
	}
	c.Reply(http.StatusOK, secretOf(k, s.now()))
	return nil
}

// rotateCallback is POST /api/callbacks/secret/rotate.
func (s secrets) rotateCallback(c *kit.Call) error { return s.rotate(c, notify.HolderOf(c.Who.Person)) }
