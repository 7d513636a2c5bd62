package slack

import (
	"maps"
	"sync"
	"time"

	"github.com/taskherald/herald/notify"
)

// anew is how long a message that could not be changed is not sent again after it was.
const anew = time.Hour

// stuck are the messages that could not be changed, and so were sent anew.
type stuck struct {
	now func() time.Time

	mu   sync.Mutex
	when map[string]time.Time // by room and what the message is of
}

func newStuck(now func() time.Time) *stuck { return &stuck{now: now, when: map[string]time.Time{}} }

// again reports whether a message may be sent anew, and remembers that it is.
func (s *stuck) again(room string, m *notify.Message) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	maps.DeleteFunc(s.when, func(_ string, at time.Time) bool { return now.Sub(at) >= anew })
	key := room + "/" + lasting(m)
	if _, just := s.when[key]; just {
		return false
	}
	s.when[key] = now
	return true
}

// lasting is what a message that changes is known by: a card by its task, as each picture
// has an ID of its own.
func lasting(m *notify.Message) string {
	if m.Card != nil {
		return string(m.Card.Task)
	}
	return m.ID
}
