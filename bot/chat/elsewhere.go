package chat

import (
	"sync"
	"time"
)

// talksOn is for how long somebody goes on elsewhere with what they began in a room: as long as the
// bot remembers what a person spoke of.
const talksOn = 30 * time.Minute

// Elsewhere is where people began to talk who were answered in direct messages, as the room was not
// to know: what they say and press there goes on with that. Who was asked whether they are sure
// says yes where they were asked.
type Elsewhere struct {
	mu sync.Mutex
	of map[string]beginning // by the ids of people on the platform
}

// beginning is where a talk began, and when it was last answered.
type beginning struct {
	room, thread string
	at           time.Time
}

// NewElsewhere makes one that knows of nobody.
func NewElsewhere() *Elsewhere { return &Elsewhere{of: map[string]beginning{}} }

// note notes that somebody is answered in direct messages.
func (e *Elsewhere) note(user, room, thread string, now time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.of) >= mostKnown {
		clear(e.of)
	}
	e.of[user] = beginning{room, thread, now}
}

// place is where the bot remembers what is said at a spot.
func (m *mouth) place(at Spot) (room, thread string) {
	if at.Direct {
		m.Elsewhere.mu.Lock()
		defer m.Elsewhere.mu.Unlock()
		if b, ok := m.Elsewhere.of[at.User]; ok && m.Now().Sub(b.at) < talksOn {
			return b.room, b.thread
		}
	}
	return at.Room(m.platform), at.Thread
}
