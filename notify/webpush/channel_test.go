package webpush_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/webpush"
	"github.com/taskherald/herald/notify/webpush/pushfake"
)

// TestFates holds what each answer means.
func TestFates(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault pushfake.Fault
		fate  notify.Fate // "" for delivered
		after time.Duration
		doubt bool
	}{
		"200":          {pushfake.Fault{Status: 200}, "", 0, false},
		"202":          {pushfake.Fault{Status: 202}, "", 0, false},
		"400":          {pushfake.Fault{Status: 400}, notify.Rejected, 0, false},
		"401":          {pushfake.Fault{Status: 401}, notify.Unauthorized, 0, false},
		"403":          {pushfake.Fault{Status: 403, Reason: "BadJwtToken"}, notify.Unauthorized, 0, false},
		"404":          {pushfake.Fault{Status: 404}, notify.Gone, 0, false},
		"406":          {pushfake.Fault{Status: 406}, notify.Limited, 0, false},
		"410":          {pushfake.Fault{Status: 410}, notify.Gone, 0, false},
		"429":          {pushfake.Fault{Status: 429}, notify.Limited, 0, false},
		"429, seconds": {pushfake.Fault{Status: 429, RetryAfter: 7 * time.Second}, notify.Limited, 7 * time.Second, false},
		"429, date":    {pushfake.Fault{Status: 429, RetryAfter: time.Hour, Date: true}, notify.Limited, time.Hour, false},
		"500":          {pushfake.Fault{Status: 500}, notify.Transient, 0, false},
		"503":          {pushfake.Fault{Status: 503}, notify.Transient, 0, false},
		"503, seconds": {pushfake.Fault{Status: 503, RetryAfter: time.Minute}, notify.Limited, time.Minute, false},
		"dropped":      {pushfake.Fault{Drop: true}, notify.Transient, 0, true},
		"kept, lost":   {pushfake.Fault{Drop: true, Keep: true}, notify.Transient, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := pushfake.New(t)
			h := open(t, s.Certificate(), nil)
			_, to := h.join(t, s)
			s.Fail(c.fault)
			if c.fate == "" {
				h.send(t, to, letter(t, "t1", "It is done"))
				return
			}
			f := h.fails(t, to, letter(t, "t1", "It is done"))
			if f.Fate != c.fate || (f.After-c.after).Abs() > time.Second || f.Doubt != c.doubt {
				t.Errorf("it is %s after %s, doubt %t: %v", f.Fate, f.After, f.Doubt, f)
			}
			if n := len(s.Requests()); n != 1 {
				t.Errorf("there were %d requests", n)
			}
		})
	}
}

// TestSlow holds that a request ends in time.
func TestSlow(t *testing.T) {
	t.Parallel()
	s := pushfake.New(t)
	h := open(t, s.Certificate(), func(o *webpush.Options) { o.Timeout = time.Second })
	_, to := h.join(t, s)
	s.Fail(pushfake.Fault{Hang: true})
	if f := h.fails(t, to, letter(t, "t1", "It is done")); f.Fate != notify.Transient || !f.Doubt || !strings.Contains(f.Error(), "in time") {
		t.Errorf("%v, doubt %t", f, f.Doubt)
	}
}

// TestEndless holds that an answer counts from its status on: what follows without
// end, be it little or much, holds nothing up and is not read.
func TestEndless(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		part  int
		pause time.Duration
		most  int64 // bytes that the service may have got rid of
	}{
		"a trickle": {1, 20 * time.Millisecond, 4 << 10},
		"a flood":   {64 << 10, 0, 64 << 20},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var written atomic.Int64
			far := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(http.StatusCreated)
				for r.Context().Err() == nil {
					n, err := w.Write(make([]byte, c.part))
					if written.Add(int64(n)); err != nil || http.NewResponseController(w).Flush() != nil {
						return
					}
					time.Sleep(c.pause)
				}
			}))
			defer far.Close()
			h := open(t, far.Certificate(), func(o *webpush.Options) { o.Timeout = time.Minute })
			to := h.keep(t, newWire(t).subscription())
			to.To = far.URL
			began := time.Now()
			h.send(t, to, letter(t, "t1", "It is done"))
			if took := time.Since(began); took > 20*time.Second || written.Load() > c.most {
				t.Errorf("it took %s and %d bytes", took, written.Load())
			}
		})
	}
}

