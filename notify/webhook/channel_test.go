package webhook

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/guard"
	"github.com/taskherald/herald/notify/webhook/hookfake"
	"github.com/taskherald/herald/progress"
)

var secret = NewSecret()

// loopback is a guard that lets tests call this machine.
func loopback(t testing.TB) *guard.Guard {
	t.Helper()
	g, err := guard.New([]string{"127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// channel is one that has the secret for everybody.
func channel(t testing.TB, change func(*Options)) *Channel {
	t.Helper()
	o := Options{Guard: loopback(t), Keys: func(context.Context, string) (notify.Keys, error) { return notify.Keys{Current: secret}, nil }}
	if change != nil {
		change(&o)
	}
	c := New(o)
	t.Cleanup(c.Close)
	return c
}

// at is an address.
func at(url string) notify.Address { return notify.Address{Channel: Name, To: url, Key: "sub_1"} }

// ended is a letter that a task has ended, with an id.
func ended(id string) notify.Message {
	m := letter(taskWith(3), progress.Event{Seq: 5, Version: 7, Kind: progress.TaskCompleted})
	m.ID = id
	return m
}

// failure is what a send came to.
func failure(t testing.TB, err error) *notify.Failure {
	t.Helper()
	f, ok := errors.AsType[*notify.Failure](err)
	if !ok {
		t.Fatalf("it gives %v", err)
	}
	return f
}

func TestSend(t *testing.T) {
	t.Parallel()
	h := hookfake.New(t, secret)
	c := channel(t, func(o *Options) { o.Source, o.UserAgent = "https://herald.test", "Herald/1.2" })
	for _, id := range []string{"msg_1", "msg_1", "msg_2"} {
		if r, err := c.Send(t.Context(), at(h.URL), ended(id)); err != nil || r != (notify.Receipt{}) {
			t.Fatal(r, err)
		}
	}
	got := h.Got()
	if len(got) != 2 || got[0].ID != "msg_1" || got[0].Times != 2 || got[1].ID != "msg_2" {
		t.Fatalf("%+v", got)
	}
	m := got[0]
	if m.Type != "herald.task.completed" || m.Subject != "t1" || m.Text != "Your Shop task goes on" || m.Header.Get("User-Agent") != "Herald/1.2" {
		t.Errorf("%+v", m)
	}
	if d := time.Since(m.At); d < 0 || d > time.Minute {
		t.Errorf("the try is of %s ago", d)
	}
}

// TestTimeOfTry holds that each try has its own time, and the same id.
func TestTimeOfTry(t *testing.T) {
	t.Parallel()
	h := hookfake.New(t, secret)
	now := time.Now().Truncate(time.Second)
	c := channel(t, func(o *Options) { o.Now = func() time.Time { return now } })
	h.Fail(hookfake.Answer(500))
	_, err := c.Send(t.Context(), at(h.URL), ended("msg_1"))
	failure(t, err)
	now = now.Add(time.Minute)
	if _, err := c.Send(t.Context(), at(h.URL), ended("msg_1")); err != nil {
		t.Fatal(err)
	}
	if got := h.Got(); len(got) != 1 || !got[0].At.Equal(now) {
		t.Errorf("%+v", got)
	}
}

// TestRotation holds that a receiver may go over to the new secret whenever it
// likes, while both are good.
func TestRotation(t *testing.T) {
	t.Parallel()
	fresh := NewSecret()
	keys := notify.Keys{Current: fresh, Previous: secret, Until: time.Now().Add(time.Hour)}
	asked := ""
	c := channel(t, func(o *Options) {
		o.Keys = func(_ context.Context, holder string) (notify.Keys, error) { asked = holder; return keys, nil }
	})
	h := hookfake.New(t, secret)
	for i, s := range []string{secret, fresh} {
		h.Take(s)
		if _, err := c.Send(t.Context(), at(h.URL), ended(fmt.Sprint("msg_", i))); err != nil {
			t.Error(err)
		}
	}
	keys.Until = time.Now()
	h.Take(secret)
	_, err := c.Send(t.Context(), at(h.URL), ended("msg_2"))
	if f := failure(t, err); f.Fate != notify.Transient || len(h.Refused()) != 1 || len(h.Got()) != 2 {
		t.Errorf("after the overlap: %v", f)
	}
	if asked != "sub_1" {
		t.Errorf("the keys of %q were asked for", asked)
	}
}

func TestFates(t *testing.T) {
	t.Parallel()
	day := 24 * time.Hour
	in := func(d time.Duration) string { return time.Now().Add(d).UTC().Format(http.TimeFormat) }
	for name, c := range map[string]struct {
		fault hookfake.Fault
		fate  notify.Fate // "" for delivered
		after time.Duration
		doubt bool
	}{
		"200":                  {hookfake.Answer(200), "", 0, false},
		"202 with a body":      {hookfake.Fault{Status: 202, Body: strings.Repeat("x", 100<<10)}, "", 0, false},
		"204":                  {hookfake.Answer(204), "", 0, false},
		"410":                  {hookfake.Answer(410), notify.Gone, 0, false},
		"429":                  {hookfake.Answer(429), notify.Limited, 0, false},
		"429, seconds":         {hookfake.Wait(429, "7"), notify.Limited, 7 * time.Second, false},
		"429, parts of one":    {hookfake.Wait(429, "1.5"), notify.Limited, 1500 * time.Millisecond, false},
		"429, too long":        {hookfake.Wait(429, "999999999999"), notify.Limited, day, false},
		"429, below none":      {hookfake.Wait(429, "-5"), notify.Limited, 0, false},
		"429, no number":       {hookfake.Wait(429, "NaN"), notify.Limited, 0, false},
		"429, for ever":        {hookfake.Wait(429, "Inf"), notify.Limited, 0, false},
		"429, words":           {hookfake.Wait(429, "soon"), notify.Limited, 0, false},
		"429, past":            {hookfake.Wait(429, in(-time.Hour)), notify.Limited, 0, false},
		"429, far date":        {hookfake.Wait(429, in(48*time.Hour)), notify.Limited, day, false},
		"429, body":            {hookfake.Fault{Status: 429, Body: `{"retry_after": 2.5}`}, notify.Limited, 2500 * time.Millisecond, false},
		"429, both":            {hookfake.Fault{Status: 429, RetryAfter: "3", Body: `{"retry_after": 9}`}, notify.Limited, 3 * time.Second, false},
		"429, body of another": {hookfake.Fault{Status: 429, Body: `["slow"]`}, notify.Limited, 0, false},
		"503":                  {hookfake.Answer(503), notify.Transient, 0, false},
		"503, seconds":         {hookfake.Wait(503, "60"), notify.Limited, time.Minute, false},
		"503, body":            {hookfake.Fault{Status: 503, Body: `{"retry_after": 2}`}, notify.Limited, 2 * time.Second, false},
		"500, seconds":         {hookfake.Wait(500, "60"), notify.Transient, 0, false},
		"301":                  {hookfake.Answer(301), notify.Rejected, 0, false},
		"304":                  {hookfake.Answer(304), notify.Rejected, 0, false},
		"hung up before":       {hookfake.Fault{Cut: hookfake.BeforeReading}, notify.Transient, 0, true},
		"hung up after":        {hookfake.Fault{Cut: hookfake.AfterReading}, notify.Transient, 0, true},
		"kept and dropped":     {hookfake.Fault{Cut: hookfake.AfterKeeping}, notify.Transient, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := hookfake.New(t, secret)
			h.Fail(c.fault)
			_, err := channel(t, nil).Send(t.Context(), at(h.URL), ended("msg_1"))
			if c.fate == "" {
				if err != nil || len(h.Got()) != 1 {
					t.Errorf("it gives %v", err)
				}
				return
			}
			if f := failure(t, err); f.Fate != c.fate || f.After != c.after || f.Doubt != c.doubt {
				t.Errorf("it is %s after %s, doubt %t: %v", f.Fate, f.After, f.Doubt, f)
			}
			if len(h.Calls()) != 1 {
				t.Errorf("it was called %d times", len(h.Calls()))
			}
		})
	}
	for status, fate := range map[int]notify.Fate{
		400: notify.Rejected, 405: notify.Rejected, 411: notify.Rejected, 413: notify.Rejected, 415: notify.Rejected, 422: notify.Rejected,
		401: notify.Transient, 403: notify.Transient, 404: notify.Transient, 408: notify.Transient, 409: notify.Transient, 425: notify.Transient,
		500: notify.Transient, 502: notify.Transient, 504: notify.Transient, 599: notify.Transient, 300: notify.Rejected, 399: notify.Rejected,
	} {
		err := verdict("a.test", &http.Response{StatusCode: status}, nil, time.Now())
		if f := failure(t, err); f.Fate != fate {
			t.Errorf("%d is %s", status, f.Fate)
		}
	}
}

// TestRetryDate holds that a date counts from the receiver's own clock.
func TestRetryDate(t *testing.T) {
	t.Parallel()
	theirs := noon.Add(-3 * time.Hour)
	h := http.Header{"Retry-After": {theirs.Add(90 * time.Second).Format(http.TimeFormat)}, "Date": {theirs.Format(http.TimeFormat)}}
	if got := waitOf(h, nil, noon); got != 90*time.Second {
		t.Errorf("it waits %s", got)
	}
	h.Del("Date")
	if got := waitOf(h, nil, theirs.Truncate(time.Second)); got != 90*time.Second {
		t.Errorf("without its clock it waits %s", got)
	}
}

// TestSlow holds that a try ends in time, and that a message which was taken while
// nobody answered is in doubt and comes with the same id again.
func TestSlow(t *testing.T) {
	t.Parallel()
	h := hookfake.New(t, secret)
	c := channel(t, func(o *Options) { o.Timeout = 200 * time.Millisecond })
	h.Fail(hookfake.Fault{Slow: time.Minute})
	begun := time.Now()
	_, err := c.Send(t.Context(), at(h.URL), ended("msg_1"))
	if f := failure(t, err); f.Fate != notify.Transient || !f.Doubt || !strings.Contains(f.Error(), "in time") || time.Since(begun) > 20*time.Second {
		t.Errorf("after %s: %v, doubt %t", time.Since(begun), f, f.Doubt)
	}
	if _, err := c.Send(t.Context(), at(h.URL), ended("msg_1")); err != nil {
		t.Fatal(err)
	}
	if got := h.Got(); len(got) != 1 || got[0].Times != 2 {
		t.Errorf("%+v", got)
	}
}

// TestTrickle holds that an answer counts from its status on: what trickles after it
// holds nothing up, and what has come of it is read all the same.
func TestTrickle(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault hookfake.Fault
		fate  notify.Fate // "" for delivered
		after time.Duration
	}{
		"200":         {hookfake.Fault{Status: 200}, "", 0},
		"202, a body": {hookfake.Fault{Status: 202, Body: "ok"}, "", 0},
		"410":         {hookfake.Fault{Status: 410}, notify.Gone, 0},
		"429":         {hookfake.Fault{Status: 429, Body: `{"retry_after": 2.5}`}, notify.Limited, 2500 * time.Millisecond},
		"429, half":   {hookfake.Fault{Status: 429, Body: `{"retry_after": 2.5`}, notify.Limited, 0},
		"503, header": {hookfake.Fault{Status: 503, RetryAfter: "7"}, notify.Limited, 7 * time.Second},
		"500":         {hookfake.Fault{Status: 500}, notify.Transient, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := hookfake.New(t, secret)
			c.fault.Trickle = time.Hour
			h.Fail(c.fault)
			begun := time.Now()
			_, err := channel(t, func(o *Options) { o.Timeout = time.Minute }).Send(t.Context(), at(h.URL), ended("msg_1"))
			if took := time.Since(begun); took > 30*time.Second {
				t.Errorf("it took %s", took)
			}
			if c.fate == "" {
				if err != nil || len(h.Got()) != 1 {
					t.Errorf("it gives %v", err)
				}
				return
			}
			if f := failure(t, err); f.Fate != c.fate || f.After != c.after || f.Doubt {
				t.Errorf("it is %s after %s, doubt %t: %v", f.Fate, f.After, f.Doubt, f)
			}
		})
	}
}

