package discord_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskherald/herald/bot/discord"
)

// weir is a far side that counts: five calls in five seconds of a route in a channel, and
// fifty a second in all, and that takes its time to answer.
type weir struct {
	mu      sync.Mutex
	windows map[string][]time.Time
	calls   []time.Time
	over    int // calls that were too many
	slow    func(n int) time.Duration
	next    *http.Response // instead of the next answer
}

const (
	weirCalls  = 5
	weirWindow = 5 * time.Second
)

func newWeir() *weir {
	return &weir{windows: map[string][]time.Time{}, slow: func(n int) time.Duration { return time.Duration(n%7) * 13 * time.Millisecond }}
}

func (w *weir) RoundTrip(r *http.Request) (*http.Response, error) {
	status, h, n := w.count(r)
	time.Sleep(w.slow(n)) // answers overtake each other
	w.mu.Lock()
	next := w.next
	w.next = nil
	w.mu.Unlock()
	if next != nil {
		return next, nil
	}
	return says(status, h, `{"id":"9","channel_id":"8"}`)
}

func (w *weir) count(r *http.Request) (status int, h http.Header, n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	open := strings.Contains(r.URL.Path, "/webhooks/") || strings.Contains(r.URL.Path, "/interactions/")
	if !open {
		w.calls = append(within(w.calls, now, time.Second), now)
	}
	key := r.Method + " " + r.URL.Path
	name := "of-" + r.Method
	begun := w.windows[key]
	if len(begun) > 0 && now.Sub(begun[0]) >= weirWindow {
		begun = nil
	}
	begun = append(begun, now)
	w.windows[key] = begun
	h = http.Header{}
	h.Set("X-RateLimit-Bucket", name)
	h.Set("X-RateLimit-Limit", strconv.Itoa(weirCalls))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(max(weirCalls-len(begun), 0)))
	h.Set("X-RateLimit-Reset-After", fmt.Sprintf("%.3f", (weirWindow-now.Sub(begun[0])).Seconds()))
	if len(begun) > weirCalls || len(w.calls) > 50 {
		w.over++
		return http.StatusTooManyRequests, h, len(begun)
	}
	return http.StatusOK, h, len(begun)
}

func within(calls []time.Time, now time.Time, d time.Duration) []time.Time {
	for len(calls) > 0 && now.Sub(calls[0]) >= d {
		calls = calls[1:]
	}
	return calls
}

func (w *weir) client() *discord.Client {
	return discord.NewClient(discord.ClientOptions{Token: aToken, Transport: w})
}

func problem(t testing.TB, err error) *discord.Problem {
	t.Helper()
	p, ok := errors.AsType[*discord.Problem](err)
	if !ok {
		t.Fatalf("it gives %v", err)
	}
	return p
}

// TestNeverTooFast holds that in an hour in which twenty make calls as fast as they may no
// bucket is ever asked for too much, though answers overtake each other; and that hardly
// anything is left unused.
func TestNeverTooFast(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWeir()
		c := w.client()
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		const rooms = 4
		var wg sync.WaitGroup
		var mu sync.Mutex
		done := 0
		for n := range 20 {
			wg.Go(func() {
				for ctx.Err() == nil {
					_, err := c.CreateMessage(ctx, strconv.Itoa(n%rooms), discord.Draft{})
					if err == nil {
						mu.Lock()
						done++
						mu.Unlock()
						continue
					}
					if p := problem(t, err); p.Status == http.StatusTooManyRequests {
						time.Sleep(p.After)
					}
				}
			})
		}
		wg.Wait()
		if w.over > 0 {
			t.Errorf("%d calls were too many", w.over)
		}
		if most := rooms * weirCalls * int(time.Hour/weirWindow); done < most*95/100 {
			t.Errorf("%d of %d calls", done, most)
		}
	})
}

// TestAllTogether holds the bound on all calls of a second, which interactions are not under.
func TestAllTogether(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWeir()
		c := w.client()
		var wg sync.WaitGroup
		begun := time.Now()
		for n := range 450 {
			wg.Go(func() {
				if _, err := c.CreateMessage(t.Context(), strconv.Itoa(n), discord.Draft{}); err != nil {
					t.Error(err)
				}
			})
		}
		time.Sleep(10 * time.Millisecond)
		at := time.Now()
		for n := range 200 {
			if err := c.Callback(t.Context(), strconv.Itoa(n), fmt.Sprint("hook", n), discord.Response{Type: 5}); err != nil {
				t.Error(err)
			}
		}
		if took := time.Since(at); took > 20*time.Second {
			t.Errorf("200 interactions wait for %s", took)
		}
		wg.Wait()
		if took := time.Since(begun); w.over > 0 || took > 11*time.Second {
			t.Errorf("%d were too many, it took %s", w.over, took)
		}
	})
}

// TestLongWait holds that nobody waits for long, or longer than they can: they are told for
// how long instead.
func TestLongWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWeir()
		c := w.client()
		send := func(ctx context.Context) error {
			_, err := c.CreateMessage(ctx, "1", discord.Draft{})
			return err
		}
		for range weirCalls {
			if err := send(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		soon, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begun := time.Now()
		p := problem(t, send(soon))
		if p.Status != http.StatusTooManyRequests || p.After < 4*time.Second || p.After > weirWindow || p.Doubt || time.Since(begun) > 0 {
			t.Errorf("%v, after %s, in %s", p, p.After, time.Since(begun))
		}
		ctx, stop := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, stop)
		if p := problem(t, send(ctx)); p.Status != 0 || p.Doubt || time.Since(begun) != time.Second || !errors.Is(p, context.Canceled) {
			t.Errorf("%v in %s", p, time.Since(begun))
		}
		if err := send(t.Context()); err != nil || time.Since(begun) > weirWindow {
			t.Errorf("%v in %s", err, time.Since(begun))
		}
	})
}

