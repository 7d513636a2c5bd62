package hookfake

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

const (
	key   = "0123456789abcdef0123456789abcdef"
	other = "another key that has 32 bytes ok"
)

func secretOf(key string) string { return "whsec_" + base64.StdEncoding.EncodeToString([]byte(key)) }

const good = `{"specversion":"1.0","id":"msg_1","source":"herald","type":"herald.task.completed","subject":"t1",` +
	`"time":"2026-01-31T12:00:00.000Z","datacontenttype":"application/json","data":{"text":"It is ready."}}`

// call is a call that may be spoilt.
type call struct {
	method, id, stamp, signature, kind, body string
	header                                   http.Header
}

// fine is one that is not; spoil changes it before it is signed.
func fine(spoil func(*call)) call {
	c := call{method: "POST", id: "msg_1", stamp: strconv.FormatInt(time.Now().Unix(), 10), kind: "application/cloudevents+json", body: good, header: http.Header{}}
	if spoil != nil {
		spoil(&c)
	}
	if c.signature == "" {
		c.signature = signature(key, c)
	}
	return c
}

func signature(key string, c call) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(c.id + "." + c.stamp + "." + c.body))
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// to sends it and returns the answer's status, 0 without one.
func (c call) to(t *testing.T, h *Hook) (int, http.Header) {
	t.Helper()
	r, err := http.NewRequest(c.method, h.URL, bytes.NewReader([]byte(c.body)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = c.header
	for name, value := range map[string]string{"webhook-id": c.id, "webhook-timestamp": c.stamp, "webhook-signature": c.signature, "Content-Type": c.kind} {
		r.Header.Set(name, value)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, Transport: &http.Transport{DisableKeepAlives: true}}
	a, err := client.Do(r)
	if err != nil {
		return 0, nil
	}
	defer a.Body.Close()
	_, _ = io.Copy(io.Discard, a.Body)
	return a.StatusCode, a.Header
}

func TestKeeps(t *testing.T) {
	t.Parallel()
	h := New(t, secretOf(other), secretOf(key))
	for range 2 {
		if s, _ := fine(nil).to(t, h); s != http.StatusNoContent {
			t.Fatal(s)
		}
	}
	two := func(c *call) { c.id, c.body = "msg_2", strings.Replace(good, "msg_1", "msg_2", 1) }
	if s, _ := fine(two).to(t, h); s != http.StatusNoContent {
		t.Fatal(s)
	}
	got := h.Got()
	if len(got) != 2 || got[0].ID != "msg_1" || got[0].Times != 2 || got[1].ID != "msg_2" || got[1].Times != 1 || len(h.Calls()) != 3 {
		t.Fatalf("%+v", got)
	}
	if m := got[0]; m.Text != "It is ready." || m.Type != "herald.task.completed" || m.Subject != "t1" || time.Since(m.At) > time.Minute || string(m.Body) != good {
		t.Errorf("%+v", m)
	}
}

func TestRotated(t *testing.T) {
	t.Parallel()
	h := New(t, secretOf(other))
	both := func(c *call) { c.signature = signature(key, *c) + " " + signature(other, *c) }
	if s, _ := fine(both).to(t, h); s != http.StatusNoContent {
		t.Error("two signatures:", s)
	}
	h.Take(secretOf(key))
	if s, _ := fine(nil).to(t, h); s != http.StatusNoContent {
		t.Error("the new one:", s)
	}
	h.Take(secretOf(other))
	if s, _ := fine(nil).to(t, h); s != http.StatusUnauthorized || len(h.Refused()) != 1 {
		t.Error("the old one:", s)
	}
}

func TestRefuses(t *testing.T) {
	t.Parallel()
	at := func(d time.Duration) string { return strconv.FormatInt(time.Now().Add(d).Unix(), 10) }
	swap := func(from, to string) func(*call) {
		return func(c *call) { c.body = strings.Replace(c.body, from, to, 1) }
	}
	for name, c := range map[string]struct {
		spoil func(*call)
		want  int
	}{
		"method":                  {func(c *call) { c.method = "PUT" }, 405},
		"content type":            {func(c *call) { c.kind = "application/json" }, 415},
		"user agent":              {func(c *call) { c.header.Set("User-Agent", "") }, 400},
		"cookie":                  {func(c *call) { c.header.Set("Cookie", "a=b") }, 400},
		"authorization":           {func(c *call) { c.header.Set("Authorization", "Bearer x") }, 400},
		"no id":                   {func(c *call) { c.id = "" }, 400},
		"no time":                 {func(c *call) { c.stamp = "" }, 401},
		"old":                     {func(c *call) { c.stamp = at(-6 * time.Minute) }, 401},
		"new":                     {func(c *call) { c.stamp = at(6 * time.Minute) }, 401},
		"another key":             {func(c *call) { c.signature = signature(other, *c) }, 401},
		"another body":            {func(c *call) { c.signature = signature(key, *c); swap("ready", "broken")(c) }, 401},
		"another id":              {func(c *call) { c.signature = signature(key, *c); c.id = "msg_2" }, 401},
		"another time":            {func(c *call) { c.signature = signature(key, *c); c.stamp = at(-time.Minute) }, 401},
		"no signature":            {func(c *call) { c.signature = " " }, 401},
		"a signature among junk":  {func(c *call) { c.signature = signature(key, *c) + " v1,x" }, 401},
		"another version":         {func(c *call) { c.signature = "v2" + signature(key, *c)[2:] }, 401},
		"id of the event":         {swap("msg_1", "msg_9"), 400},
		"version":                 {swap(`"1.0"`, `"0.3"`), 400},
		"source":                  {swap(`"source":"herald"`, `"source":""`), 400},
		"type":                    {swap("herald.task", "task"), 400},
		"time":                    {swap("2026-01-31T12", "2026-01-31 12"), 400},
		"data type":               {swap("application/json", "text/json"), 400},
		"attribute":               {swap(`"subject"`, `"Sub_ject"`), 400},
		"no data":                 {swap(`,"data":{"text":"It is ready."}`, ""), 400},
		"data that are no object": {swap(`{"text":"It is ready."}`, `"It is ready."`), 400},
		"no words":                {swap("It is ready.", ""), 400},
		"no JSON":                 {func(c *call) { c.body = c.body[1:] }, 400},
		"no UTF-8":                {swap("ready", "\xff"), 400},
		"too large":               {func(c *call) { c.body = strings.Replace(c.body, "ready", strings.Repeat("x", 1<<20), 1) }, 413},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := New(t, secretOf(key))
			if s, _ := fine(c.spoil).to(t, h); s != c.want {
				t.Errorf("%d, want %d", s, c.want)
			}
			if len(h.Got()) > 0 || len(h.Refused()) != 1 {
				t.Errorf("kept %v, refused %q", h.Got(), h.Refused())
			}
		})
	}
	h := New(t, secretOf(key))
	fine(nil).to(t, h)
	if s, _ := fine(swap("task.completed", "task.failed")).to(t, h); s != 400 || len(h.Got()) != 1 || len(h.Refused()) != 1 {
		t.Error("one id for two things:", s)
	}
}

