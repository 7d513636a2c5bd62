package kit

import (
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/taskherald/herald/progress"
)

// Limiter bounds how fast each of many callers may go.
type Limiter struct {
	rate  rate.Limit
	burst int
	what  string

	mu      sync.Mutex
	callers map[string]*rate.Limiter
	swept   time.Time
}

// maxCallers is how many callers are remembered before idle ones are forgotten.
const maxCallers = 10_000

// NewLimiter lets each caller do perSecond of what it bounds a second in the
// long run, and burst at once. perSecond 0 means no limit.
func NewLimiter(perSecond float64, burst int, what string) *Limiter {
	return &Limiter{rate: rate.Limit(perSecond), burst: burst, what: what, callers: map[string]*rate.Limiter{}}
}

// Allow counts a call. It returns Limited when the caller is too fast.
func (l *Limiter) Allow(caller string, now time.Time) error {
	if l.rate == 0 {
		return nil
	}
	one := l.of(caller, now)
	r := one.ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait == 0 {
		return nil
	}
	r.CancelAt(now)
	return l.slow(wait)
}

// Peek is Allow without counting.
func (l *Limiter) Peek(caller string, now time.Time) error {
	if l.rate == 0 {
		return nil
	}
	tokens := l.of(caller, now).TokensAt(now)
	if tokens >= 1 {
		return nil
	}
	return l.slow(time.Duration((1 - tokens) / float64(l.rate) * float64(time.Second)))
}

func (l *Limiter) slow(wait time.Duration) error {
	return &progress.Error{
		Code: progress.Limited, Err: &Slow{After: wait},
		Say: fmt.Sprintf("more than %g %s a second; slow down", float64(l.rate), l.what),
	}
}

func (l *Limiter) of(caller string, now time.Time) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	one, ok := l.callers[caller]
	if !ok {
		l.forget(now)
		one = rate.NewLimiter(l.rate, l.burst)
		l.callers[caller] = one
	}
	return one
}

// forget lets go of callers whose budget is full: they would begin with the
// same. It looks at most once a second.
func (l *Limiter) forget(now time.Time) {
	if len(l.callers) < maxCallers || now.Sub(l.swept) < time.Second {
		return
	}
	l.swept = now
	for name, one := range l.callers {
		if one.TokensAt(now) >= float64(l.burst) {
			delete(l.callers, name)
		}
	}
}
