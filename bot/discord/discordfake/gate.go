package discordfake

import (
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The bounds for all calls together.
const (
	mostCalls  = 50 // within a second
	invalidFor = 10 * time.Minute

	mostShared = 30 // followups in a channel, over all interactions there
	sharedFor  = time.Minute
)

// gate counts calls against the limits. The lock of its [Discord] guards it.
type gate struct {
	most    int // invalid calls
	windows map[string]*window
	all     []time.Time // within the last second
	until   map[string]time.Time
	invalid []time.Time
	limited []Limit
}

// window is one bucket: so many calls from the first on.
type window struct {
	began time.Time
	used  int
}

// Limit is one call that was answered with 429.
type Limit struct {
	Route  string
	Major  string // the channel, server or webhook whose bucket was empty; "" for the global one
	Global bool
	At     time.Time
	After  time.Duration // as the answer said
	Hasty  bool          // it came before what the last answer had said
}

func newGate(invalid int) *gate {
	return &gate{most: invalid, windows: map[string]*window{}, until: map[string]time.Time{}}
}

// verdict is what the gate says of a call.
type verdict struct {
	after  time.Duration // that it has to wait, 0 for none
	global bool
	header http.Header
}

// pass counts a call; room is the channel of an interaction.
func (g *gate) pass(r route, vars map[string]string, room string) verdict {
	now := time.Now()
	about := major(vars)
	if !interacting(r) {
		if after := g.global(now); after > 0 {
			return g.refuse(Limit{Route: r.name, Global: true, At: now, After: after}, "global")
		}
	}
	if r.calls == 0 {
		return verdict{header: http.Header{}}
	}
	key := r.name + " " + about
	w := g.window(key, r.per, now)
	rest := w.began.Add(r.per).Sub(now)
	if w.used >= r.calls {
		v := g.refuse(Limit{Route: r.name, Major: about, At: now, After: rest}, key)
		bucket(v.header, r, 0, rest)
		return v
	}
	if r.name == CreateFollowup {
		all := g.window("followups "+room, sharedFor, now)
		if all.used >= mostShared {
			v := g.refuse(Limit{Route: r.name, Major: room, At: now, After: all.began.Add(sharedFor).Sub(now)}, "followups "+room)
			v.header.Set("X-RateLimit-Scope", "shared")
			return v
		}
		all.used++
	}
	w.used++
	header := http.Header{}
	bucket(header, r, r.calls-w.used, rest)
	return verdict{header: header}
}

// window is the bucket of that name, a new one if the last is over.
func (g *gate) window(key string, per time.Duration, now time.Time) *window {
	w := g.windows[key]
	if w == nil || now.Sub(w.began) >= per {
		w = &window{began: now}
		g.windows[key] = w
	}
	return w
}

// interacting tells whether a call is about an interaction: those do not count for the
// global bound.
func interacting(r route) bool {
	return strings.Contains(r.name, "{token}")
}

// global looks at all calls of the last second.
func (g *gate) global(now time.Time) time.Duration {
	g.all = slices.DeleteFunc(g.all, func(at time.Time) bool { return now.Sub(at) >= time.Second })
	if len(g.all) >= mostCalls {
		return g.all[len(g.all)-mostCalls].Add(time.Second).Sub(now)
	}
	g.all = append(g.all, now)
	return 0
}

// refuse notes a call that is too many.
func (g *gate) refuse(l Limit, key string) verdict {
	l.Hasty = l.At.Before(g.until[key])
	g.until[key] = l.At.Add(l.After)
	g.limited = append(g.limited, l)
	header := http.Header{}
	header.Set("X-RateLimit-Scope", "user")
	if l.Global {
		header.Set("X-RateLimit-Scope", "global")
		header.Set("X-RateLimit-Global", "true")
	}
	header.Set("Retry-After", strconv.Itoa(int(math.Ceil(l.After.Seconds()))))
	return verdict{after: l.After, global: l.Global, header: header}
}

// bucket writes what an answer says of its bucket.
func bucket(h http.Header, r route, left int, rest time.Duration) {
	h.Set("X-RateLimit-Limit", strconv.Itoa(r.calls))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(left))
	h.Set("X-RateLimit-Reset", decimal(float64(time.Now().Add(rest).UnixMilli())/1000))
	h.Set("X-RateLimit-Reset-After", decimal(rest.Seconds()))
	h.Set("X-RateLimit-Bucket", hashed(r.name))
}

func decimal(seconds float64) string { return strconv.FormatFloat(seconds, 'f', 3, 64) }

// hashed is the name of a bucket, which says nothing of the route.
func hashed(name string) string {
	sum := uint64(14695981039346656037)
	for _, b := range []byte(name) {
		sum = (sum ^ uint64(b)) * 1099511628211
	}
	return strconv.FormatUint(sum, 16)
}

// count notes an answer: too many that are invalid, and the address is banned for a
// while.
func (g *gate) count(status int) {
	if status == http.StatusUnauthorized || status == http.StatusForbidden || status == http.StatusTooManyRequests {
		g.invalid = append(g.invalid, time.Now())
	}
}

// banned tells whether there were too many.
func (g *gate) banned() bool {
	now := time.Now()
	g.invalid = slices.DeleteFunc(g.invalid, func(at time.Time) bool { return now.Sub(at) >= invalidFor })
	return len(g.invalid) >= g.most
}

// Limited are the calls that were answered with 429 because of a limit, so far. Those
// that [Discord.Fail] made so are not among them.
func (d *Discord) Limited() []Limit {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.gate.limited)
}

// Invalid is how many calls within the last ten minutes were answered with 401, 403 or
// 429: at 10,000 Discord bans the address.
func (d *Discord) Invalid() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.gate.banned()
	return len(d.gate.invalid)
}