// TestTooMany holds what an answer with 429 means: for the bucket, for all calls, or for none
// but this one.
func TestTooMany(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		header      http.Header
		body        string
		after       time.Duration
		room, other time.Duration // from when on calls are made there, and elsewhere
	}{
		"bucket":  {http.Header{"X-Ratelimit-Scope": {"user"}}, `{"retry_after":2.5,"global":false}`, 2500 * time.Millisecond, 2520 * time.Millisecond, 0},
		"shared":  {http.Header{"X-Ratelimit-Scope": {"shared"}}, `{"retry_after":2.5}`, 2500 * time.Millisecond, 2520 * time.Millisecond, 0},
		"global":  {http.Header{"X-Ratelimit-Global": {"true"}}, `{"retry_after":1.5,"global":true}`, 1500 * time.Millisecond, 1500 * time.Millisecond, 1500 * time.Millisecond},
		"before":  {http.Header{"Retry-After": {"3"}}, `<html>error code: 1015`, 3 * time.Second, 3 * time.Second, 3 * time.Second},
		"message": {http.Header{}, `{"code":30046,"retry_after":3000}`, 50 * time.Minute, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWeir()
				w.slow = func(int) time.Duration { return 0 }
				cl := w.client()
				w.next, _ = says(http.StatusTooManyRequests, c.header, c.body)
				_, err := cl.CreateMessage(t.Context(), "1", discord.Draft{})
				if p := problem(t, err); p.After != c.after {
					t.Errorf("after %s", p.After)
				}
				begun := time.Now()
				for room, want := range map[string]time.Duration{"2": c.other, "1": c.room} {
					if _, err := cl.CreateMessage(t.Context(), room, discord.Draft{}); err != nil || time.Since(begun) < want {
						t.Errorf("%s: %v after %s, want %s", room, err, time.Since(begun), want)
					}
				}
				if took := time.Since(begun); took != max(c.room, c.other) {
					t.Errorf("it took %s", took)
				}
				if err := cl.Callback(t.Context(), "1", "hook", discord.Response{Type: 5}); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// TestRest holds how long Discord wants to be left alone, however that is written.
func TestRest(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"": 0, "7": 7 * time.Second, "0": 0, "-5": 0, "1.5": 1500 * time.Millisecond, "soon": 0, "NaN": 0, "Inf": 0, "99999999": 24 * time.Hour,
		"Sat, 31 Jan 2026 12:00:30 GMT": 30 * time.Second,
	} {
		c := client(func(*http.Request) (*http.Response, error) {
			return says(http.StatusTooManyRequests, http.Header{"Retry-After": {text}, "Date": {"Sat, 31 Jan 2026 12:00:00 GMT"}}, "")
		})
		_, err := c.Me(t.Context())
		if p := problem(t, err); p.Status != http.StatusTooManyRequests || p.After != want {
			t.Errorf("%q: %v after %v, want %v", text, err, p.After, want)
		}
	}
}

// TestBadToken holds that a token which is refused twice in a row is not tried again for a
// minute, and that interactions, which need none, are answered all the same.
func TestBadToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		good := false
		c := client(func(*http.Request) (*http.Response, error) {
			if calls++; good {
				return says(http.StatusOK, nil, `{"id":"2"}`)
			}
			return says(http.StatusUnauthorized, nil, `{"message":"401: Unauthorized","code":0}`)
		})
		for range 10 {
			if _, err := c.Me(t.Context()); problem(t, err).Status != http.StatusUnauthorized {
				t.Error(err)
			}
		}
		if calls != 2 {
			t.Errorf("%d calls", calls)
		}
		good = true
		if err := c.Callback(t.Context(), "1", "hook", discord.Response{Type: 5}); err != nil {
			t.Error(err)
		}
		if _, err := c.Me(t.Context()); err == nil {
			t.Error("it was asked again at once")
		}
		time.Sleep(time.Minute)
		if _, err := c.Me(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// TestRefusedTooOften holds that Discord is not called any more long before it would shut an
// address out, and is again after ten minutes; what is not our fault does not count.
func TestRefusedTooOften(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		calls, scope := 0, "shared"
		c := client(func(*http.Request) (*http.Response, error) {
			if calls++; scope != "" {
				return says(http.StatusTooManyRequests, http.Header{"X-Ratelimit-Scope": {scope}}, `{"retry_after":0.001}`)
			}
			return says(http.StatusForbidden, nil, `{"code":50001}`)
		})
		try := func(n int) *discord.Problem {
			_, err := c.CreateMessage(t.Context(), strconv.Itoa(n), discord.Draft{})
			return problem(t, err)
		}
		for n := range 5001 {
			try(n)
		}
		if calls != 5001 {
			t.Errorf("%d calls", calls)
		}
		scope, calls = "", 0
		for n := range 5100 {
			if p := try(n); (p.Code != 50001) != (calls == 5000 && n >= 5000) {
				t.Fatalf("call %d: %v", n, p)
			}
		}
		p := try(1)
		if calls != 5000 || p.After <= 0 || p.After > 10*time.Minute || !strings.Contains(p.Error(), "shut this server out") {
			t.Errorf("%d calls, %v after %s", calls, p, p.After)
		}
		time.Sleep(p.After)
		time.Sleep(2 * time.Minute) // it took so long
		if try(1); calls != 5001 {
			t.Errorf("%d calls", calls)
		}
	})
}
