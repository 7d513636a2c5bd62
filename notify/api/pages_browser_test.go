package api

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/api/apitest"
	"github.com/taskherald/herald/progress/api/apitest/phone"
)

// TestPreferencesInTheBrowser fills the form on a small phone, by keys where people would,
// and mutes a task that its page leads to.
func TestPreferencesInTheBrowser(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann := w.Person("ann", access.RoleMember)
	w.do(apitest.Admin, "POST", "/api/tasks", `{"id":"t","title":"Nightly import"}`).want(201)
	c := phone.Open(t)
	c.Run(chromedp.EmulateViewport(360, 700), chromedp.Navigate(w.URL+"/notifications"))
	c.Run(chromedp.SendKeys(chromedp.CSS("#token"), ann+kb.Enter))
	c.Shows("When and how", "as this browser does")
	c.Until(`[...document.querySelectorAll("input:not([type=hidden]), select")].every((el) => el.labels.length > 0 || el.ariaLabel)`)

	c.Run(chromedp.SendKeys(chromedp.CSS("#time_zone"), "Mars/Olympus"), chromedp.SendKeys(chromedp.CSS("#digest"), "30m"))
	c.Until(`document.getElementById("zone-offer").hidden`)
	c.Run(chromedp.SetValue(chromedp.CSS("[name='ways.email.step']"), "digest"), chromedp.SendKeys(chromedp.CSS("#digest"), kb.Enter))
	c.Shows("Nothing is saved yet", "is no time zone")
	c.Until(`document.activeElement.id === "time_zone" && document.getElementById("digest").value === "30m"`)
	c.Run(chromedp.SendKeys(chromedp.CSS("#time_zone"), kb.End+strings.Repeat(kb.Backspace, len("Mars/Olympus"))))
	c.Click("#zone-offer button")
	c.Until(`document.getElementById("time_zone").value === Intl.DateTimeFormat().resolvedOptions().timeZone`)
	c.Run(chromedp.SetValue(chromedp.CSS("#hours-0-from"), "22:00"), chromedp.SetValue(chromedp.CSS("#hours-0-to"), "07:00"))
	c.Click("#preferences .main-button")
	c.Shows("✓ Saved.", "Quiet hours 1", "More quiet hours")
	w.do(ann, "GET", "/api/preferences", "").is("quiet_hours.0.from", "22:00", "ways", "map[email:map[step:digest]]", "digest", "30m")

	c.Run(chromedp.Navigate(w.URL + "/tasks/t"))
	c.Click("a[href='/notifications?task=t']")
	c.Shows("Mute Nightly import")
	c.Click("#muting .main-button")
	c.Shows("✓ Muted.", "It is muted. Until")
	c.Click("#muting button")
	c.Shows("✓ Unmuted.", "Nothing is. A task’s page")
	for len(c.Troubles) > 0 {
		if trouble := <-c.Troubles; !strings.Contains(trouble, "status of 400") { // the form that was refused
			t.Error(trouble)
		}
	}
}