// TestTooLarge holds that what is too large is sent once more with less, and then no
// more.
func TestTooLarge(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	w.status = http.StatusRequestEntityTooLarge
	h := open(t, w.Certificate(), nil)
	to, m := h.keep(t, w.subscription()), letter(t, "t1", "It is done")
	m.Notice.Details = []string{strings.Repeat("detail ", 100)}
	if f := h.fails(t, to, m); f.Fate != notify.Rejected || len(w.got) != 2 {
		t.Fatalf("after %d requests: %v", len(w.got), f)
	}
	var sent [2]string
	for i, r := range w.got {
		text, _, err := decrypt(w.private, w.auth, r.body)
		if err != nil {
			t.Fatal(err)
		}
		sent[i] = string(text)
	}
	if one, two := read(sent[0]), read(sent[1]); len(sent[1]) >= len(sent[0]) || two.Title != one.Title || two.Tag != one.Tag || two.Navigate != one.Navigate {
		t.Errorf("first %s\nthen %s", sent[0], sent[1])
	}

	s := pushfake.New(t)
	s.Fail(pushfake.Fault{Status: http.StatusRequestEntityTooLarge})
	d, to := h.join(t, s)
	h.send(t, to, m)
	if got := titles(d); !slices.Equal(got, []string{"It is done"}) {
		t.Errorf("%q", got)
	}
}

// TestWhoseFault holds that a refusal of our key or contact stops the channel, unless
// some service has taken them in the last day: then it is that address's own.
func TestWhoseFault(t *testing.T) {
	t.Parallel()
	now := time.Now()
	who := contact
	s, other := pushfake.New(t), pushfake.New(t)
	h := open(t, s.Certificate(), func(o *webpush.Options) {
		o.Now, o.Contact = func() time.Time { return now }, func() string { return who }
	})
	_, to := h.join(t, s)
	_, elsewhere := h.join(t, other)
	m := letter(t, "t1", "It is done")
	refused := func(want notify.Fate, words string) {
		t.Helper()
		for _, status := range []int{401, 403} {
			s.Fail(pushfake.Fault{Status: status})
			if f := h.fails(t, to, m); f.Fate != want || !strings.Contains(f.Error(), words) || f.Doubt {
				t.Errorf("%d: %v, want %s", status, f, want)
			}
		}
	}
	const ours, theirs = "does not take this server's key or contact", "other messages of this server are taken; subscribe again"
	refused(notify.Unauthorized, ours)
	h.send(t, elsewhere, m)
	refused(notify.Transient, theirs)
	now = now.Add(24*time.Hour - time.Second)
	refused(notify.Transient, theirs)
	who = "others@example.com"
	refused(notify.Unauthorized, ours)
	who = contact
	now = now.Add(time.Second)
	refused(notify.Unauthorized, ours)
}

// TestRotation holds that a subscription is sent to with the key that it was made for,
// and is gone with it.
func TestRotation(t *testing.T) {
	t.Parallel()
	s := pushfake.New(t)
	now := time.Now()
	h := open(t, s.Certificate(), func(o *webpush.Options) { o.Now = func() time.Time { return now } })
	old, toOld := h.join(t, s)
	first := h.key(t)
	h.rotate(now.Add(time.Hour))
	if h.key(t) == first {
		t.Fatal("the key is the same")
	}
	fresh, toFresh := h.join(t, s)
	m := letter(t, "t1", "It is done")
	h.send(t, toOld, m)
	h.send(t, toFresh, m)
	now = now.Add(time.Hour)
	h.send(t, toFresh, m)
	f := h.fails(t, toOld, m)
	if f.Fate != notify.Gone || f.Err.Error() != "the subscription is for a key that this server no longer has; subscribe again in that browser" {
		t.Error(f)
	}
	if len(old.Messages()) != 1 || len(fresh.Messages()) != 2 || len(s.Requests()) != 3 {
		t.Errorf("%d and %d messages came by %d requests", len(old.Messages()), len(fresh.Messages()), len(s.Requests()))
	}
}

// TestRedirected holds that nothing is sent to where an answer leads.
func TestRedirected(t *testing.T) {
	t.Parallel()
	away := newWire(t)
	far := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, away.URL+"/s3cret", http.StatusPermanentRedirect)
	}))
	defer far.Close()
	h := open(t, far.Certificate(), nil)
	to := h.keep(t, away.subscription())
	to.To = far.URL + "/s3cret"
	want := strings.TrimPrefix(far.URL, "https://") + " answered 308 Permanent Redirect: redirects are not followed"
	if f := h.fails(t, to, letter(t, "t1", "It is done")); f.Fate != notify.Rejected || f.Err.Error() != want || len(away.got) > 0 {
		t.Errorf("%v, and %d requests elsewhere", f, len(away.got))
	}
}
