package callout

import (
	"maps"
	"sync"
	"time"

	"github.com/taskherald/herald/notify"
)

// anewGap is how long a message that could not be changed is not sent again after it was.
const anewGap = time.Hour

// Anew are the messages that could not be changed, and so were sent anew: where nothing can
// ever be changed, a room would fill with pictures. It may be used from any goroutine.
type Anew struct {
	now func() time.Time

	mu   sync.Mutex
	when map[string]time.Time // by room and what the message is of
}

// NewAnew makes one of which no message is known.
func NewAnew(now func() time.Time) *Anew { return &Anew{now: now, when: map[string]time.Time{}} }

// Again reports whether a message may be sent anew to a room, which it may once an hour, and
// remembers that it is.
func (a *Anew) Again(room string, m *notify.Message) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	maps.DeleteFunc(a.when, func(_ string, at time.Time) bool { return now.Sub(at) >= anewGap })
	key := room + "/" + lasting(m)
	if _, just := a.when[key]; just {
		return false
	}
	a.when[key] = now
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
