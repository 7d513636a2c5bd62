package chat

import (
	"sync"
	"time"
)

// The bounds of what is known of what came before. An event may be
// given again up to an hour later, and no workspace of Slack has more than 30,000 an hour.
const (
	keepSeen = 2 * time.Hour
	mostSeen = 1 << 16
)

// seen knows what came before. What is given again is not to be thrown away for being given
// again: after a restart it may come for the first time.
type seen struct {
	mu    sync.Mutex
	at    map[string]time.Time
	order []sight // oldest first
	most  int
}

type sight struct {
	key string
	at  time.Time
}

func newSeen() *seen { return &seen{at: map[string]time.Time{}, most: mostSeen} }

// first notes a key, and reports whether it was not there. The key "" always is new.
func (s *seen) first(key string, now time.Time) bool {
	if key == "" {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forgetOld(now)
	if _, ok := s.at[key]; ok {
		return false
	}
	s.at[key] = now
	s.order = append(s.order, sight{key, now})
	return true
}

// forget lets a key be new again: nothing came of it.
func (s *seen) forget(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.at, key)
}

// forgetOld lets go of what is old, and of the oldest where there is too much.
func (s *seen) forgetOld(now time.Time) {
	n := 0
	for n < len(s.order) && (now.Sub(s.order[n].at) >= keepSeen || len(s.order)-n >= s.most) {
		if old := s.order[n]; s.at[old.key].Equal(old.at) { // else it was forgotten, and came again since
			delete(s.at, old.key)
		}
		n++
	}
	if s.order = s.order[n:]; n > 0 && len(s.order) == 0 {
		s.order = nil // lets go of what was before
	}
}
