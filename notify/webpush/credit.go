package webpush

import (
	"net/http"
	"sync"
	"time"
)

// creditFor is how long it is remembered that a service has taken us for who we are.
const creditFor = 24 * time.Hour

// credit is what push services think of the keys and contacts that we show.
type credit struct {
	mu    sync.Mutex
	taken map[identity]time.Time // when last
}

// judge notes an answer, and reports whether some service has taken who we are of
// late.
func (c *credit) judge(who identity, status int, now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if status/100 == 2 {
		c.taken[who] = now
	}
	at, ok := c.taken[who]
	return ok && now.Sub(at) < creditFor
}

// refused reports whether a status says that we are not who we have to be.
func refused(status int) bool {
	return status == http.StatusUnauthorized || status == http.StatusForbidden
}
