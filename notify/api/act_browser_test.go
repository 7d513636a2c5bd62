package api

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/api/apitest/phone"
)

// TestInTheBrowser follows links from the page of another site, as webmail is one, in a
// real browser: which cookies it sends, and what it says of where a form is from, is its
// own doing.
func TestInTheBrowser(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	o.url = o.URL
	ana := o.member("ana")
	o.Person("new", access.RoleMember)
	o.subscribe("new", notify.Unconfirmed)
	o.asks("low", risky())
	o.asks("high", progress.Gate{Risk: "high", Prompt: "Drop the table?"})
	mail := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<!doctype html><link rel="icon" href="data:,"><body>`)
		for id, link := range map[string]string{
			"low": o.invite("low", "ana", progress.ViaMail).Page, "high": o.invite("high", "ana", progress.ViaMail).Page,
			"confirm": o.links.Confirm("sub_new", "new@example.com", o.now().Add(time.Hour)), "leave": o.toLeave("ana"),
		} {
			fmt.Fprintf(w, `<p><a id="%s" href="%s">%s</a>`, id, link, id)
		}
	}))
	t.Cleanup(mail.Close)
	c := phone.Open(t)
	follow := func(id string) {
		t.Helper()
		c.Run(chromedp.Navigate(strings.Replace(mail.URL, "127.0.0.1", "localhost", 1)))
		c.Click("#" + id)
	}
	follow("low")
	c.Shows("You decide as ana.", "Deploy to <production>?")
	c.Run(chromedp.SendKeys(chromedp.CSS("#why"), "fine"))
	c.Click("button[value=approve]")
	c.Shows("Approved by ana, by mail: fine.")
	o.decided("low", progress.ApprovalApproved, "ana", progress.ViaMail)
	follow("low")
	c.Shows("Approved by ana, by mail: fine.")

	follow("high")
	c.Shows("Drop the table?", "only ana, logged in")
	c.Click("section a.button")
	c.Shows("Token")
	c.Run(chromedp.SendKeys(chromedp.CSS("#token"), ana))
	c.Click("button")
	c.Shows("You decide as ana.")
	c.Click("button[value=reject]")
	c.Shows("Rejected by ana, by mail.")
	follow("high")
	c.Shows("Rejected by ana, by mail.")

	follow("confirm")
	c.Shows("May Herald write to you?")
	c.Click("main button")
	c.Shows("Confirmed")
	follow("leave")
	c.Shows("No more of this mail?")
	c.Click("main button")
	c.Shows("Unsubscribed")
	if o.sub("new").Off != "" || o.sub("ana").Off != left {
		t.Errorf("%q, %q", o.sub("new").Off, o.sub("ana").Off)
	}
	select {
	case trouble := <-c.Troubles:
		t.Error(trouble)
	default:
	}
}
