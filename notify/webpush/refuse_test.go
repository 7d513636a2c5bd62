package webpush_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/guard"
	"github.com/taskherald/herald/notify/webpush"
	"github.com/taskherald/herald/notify/webpush/pushfake"
	"github.com/taskherald/herald/progress"
)

// TestUnfit holds that an endpoint which may not be called is not.
func TestUnfit(t *testing.T) {
	t.Parallel()
	s := pushfake.New(t)
	closed, err := guard.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	plain := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("plain http was called") }))
	defer plain.Close()
	fenced := open(t, s.Certificate(), func(o *webpush.Options) { o.Guard = closed })
	loose := open(t, s.Certificate(), nil)
	const how = " is not on the public internet; an administrator can allow it with the setting allow_targets (HERALD_ALLOW_TARGETS)"
	for _, c := range []struct {
		h         *house
		url, want string
	}{
		{fenced, s.Origin() + "/push/s3cret", "the endpoint cannot be called: 127.0.0.1" + how},
		{fenced, "https://localhost/s3cret", "localhost" + how},
		{fenced, "https://[::ffff:10.0.0.1]/s3cret", "the endpoint cannot be called: ::ffff:10.0.0.1" + how},
		{fenced, plain.URL + "/s3cret", "the endpoint cannot be called: 127.0.0.1" + how},
		{loose, "ftp://example.com/s3cret", "the endpoint cannot be called: must be a whole URL that begins with https://"},
		{loose, "https://s3cret@example.com/", "the endpoint cannot be called: must not hold a user or a password"},
		{loose, "s3cret", "the endpoint cannot be called: must be a whole URL that begins with https://"},
	} {
		_, to := c.h.join(t, s)
		to.To = c.url
		if f := c.h.fails(t, to, letter(t, "t1", "It is done")); f.Fate != notify.Rejected || f.Err.Error() != c.want {
			t.Errorf("%s:\n%v\nwant %s", c.url, f, c.want)
		}
	}
	if len(s.Requests()) > 0 {
		t.Error("it was called")
	}
}

// TestKeys holds what becomes of a message for which keys are missing.
func TestKeys(t *testing.T) {
	t.Parallel()
	s := pushfake.New(t)
	for name, c := range map[string]struct {
		change func(*webpush.Options)
		want   notify.Fate
	}{
		"none": {func(o *webpush.Options) {
			o.Keys = func(context.Context, string) (notify.Keys, error) {
				return notify.Keys{}, &progress.Error{Code: progress.NotFound, Say: "hush"}
			}
		}, notify.Rejected},
		"not now": {func(o *webpush.Options) {
			o.Keys = func(context.Context, string) (notify.Keys, error) { return notify.Keys{}, errors.New("hush") }
		}, notify.Transient},
		"no JSON": {func(o *webpush.Options) {
			o.Keys = func(context.Context, string) (notify.Keys, error) { return notify.Keys{Current: "hush"}, nil }
		}, notify.Rejected},
		"no point": {func(o *webpush.Options) {
			o.Keys = func(context.Context, string) (notify.Keys, error) {
				return notify.Keys{Current: `{"p256dh":"hush","auth":"hush","key":"hush"}`}, nil
			}
		}, notify.Rejected},
		"own, not now": {func(o *webpush.Options) {
			o.VAPID = func(context.Context) (notify.Keys, error) { return notify.Keys{}, errors.New("hush") }
		}, notify.Transient},
		"own, broken": {func(o *webpush.Options) {
			o.VAPID = func(context.Context) (notify.Keys, error) { return notify.Keys{Current: "hush"}, nil }
		}, notify.Unauthorized},
		"no contact": {func(o *webpush.Options) { o.Contact = func() string { return "" } }, notify.Unauthorized},
	} {
		made := open(t, s.Certificate(), nil)
		d, to := made.join(t, s)
		h := open(t, s.Certificate(), func(o *webpush.Options) {
			o.Keys, o.VAPID = made.keys, made.own
			c.change(o)
		})
		if f := h.fails(t, to, letter(t, "t1", "It is done")); f.Fate != c.want || f.Doubt || strings.Contains(f.Error(), "hush") || len(d.Messages()) > 0 {
			t.Errorf("%s: %v", name, f)
		}
	}
	if len(s.Requests()) > 0 {
		t.Error("it was called")
	}
}

// TestErrors holds that no error has more of an endpoint than its host, a key, or what
// a service writes.
func TestErrors(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	h := open(t, w.Certificate(), nil)
	to := h.keep(t, w.subscription())
	dead := httptest.NewTLSServer(http.NotFoundHandler())
	dead.Close()
	stranger := open(t, w.Certificate(), func(o *webpush.Options) {
		g, err := guard.New([]string{"127.0.0.1"})
		if err != nil {
			t.Fatal(err)
		}
		o.Guard, o.Keys, o.VAPID = g, h.keys, h.own
	})
	secrets := []string{"s3cret", h.kept[to.Key], h.vapid.Current, h.key(t), w.subscription().Keys.Auth, w.subscription().Keys.P256dh, "vapid t="}
	check := func(f *notify.Failure, want string) {
		t.Helper()
		if !strings.Contains(f.Error(), want) || f.Doubt {
			t.Errorf("%v, doubt %t, want %q", f, f.Doubt, want)
		}
		for e := error(f); e != nil; e = errors.Unwrap(e) {
			if slices.ContainsFunc(secrets, func(s string) bool { return strings.Contains(e.Error(), s) }) {
				t.Errorf("a secret is told: %v", e)
			}
		}
	}
	m := letter(t, "t1", "It is done")
	for _, status := range []int{302, 400, 403, 404, 410, 413, 429, 500, 503, 599} {
		w.status = status
		check(h.fails(t, to, m), fmt.Sprint("127.0.0.1:", strings.Split(w.URL, ":")[2], " answered ", status))
	}
	check(stranger.fails(t, to, m), "the certificate of 127.0.0.1")
	for url, want := range map[string]string{
		dead.URL + "/s3cret?s3cret":            ": connection refused",
		"https://none.invalid/s3cret?s3cret":   "none.invalid",
		"https://[fe80::1%25s3cret]/":          "must not hold a zone",
		"https://s3c ret/s3cret":               "is not a URL",
		"https://example.com:99999999/s3cret":  "port",
		"https://s3cret:s3cret@example.com/#x": "must not hold a user",
	} {
		other := to
		other.To = url
		check(h.fails(t, other, m), want)
	}
}
