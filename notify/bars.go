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
	end map[string]time.Time // by channel: when the next lane may try
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

// until is before when a lane of the channel must not call, zero if it may. Of those
// that wait, one tries for all.
func (b *bars) until(channel string, now time.Time) time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	end, known := b.end[channel]
	if !known || end.After(now) {
		return end
	}
	b.end[channel] = now.Add(sendPatience)
	return time.Time{}
}
