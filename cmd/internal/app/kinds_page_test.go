package app_test

import (
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestKindsPage goes from nothing to what the runs of a kind took.
func TestKindsPage(t *testing.T) {
	t.Parallel()
	h := start(t, settings(t, filepath.Join(t.TempDir(), "herald.db"), "HERALD_ADMIN_TOKEN="+pageToken))
	b := browse(t)
	page := b.tab().open(h.url + "/kinds")
	page.login()
	page.shows("No run has ended yet")
	page.narrow()
	task := `{"id":"one","title":"Backup","kind":"backup/nightly?","steps":[{"name":"Dump the tables"},{"name":"Upload"}]}`
	if code, text := h.call("POST", "/api/tasks", pageToken, task); code != 201 {
		t.Fatalf("creating answers %d %s", code, text)
	}
	page.open(h.url + "/tasks/one")
	page.press(`#facts dd a`)
	page.shows("No run of this kind has ended yet")
	for _, report := range []string{`{"step":1,"step_status":"running"}`, `{"step":1,"step_status":"completed"}`, `{"step":2,"step_status":"running"}`, `{"status":"completed"}`} {
		h.report("one", report)
	}
	page.open(h.url + "/")
	page.press(`nav a[href="/kinds"]`)
	page.shows("backup/nightly?")
	page.narrow()
	if roles := page.js(`[...document.querySelectorAll(".figures [role=columnheader]")].length === document.querySelectorAll(".figures tbody tr:first-child > *").length`); roles != true {
		t.Error("a row has more or fewer cells than the table has titles")
	}
	if drawn := page.js(`document.querySelector(".spark rect").getBoundingClientRect().height > 2`); drawn != true {
		t.Error("the picture of the last runs is empty")
	}
	page.press(`.figures th a`)
	page.shows("One past run")
	page.shows("Dump the tables")
	page.narrow()
	page.run(chromedp.EmulateViewport(360, 740))
	if said := page.js(`getComputedStyle(document.querySelector("td[data-label=Median]"), "::before").content`); said != `"Median" / ""` && said != `"Median"` {
		t.Errorf("on a phone the median is called %v", said)
	}
	page.press(`.figures a[href="/tasks/one"]`)
	page.shows("Facts")
	b.calm("404")
}
