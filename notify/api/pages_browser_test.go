package api

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/api/apitest"
)

// TestPreferencesInTheBrowser fills the form on a small phone, by keys where people would,
// and mutes a task that its page leads to.
func TestPreferencesInTheBrowser(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann := w.Person("ann", access.RoleMember)
	w.do(apitest.Admin, "POST", "/api/tasks", `{"id":"t","title":"Nightly import"}`).want(201)
	c := startChromium(t)
	c.run(chromedp.EmulateViewport(360, 700), chromedp.Navigate(w.URL+"/notifications"))
	c.run(chromedp.SendKeys(chromedp.CSS("#token"), ann+kb.Enter))
	c.shows("When and how", "as this browser does")
	c.until(`[...document.querySelectorAll("input:not([type=hidden]), select")].every((el) => el.labels.length > 0 || el.ariaLabel)`)

	c.run(chromedp.SendKeys(chromedp.CSS("#time_zone"), "Mars/Olympus"), chromedp.SendKeys(chromedp.CSS("#digest"), "30m"))
	c.until(`document.getElementById("zone-offer").hidden`)
	c.run(chromedp.SetValue(chromedp.CSS("[name='ways.email.step']"), "digest"), chromedp.SendKeys(chromedp.CSS("#digest"), kb.Enter))
	c.shows("Nothing is saved yet", "is no time zone")
	c.until(`document.activeElement.id === "time_zone" && document.getElementById("digest").value === "30m"`)
	c.run(chromedp.SendKeys(chromedp.CSS("#time_zone"), kb.End+strings.Repeat(kb.Backspace, len("Mars/Olympus"))))
	c.click("#zone-offer button")
	c.until(`document.getElementById("time_zone").value === Intl.DateTimeFormat().resolvedOptions().timeZone`)
	c.run(chromedp.SetValue(chromedp.CSS("#hours-0-from"), "22:00"), chromedp.SetValue(chromedp.CSS("#hours-0-to"), "07:00"))
	c.click("#preferences .main-button")
	c.shows("✓ Saved.", "Quiet hours 1", "More quiet hours")
	w.do(ann, "GET", "/api/preferences", "").is("quiet_hours.0.from", "22:00", "ways", "map[email:map[step:digest]]", "digest", "30m")

	c.run(chromedp.Navigate(w.URL + "/tasks/t"))
	c.click("a[href='/notifications?task=t']")
	c.shows("Mute Nightly import")
	c.click("#muting .main-button")
	c.shows("✓ Muted.", "It is muted. Until")
	c.click("#muting button")
	c.shows("✓ Unmuted.", "Nothing is. A task’s page")
	for len(c.troubles) > 0 {
		if trouble := <-c.troubles; !strings.Contains(trouble, "status of 400") { // the form that was refused
			t.Error(trouble)
		}
	}
}