// TestTells holds that a refusal which nobody asks for fails the test.
func TestTells(t *testing.T) {
	t.Parallel()
	told := &failing{TB: t}
	h := New(t, secretOf(key))
	h.t = told
	fine(func(c *call) { c.signature = signature(other, *c) }).to(t, h)
	h.settle()
	if told.said != 1 {
		t.Errorf("it was told %d times", told.said)
	}
	if h.Refused(); len(h.refused) != 1 {
		t.Error(h.refused)
	}
	h.settle()
	if told.said != 1 {
		t.Error("it is told though the test knows")
	}
}

type failing struct {
	testing.TB
	said int
}

func (f *failing) Errorf(string, ...any) { f.said++ }

func TestFaults(t *testing.T) {
	t.Parallel()
	h := New(t, secretOf(key))
	for name, c := range map[string]struct {
		fault Fault
		want  int
		kept  int
	}{
		"answer":   {Answer(418), 418, 0},
		"accepted": {Answer(202), 202, 1},
		"before":   {Fault{Cut: BeforeReading}, 0, 0},
		"after":    {Fault{Cut: AfterReading}, 0, 0},
		"keeping":  {Fault{Cut: AfterKeeping}, 0, 1},
	} {
		h := New(t, secretOf(key))
		h.Fail(c.fault)
		if s, _ := fine(nil).to(t, h); s != c.want || len(h.Got()) != c.kept || len(h.Calls()) != 1 {
			t.Errorf("%s: %d, %d kept, %d calls", name, s, len(h.Got()), len(h.Calls()))
		}
		if s, _ := fine(nil).to(t, h); s != 204 || len(h.Got()) != 1 {
			t.Errorf("after %s: %d", name, s)
		}
	}
	h.Fail(Wait(429, "7"), Redirect("https://example.test/"))
	if s, head := fine(nil).to(t, h); s != 429 || head.Get("Retry-After") != "7" {
		t.Error("wait:", s, head)
	}
	if s, head := fine(nil).to(t, h); s != 308 || head.Get("Location") != "https://example.test/" {
		t.Error("redirect:", s, head)
	}
	h.Down(Fault{Status: 503, Slow: 30 * time.Millisecond})
	begun := time.Now()
	for range 2 {
		if s, _ := fine(nil).to(t, h); s != 503 {
			t.Error("down:", s)
		}
	}
	if time.Since(begun) < 60*time.Millisecond {
		t.Error("it answers at once")
	}
	h.Up()
	h.Fail(Fault{Status: 200, Body: "{}", Trickle: 50 * time.Millisecond})
	begun = time.Now()
	if s, _ := fine(nil).to(t, h); s != 200 || time.Since(begun) < 50*time.Millisecond {
		t.Errorf("trickle: %d, whole after %s", s, time.Since(begun))
	}
	if s, _ := fine(nil).to(t, h); s != 204 {
		t.Error("up:", s)
	}
}
