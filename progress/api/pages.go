package api

import (
	_ "embed"
	"net/http"
	"strings"
)

//go:embed login.html
var loginHTML string

// loginPolicy lets the page log in, and no more.
var loginPolicy = policy("style-src "+hashOf(inline(loginHTML, "style")), "script-src "+hashOf(inline(loginHTML, "script")), "connect-src 'self'")

// loginPage is GET /login. The code of a login URL stays in the browser until
// its button is pressed: programs that look at links must not use it up.
func loginPage(c *call) error {
	c.Header("Content-Security-Policy", loginPolicy)
	c.Header("Content-Type", "text/html; charset=utf-8")
	c.Header("Referrer-Policy", "no-referrer")
	c.Header("X-Content-Type-Options", "nosniff")
	c.send(http.StatusOK, []byte(loginHTML))
	return nil
}

// inline is what stands in the first element of a name.
func inline(page, element string) string {
	_, rest, _ := strings.Cut(page, "<"+element+">")
	text, _, _ := strings.Cut(rest, "</"+element+">")
	return text
}
