package discord

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// How often a session is begun. A day has a thousand: who begins more is shut out, and the token
// with them. So there is a store of some for a bad hour, which fills again slower than a
// thousand a day; and as other processes with the same token begin sessions too, one that
// crashes at its start not the least, the second half of the thousand is made to last.
const (
	mostStarts = 10
	startEvery = 2 * time.Minute // within which one more is in the store
	startGap   = 5 * time.Second // between two; Discord answers a second one with "no session"
	mostSpread = 15 * time.Minute
)

// budget is how often a session may be begun.
type budget struct {
	spent float64   // of the store, when the last began
	last  time.Time // that one was begun; zero if none was
}

// wait is for how long no session may be begun.
func (b *budget) wait(now time.Time, d Entrance) time.Duration {
	if b.last.IsZero() {
		return d.spread()
	}
	since := now.Sub(b.last)
	wait := max(startGap, d.spread()) - since
	if b.spent > mostStarts-1 {
		wait = max(wait, time.Duration((b.spent-mostStarts+1)*float64(startEvery))-since)
	}
	return max(wait, 0)
}

// spend notes that a session is begun.
func (b *budget) spend(now time.Time) {
	if !b.last.IsZero() {
		b.spent = max(0, b.spent-float64(now.Sub(b.last))/float64(startEvery))
	}
	b.spent++
	b.last = now
}

// spread is how far apart those have to be that are left, so that they last until there are more.
func (d Entrance) spread() time.Duration {
	if d.Total <= 0 || d.Left > d.Total/2 {
		return 0
	}
	return min(d.Reset/time.Duration(max(d.Left, 1)), mostSpread)
}

// shut reports whether no session may be begun. The last of a thousand are left, as nobody says
// whether the token goes with the last or after it.
func (d Entrance) shut() bool { return d.Total > 0 && d.Left <= d.Total/100 }

// shutError is that no more sessions may be begun.
type shutError struct{ reset time.Duration }

func (e *shutError) Error() string {
	return fmt.Sprintf("no more sessions may be begun with this token for %s", e.reset.Round(time.Second))
}

// address is where to connect to, after as long as it takes until that may be done.
func (g *gateway) address(ctx context.Context) (string, error) {
	if at, ok := g.session.resume(); ok {
		return at, nil
	}
	d, err := g.door(ctx)
	if err != nil {
		return "", err
	}
	at, err := socketURL(d.URL)
	if err != nil || g.session.id != "" {
		return at, err
	}
	if d.shut() {
		return "", &shutError{d.Reset}
	}
	if wait := g.budget.wait(time.Now(), d); wait > 0 {
		g.log.Info("waits before it begins a session with Discord, as a day has only so many", "wait", wait.Round(time.Millisecond), "left", d.Left)
		return at, rest(ctx, wait, nil)
	}
	return at, nil
}

// socketURL is an address as one to connect to, which says how the gateway is to talk.
func socketURL(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "ws" && u.Scheme != "wss" {
		return "", errors.New("the address of the gateway is no URL of one")
	}
	if u.Path == "" {
		u.Path = "/"
	}
	u.RawQuery, u.Fragment, u.User = url.Values{"v": {"10"}, "encoding": {"json"}}.Encode(), "", nil
	return u.String(), nil
}

// secure reports whether nobody on the way can read what is said to an address.
func secure(address string) bool { return strings.HasPrefix(address, "wss:") }
