package api

import (
	_ "embed"
	"html/template"
	"net/http"
	"strings"
	"time"

	"github.com/taskherald/herald/progress/api/kit"
	"github.com/taskherald/herald/templates/webpage"
)

//go:embed login.html
var loginHTML string

// Where the page says to where it leads, and what went wrong.
const (
	nextHere = "\uE000"
	saidHere = "\uE001"
)

// loginPolicy lets the page log in, and no more.
var loginPolicy = strings.Replace(
	policy("style-src "+hashOf(inline(loginHTML, "style")), "script-src "+hashOf(inline(loginHTML, "script")), "connect-src 'self'"),
	"form-action 'none'", "form-action 'self'", 1)

// past is a time at which cookies are over.
var past = time.Unix(1, 0)

// loginPage is GET /login. The code of a login URL stays in the browser until
// its button is pressed: programs that look at links must not use it up.
func loginPage(c *call) error {
	return showLogin(c, http.StatusOK, local(c.Query("next")), "")
}

func showLogin(c *call, status int, next, said string) error {
	kit.Dress(c.Writer.Header(), loginPolicy)
	filled := strings.NewReplacer(nextHere, template.HTMLEscapeString(next), saidHere, template.HTMLEscapeString(said)).Replace(loginHTML)
	c.send(status, []byte(filled))
	return nil
}

// local is a path of this server, "/" for anything else: whoever logs in is not
// led elsewhere.
func local(next string) string {
	plain := strings.HasPrefix(next, "/") && !strings.HasPrefix(next, "//") && !strings.ContainsFunc(next, func(r rune) bool {
		return r <= ' ' || r == '\\' || r == 0x7f
	})
	if !plain || strings.HasPrefix(next, "/login") {
		return "/"
	}
	return next
}

// loginForm is POST /login: the page without its script.
func loginForm(c *call) error {
	f, err := formOf(c, maxLogin)
	if err != nil {
		return err
	}
	next, secret := local(f.Get("next")), strings.TrimSpace(f.Get("token"))
	if err := beginSession(c, secret); err != nil {
		status := kit.Status(err)
		if status != http.StatusUnauthorized && status != http.StatusTooManyRequests {
			return err
		}
		return showLogin(c, status, next, webpage.Sentence(kit.ProblemOf(err).Detail))
	}
	see(c, next)
	return nil
}

// logoutForm is POST /logout.
func logoutForm(c *call) error {
	if err := endSession(c); err != nil {
		return err
	}
	see(c, "/login")
	return nil
}

// inline is what stands in the first element of a name.
func inline(page, element string) string {
	_, rest, _ := strings.Cut(page, "<"+element+">")
	text, _, _ := strings.Cut(rest, "</"+element+">")
	return text
}