// TestOneConnection holds that what is read of an answer lets the connection be used
// again, and that what trickles or is long does not.
func TestOneConnection(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault hookfake.Fault
		want  int
	}{
		"short": {hookfake.Fault{Status: 200, Body: "ok"}, 1},
		"no":    {hookfake.Fault{Status: 500, Body: strings.Repeat("x", 4000)}, 1},
		"long":  {hookfake.Fault{Status: 200, Body: strings.Repeat("x", 1<<20)}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := hookfake.New(t, secret)
			h.Down(c.fault)
			from := map[string]bool{}
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				from[r.RemoteAddr] = true
				h.ServeHTTP(w, r)
			}))
			ch := channel(t, nil)
			for range 3 {
				_, _ = ch.Send(t.Context(), at(server.URL), ended("msg_1"))
			}
			server.Close()
			if len(h.Calls()) != 3 || len(from) != c.want {
				t.Errorf("%d calls over %d connections, want %d", len(h.Calls()), len(from), c.want)
			}
		})
	}
}

// TestEnded holds that a send ends with its context.
func TestEnded(t *testing.T) {
	t.Parallel()
	h := hookfake.New(t, secret)
	h.Down(hookfake.Fault{Slow: time.Minute})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for len(h.Calls()) == 0 && ctx.Err() == nil {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	begun := time.Now()
	_, err := channel(t, nil).Send(ctx, at(h.URL), ended("msg_1"))
	if f := failure(t, err); f.Fate != notify.Transient || !errors.Is(err, context.Canceled) || time.Since(begun) > 10*time.Second {
		t.Errorf("after %s: %v", time.Since(begun), f)
	}
}

// TestRedirected holds that nothing is sent to where an answer leads.
func TestRedirected(t *testing.T) {
	t.Parallel()
	h, away := hookfake.New(t, secret), hookfake.New(t, secret)
	c := channel(t, nil)
	host, _, _ := strings.Cut(strings.TrimPrefix(h.URL, "http://"), "/")
	for _, to := range []string{away.URL, "https://none.invalid/s3cret", "://s3cret%zz"} {
		for _, status := range []int{301, 302, 303, 307, 308} {
			h.Fail(hookfake.Fault{Status: status, Location: to})
			_, err := c.Send(t.Context(), at(h.URL), ended("msg_1"))
			want := fmt.Sprintf("%s answered %d %s: redirects are not followed, give the address that it leads to", host, status, http.StatusText(status))
			if f := failure(t, err); f.Fate != notify.Rejected || f.Err.Error() != want {
				t.Errorf("%d to %s: %v, want %s", status, to, f, want)
			}
		}
	}
	if len(away.Calls()) > 0 {
		t.Error("it was followed")
	}
	for status, want := range map[int]string{
		300: "a.test answered 300 Multiple Choices", 304: "a.test answered 304 Not Modified", 305: "a.test answered 305 Use Proxy", 399: "a.test answered 399",
	} {
		if f := failure(t, verdict("a.test", &http.Response{StatusCode: status}, nil, noon)); f.Fate != notify.Rejected || f.Err.Error() != want {
			t.Errorf("%v, want %s", f, want)
		}
	}
}

// TestUnfit holds that an address which may not be called is not, and that it is
// said how it can be allowed.
func TestUnfit(t *testing.T) {
	t.Parallel()
	closed, err := guard.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := channel(t, func(o *Options) { o.Guard = closed })
	h := hookfake.New(t, secret)
	how := " with the setting allow_targets (HERALD_ALLOW_TARGETS)"
	private, plain := " is not on the public internet; an administrator can allow it"+how, "plain http is for targets that an administrator allows"+how
	for url, want := range map[string]string{
		h.URL: "127.0.0.1" + private,
		strings.Replace(h.URL, "http:", "https:", 1): "127.0.0.1" + private,
		"https://[::1]/s3cret":                       "::1" + private,
		"https://localhost/s3cret":                   "localhost" + private,
		"http://example.com/s3cret":                  "the address must begin with https://; " + plain,
		"http://1.1.1.1/s3cret":                      "the address must begin with https://; " + plain,
		"https://s3cret:x@example.com/":              "the address must not hold a user or a password",
		"https://example.com/#s3cret":                "the address must not have a fragment: what follows # is never sent",
		"https://example.com:/s3cret":                "the address has no port after its colon",
		"https://example.com:0/s3cret":               "the address has no port from 1 to 65535",
		"https://127.1/s3cret":                       "the address has no host that can be called: an address is written with four plain numbers, or in IPv6",
		"https://[fe80::1%25s3cret]/":                "the address must not hold a zone",
		"https://s3c ret/":                           "the address is not a URL",
		"s3cret":                                     "the address must be a whole URL that begins with https://",
		"":                                           "the address must be a whole URL that begins with https://",
	} {
		_, err := c.Send(t.Context(), at(url), ended("msg_1"))
		if f := failure(t, err); f.Fate != notify.Rejected || f.Err.Error() != want {
			t.Errorf("%q:\n%s: %v\nwant %s", url, f.Fate, f.Err, want)
		}
	}
	if len(h.Calls()) > 0 {
		t.Error("it was called")
	}
}

// TestErrors holds that no error tells a URL beyond its host, a secret, or what
// the far side writes.
func TestErrors(t *testing.T) {
	t.Parallel()
	h := hookfake.New(t, secret)
	tls := httptest.NewTLSServer(http.NotFoundHandler())
	defer tls.Close()
	dead := httptest.NewServer(http.NotFoundHandler())
	dead.Close()
	c := channel(t, nil)
	host := strings.TrimPrefix(dead.URL, "http://")
	for _, x := range []struct {
		url   string
		fault hookfake.Fault
		want  string
		doubt bool
	}{
		{h.URL, hookfake.Fault{Status: 500, Body: "s3cret"}, "500 Internal Server Error", false},
		{h.URL, hookfake.Answer(599), "answered 599", false},
		{h.URL, hookfake.Fault{Cut: hookfake.AfterReading}, "hung up", true},
		{dead.URL + "/s3cret?s3cret", hookfake.Fault{}, host + ": connection refused", false},
		{tls.URL + "/s3cret", hookfake.Fault{}, "certificate of 127.0.0.1", false},
		{"https://none.invalid/s3cret?s3cret", hookfake.Fault{}, "none.invalid", false},
	} {
		if x.url == h.URL {
			h.Fail(x.fault)
		}
		_, err := c.Send(t.Context(), at(x.url), ended("msg_1"))
		f := failure(t, err)
		if f.Fate != notify.Transient || f.Doubt != x.doubt || !strings.Contains(f.Error(), x.want) {
			t.Errorf("%s: %v, doubt %t, want %q", x.url, f, f.Doubt, x.want)
		}
		for e := error(f); e != nil; e = errors.Unwrap(e) {
			if strings.Contains(e.Error(), "s3cret") || strings.Contains(e.Error(), secret) {
				t.Errorf("%s: a secret is told: %v", x.url, e)
			}
		}
	}
}

// TestKeys holds what becomes of a message that nobody can sign.
func TestKeys(t *testing.T) {
	t.Parallel()
	h := hookfake.New(t, secret)
	for name, c := range map[string]struct {
		keys notify.Keys
		err  error
		want notify.Fate
	}{
		"none":    {notify.Keys{}, &progress.Error{Code: progress.NotFound, Say: "hush"}, notify.Rejected},
		"not now": {notify.Keys{}, errors.New("hush"), notify.Transient},
		"broken":  {notify.Keys{Current: "hush!"}, nil, notify.Rejected},
	} {
		ch := channel(t, func(o *Options) {
			o.Keys = func(context.Context, string) (notify.Keys, error) { return c.keys, c.err }
		})
		_, err := ch.Send(t.Context(), at(h.URL), ended("msg_1"))
		if f := failure(t, err); f.Fate != c.want || strings.Contains(f.Error(), "hush") {
			t.Errorf("%s: %v", name, f)
		}
	}
	if len(h.Calls()) > 0 {
		t.Error("it was called")
	}
}

// TestNoJSON holds that a message which is none is dead, not tried for ever.
func TestNoJSON(t *testing.T) {
	t.Parallel()
	m := ended("msg_1")
	m.Task.Result = []byte("{")
	_, err := channel(t, nil).Send(t.Context(), at("https://example.com/"), m)
	if f := failure(t, err); f.Fate != notify.Rejected {
		t.Error(f)
	}
}

// TestCrowd sends to many receivers at the same time.
func TestCrowd(t *testing.T) {
	t.Parallel()
	c := channel(t, nil)
	var hooks []*hookfake.Hook
	var all sync.WaitGroup
	for i := range 8 {
		h := hookfake.New(t, secret)
		hooks = append(hooks, h)
		all.Go(func() {
			for n := range 20 {
				if _, err := c.Send(t.Context(), at(h.URL), ended(fmt.Sprintf("msg_%d_%d", i, n))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	for i, h := range hooks {
		for n, m := range h.Got() {
			if m.ID != fmt.Sprintf("msg_%d_%d", i, n) || m.Times != 1 {
				t.Errorf("%d got %s", i, m.ID)
			}
		}
		if len(h.Got()) != 20 {
			t.Errorf("%d got %d", i, len(h.Got()))
		}
	}
}
