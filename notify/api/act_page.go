package api

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/taskherald/herald/progress/api/kit"
	"github.com/taskherald/herald/templates/webpage"
)

// actPolicy lets the page show itself and send its form here, and nothing else: what
// stands in its URL is worth more than what any other page has.
const actPolicy = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// page answers with one of the pages behind links.
func (s *server) page(c *kit.Call, status int, render func(*webpage.Layout) ([]byte, error)) error {
	layout, err := s.layout()
	if err != nil {
		return err
	}
	body, err := render(layout)
	if err != nil {
		return err
	}
	h := c.Writer.Header()
	kit.Dress(h, actPolicy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	c.Writer.WriteHeader(status)
	_, _ = c.Writer.Write(body) // a caller that has gone away needs no answer
	return nil
}

// goneStatus is the status of a page: of a link that does nothing any more 404 or 410.
func goneStatus(l webpage.Lapse, otherwise int) int {
	switch l {
	case "":
		return otherwise
	case webpage.Forged:
		return http.StatusNotFound
	case webpage.Silent:
		return http.StatusOK
	}
	return http.StatusGone
}

// signInFor is where somebody logs in, to come back to the page that was asked for.
func signInFor(c *kit.Call) string { return "/login?next=" + url.QueryEscape(c.Request.URL.Path) }

// formAge is for how long a page's form may be sent, in seconds.
const formAge = 24 * 60 * 60

// formFor is what a form has to bring back that is made for a link. The other half is
// given to the browser as a cookie, so that another site's page can send neither; as the
// page says to nobody where it comes from, the browser does not say it to us either.
func (s *server) formFor(c *kit.Call, text string) string {
	nonce := nonceOf(c, text)
	if nonce == "" {
		nonce = rand.Text()
	}
	http.SetCookie(c.Writer, &http.Cookie{ //nolint:gosec // Secure wherever the browser speaks HTTPS
		Name: nonceName(text), Value: nonce, Path: path.Dir(c.Request.URL.Path) + "/", MaxAge: formAge,
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: c.Request.TLS != nil || strings.HasPrefix(s.URL(), "https://"),
	})
	return s.Sealer.Form(nonce, text)
}

// nonceName is the cookie's: each link has its own, so that many can be open at a time.
func nonceName(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "herald_form_" + hex.EncodeToString(sum[:4])
}

func nonceOf(c *kit.Call, text string) string {
	k, err := c.Request.Cookie(nonceName(text))
	if err != nil {
		return ""
	}
	return k.Value
}

// form reads the form that a page's button sends. ours reports whether it is one that
// the page of this link gave to this browser.
func (s *server) form(c *kit.Call, text string) (f url.Values, ours bool) {
	body, err := kit.Read(c.Writer, c.Request, c.Most)
	if err != nil {
		return nil, false
	}
	if f, err = url.ParseQuery(string(body)); err != nil {
		return nil, false
	}
	switch c.Request.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
		return f, s.Sealer.FormFits(f.Get("form"), nonceOf(c, text), text)
	}
	return nil, false
}
