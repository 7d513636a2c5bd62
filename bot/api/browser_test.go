package api

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/api/apitest/phone"
)

// TestAccountsInTheBrowser gets a code on a small phone, links an account with it, and unlinks
// it.
func TestAccountsInTheBrowser(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann := w.Person("ann", access.RoleMember)
	c := phone.Open(t)
	c.Run(chromedp.EmulateViewport(360, 700), chromedp.Navigate(w.URL+"/accounts"))
	c.Run(chromedp.SendKeys(chromedp.CSS("#token"), ann+kb.Enter))
	c.Shows("Chat accounts", "None yet")
	c.Click("#link .main-button")
	c.Shows("link ", "It links one account, once", "Get another code")
	code, err := chromedp.Run(c.Ctx, chromedp.Evaluate[string](`document.querySelector("#link code").innerText`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.accounts.Link(t.Context(), strings.TrimPrefix(code, linkSay), slack("U0456DEF"), strings.Repeat("Ann the Longest Name of All ", 7)); err != nil {
		t.Fatalf("%q: %v", code, err)
	}
	c.Run(chromedp.Navigate(w.URL + "/accounts"))
	c.Shows("Ann the Longest Name", "workspace T1", "Get a code")
	c.Until(`[...document.querySelectorAll("details form")].every((f) => !f.checkVisibility())`)
	c.Click("details.ask summary")
	c.Shows("and send nothing more to it")
	c.Click("details.ask button")
	c.Shows("✓ Unlinked.", "None yet")
	if got := w.whose(slack("U0456DEF")); got != "" {
		t.Errorf("it is of %q", got)
	}
	for len(c.Troubles) > 0 {
		if trouble := <-c.Troubles; !strings.Contains(trouble, "manifest.webmanifest") { // another guest's
			t.Error(trouble)
		}
	}
}
