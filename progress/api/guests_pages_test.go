package api

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/api/kit"
)

// porter is a guest with routes for anyone, and with pages.
func porter() kit.Guest {
	said := func(c *kit.Call) error {
		c.Reply(http.StatusOK, map[string]any{"who": c.Who.Person, "session": c.Session})
		return nil
	}
	page := func(c *kit.Call) error {
		switch c.Param("pass") {
		case "secret-broken":
			return errors.New("out of order")
		case "secret-refused":
			return &progress.Error{Code: progress.Conflict, Say: "it is closed"}
		}
		c.Show(http.StatusOK, []byte("<p>"+string(c.Who.Person)))
		return nil
	}
	guest := visitor()
	guest.Routes = append(guest.Routes,
		kit.Route{Method: http.MethodGet, Path: "/api/visits/:id", Name: "ask", Open: true, Do: said},
		kit.Route{Method: http.MethodPatch, Path: "/api/visits/:id", Name: "knock", Do: said},
		kit.Route{Method: http.MethodGet, Path: "/leave/:pass", Name: "gate", Open: true, Page: true, Do: page},
		kit.Route{Method: http.MethodGet, Path: "/garden/:pass", Name: "garden", Page: true, Right: progress.MayRead, Do: page},
		kit.Route{Method: http.MethodPost, Path: "/garden/:pass", Name: "gardening", Page: true, Do: func(c *kit.Call) error { c.See("/garden/a"); return nil }},
	)
	return guest
}

// TestOpenGuests holds that anyone may call an open route of a guest, that who has logged
// in is known there, and no other credential is.
func TestOpenGuests(t *testing.T) {
	t.Parallel()
	s := newServer(t, func(o *setup) { o.api.Guests = []kit.Guest{porter()} })
	ann := s.person(t, "ann", access.RoleMember, nil)
	b := enter(t, s, ann)
	session := "Cookie: " + b.cookie
	s.outside(t, "", "GET", "/api/visits/a", nil).want(200).is("who", "").is("session", false)
	s.outside(t, "", "GET", "/api/visits/a", nil, session).want(200).is("who", "ann").is("session", true)
	s.outside(t, ann, "GET", "/api/visits/a", nil).want(200).is("who", "").is("session", false)
	s.outside(t, "wrong", "GET", "/api/visits/a", nil).want(200).is("who", "")
	s.outside(t, "", "GET", "/api/visits/a", nil, "Cookie: herald_session=hrls_wrong").want(200).is("who", "")
	s.outside(t, ann, "PATCH", "/api/visits/a", nil).want(200).is("who", "ann").is("session", false)
	s.outside(t, "", "PATCH", "/api/visits/a", nil, session, "Sec-Fetch-Site: same-origin").want(200).is("who", "ann").is("session", true)
	s.outside(t, "", "PATCH", "/api/visits/a", nil, session, "Sec-Fetch-Site: cross-site").want(403)
	for _, path := range []string{"/api/visits/a", "/leave/a"} {
		limited(t, path, func() reply { return s.outside(t, "", "GET", path, nil) })
	}
	s.outside(t, ann, "PATCH", "/api/visits/a", nil).want(200)
}

// limited holds that a caller is told to come back later, sooner or later: on a machine that is
// busy a moment may pass between two calls in which one more is allowed.
func limited(t *testing.T, path string, call func() reply) {
	t.Helper()
	for range 10 * visitorsBurst {
		if r := call(); r.status == http.StatusTooManyRequests {
			if r.header.Get("Retry-After") == "" {
				t.Errorf("%s does not say when to come back", path)
			}
			return
		}
	}
	t.Errorf("an address may call %s as fast as it likes", path)
}

// TestOpenGuestsInTheOpenMode holds that where nobody logs in, who is on this machine is
// known.
func TestOpenGuestsInTheOpenMode(t *testing.T) {
	t.Parallel()
	s := newServer(t, func(o *setup) { o.api.Guests, o.access = []kit.Guest{porter()}, access.Options{Open: true} })
	s.outside(t, "", "GET", "/api/visits/a", nil).want(200).is("who", "local").is("session", false)
	s.outside(t, "", "GET", "/api/visits/a", nil, "X-Forwarded-For: 192.0.2.1").want(200).is("who", "")
}

// TestGuestsPages holds that what goes wrong on a guest's page is a page, and that none
// is in the document.
func TestGuestsPages(t *testing.T) {
	t.Parallel()
	var logged bytes.Buffer
	s := newServer(t, func(o *setup) {
		o.api.Guests, o.api.Log = []kit.Guest{porter()}, slog.New(slog.NewTextHandler(&logged, nil))
	})
	b := enter(t, s, s.person(t, "ann", access.RoleMember, nil))
	session := "Cookie: " + b.cookie
	for _, page := range []struct {
		path, cookie   string
		status         int
		says, referrer string
	}{
		{"/garden/a", session, 200, "<p>ann", "same-origin"},
		{"/leave/a", session, 200, "<p>ann", "same-origin"},
		{"/leave/a", "X: y", 200, "<p>", "same-origin"},
		{"/leave/secret-refused", "X: y", 409, "It is closed.", "no-referrer"},
		{"/leave/secret-broken", "X: y", 500, "An error on our side", "no-referrer"},
		{"/garden/secret-refused", session, 409, "It is closed.", "same-origin"},
	} {
		r := s.outside(t, "", "GET", page.path, nil, page.cookie).want(page.status)
		if !strings.Contains(string(r.body), page.says) || r.header.Get("Content-Type") != "text/html; charset=utf-8" || r.header.Get("Referrer-Policy") != page.referrer ||
			r.header.Get("Content-Security-Policy") != kit.PagePolicy || r.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %v\n%s", page.path, r.header, r.body)
		}
	}
	if to := s.outside(t, "", "GET", "/garden/a?x=1", nil).want(303).header.Get("Location"); to != "/login?next=%2Fgarden%2Fa%3Fx%3D1" {
		t.Error(to)
	}
	if to := s.outside(t, "", "POST", "/garden/a", nil, session, "Idempotency-Key: k").want(303).header.Get("Location"); to != "/garden/a" {
		t.Error(to)
	}
	if doc := s.outside(t, "", "GET", "/openapi.json", nil).want(200); bytes.Contains(doc.body, []byte("garden")) || bytes.Contains(doc.body, []byte("/leave")) {
		t.Error("a page is in the document")
	}
	if r := s.outside(t, "", "GET", "/leave/secret-lost/more", nil).want(404); strings.Contains(string(r.body), "secret-") {
		t.Errorf("%s", r.body)
	}
	if text := logged.String(); strings.Contains(text, "secret-") || !strings.Contains(text, "/leave/…") {
		t.Errorf("the log has what lets act:\n%s", text)
	}
}

// TestShownPaths holds that a path whose end lets act is not told to others.
func TestShownPaths(t *testing.T) {
	t.Parallel()
	secrets := secretsOf([]kit.Guest{porter()})
	for path, want := range map[string]string{
		"/leave/AbC": "/leave/…", "/leave/AbC/more": "/leave/…", "/leave/": "/leave/…", "/api/visits/AbC": "/api/visits/…",
		"/leave": "/leave", "/garden/AbC": "/garden/AbC", "/api/leave/a": "/api/leave/a",
	} {
		if got := secrets.shown(path); got != want || secrets.in(path) != (want != path) {
			t.Errorf("%s is shown as %s, want %s", path, got, want)
		}
	}
}
