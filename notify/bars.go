package notify

import (
	"log/slog"
	"sync"
	"time"
)

// bars keep the lanes of a channel from calling whose credentials are no good. Its
// methods may be called from any goroutine.
type bars struct {
	log *slog.Logger

	mu  sync.Mutex
	end map[string]time.Time // by channel: when one lane may try again
}

// bar stops a channel for a while, and tells the operator the first time.
func (b *bars) bar(channel string, now time.Time, f *Failure) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, known := b.end[channel]; !known {
		b.log.Error("a channel's credentials are refused: nothing goes out on it until they are mended", "channel", channel, "error", f.Err)
	}
	b.end[channel] = now.Add(barredPause)
}

// lift lets a channel go on.
func (b *bars) lift(channel string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, known := b.end[channel]; known {
		delete(b.end, channel)
		b.log.Info("a channel works again", "channel", channel)
	}
}

// until is before when no lane of the channel may call, zero for none.
func (b *bars) until(channel string) time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.end[channel]
}
