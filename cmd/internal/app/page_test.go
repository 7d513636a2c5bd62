package app_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// pageToken is the token of the person admin in the tests of the page.
const pageToken = "the-admin-who-looks"

// report reports on a task as its worker.
func (h *herald) report(id, body string) {
	h.t.Helper()
	if code, text := h.call("POST", "/api/tasks/"+id+"/progress", pageToken, body); code != 200 {
		h.t.Fatalf("reporting answers %d %s", code, text)
	}
}

// job creates a task of three steps, of which the second asks.
func (h *herald) job(id string) {
	h.t.Helper()
	task := `{"id":"` + id + `","title":"Job ` + id + `","steps":[{"name":"Build"},{"name":"Ship","approval":{"prompt":"Ship it?","options":["now","later"]}},{"name":"Watch"}]}`
	if code, text := h.call("POST", "/api/tasks", pageToken, task); code != 201 {
		h.t.Fatalf("creating answers %d %s", code, text)
	}
	h.report(id, `{"step":1,"step_progress":0}`)
}

// count is how many events of a type a task has.
func (h *herald) count(id, kind string) int {
	h.t.Helper()
	_, text := h.call("GET", "/api/tasks/"+id+"/events?limit=1000", pageToken, "")
	return strings.Count(text, `"type":"`+kind+`"`)
}

// login logs in with the form, which the page has led to.
func (p *tab) login() {
	p.t.Helper()
	p.run(chromedp.SendKeys(chromedp.CSS("#token"), pageToken+kb.Enter))
}

// percent waits until a bar of a task stands at a percent.
func (p *tab) percent(task string, step, percent int) {
	p.t.Helper()
	p.until(fmt.Sprintf(`document.querySelector("#task-%s [data-of='%d'] progress").value === %d`, task, step, percent))
}

// narrow holds that a page of 360 pixels scrolls only up and down.
func (p *tab) narrow() {
	p.t.Helper()
	p.run(chromedp.EmulateViewport(360, 740))
	if width := p.js("document.documentElement.scrollWidth"); width != 360.0 {
		p.t.Errorf("a page of 360 pixels is %v wide:\n%s", width, p.text())
	}
	p.run(chromedp.EmulateViewport(1200, 800))
}

// TestPage goes through a day of somebody who watches.
func TestPage(t *testing.T) {
	t.Parallel()
	database := filepath.Join(t.TempDir(), "herald.db")
	h := start(t, settings(t, database, "HERALD_ADMIN_TOKEN="+pageToken))
	b := browse(t)
	list, task := b.tab(), b.tab()

	list.open(h.url + "/")
	list.login()
	list.shows("There are no tasks yet")
	list.narrow()
	h.job("one")
	list.shows("Job one")
	list.js("window.same = true")
	h.report("one", `{"step":1,"step_progress":30,"progress":12}`)
	list.percent("one", 0, 12)

	task.open(h.url + "/tasks/one")
	task.percent("one", 1, 30)
	task.js("window.same = true")
	task.watches(h, list)
	task.decides(h, list)
	task.commands(h)
	if task.js("window.same") != true || list.js("window.same") != true {
		t.Error("a page was loaded anew")
	}
	b.calm()

	again := task.comesBack(h, database)
	task.percent("one", 3, 77)
	task.until("document.querySelector('#offline').hidden")
	again.report("one", `{"status":"completed","result":{"ok":true}}`)
	task.shows("The task completed")
	task.until("document.title.startsWith('✓')")
	list.until(`document.querySelector("#ended-tasks #task-one")`)
	b.calm("ERR_CONNECTION_REFUSED", "WebSocket connection to", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE")
}

// watches sees the task move, as the list does, and keeps what the reader has begun.
func (p *tab) watches(h *herald, list *tab) {
	p.t.Helper()
	h.report("one", `{"step":1,"step_progress":64,"progress":21,"message":"compiling","metrics":{"files":12}}`)
	p.percent("one", 1, 64)
	p.until("document.title.startsWith('21%')")
	p.shows("compiling")
	for seconds, words := range map[int]string{200: "about 3 minutes left, plus 1 approval", 900: "about 15 minutes left, plus 1 approval"} {
		h.report("one", fmt.Sprintf(`{"metadata":{"estimated_time_remaining":%d}}`, seconds))
		p.shows(words)
		list.shows(words)
	}
	p.shows("from the worker's own estimate")
	p.press("#ask-cancel summary")
	p.run(chromedp.SendKeys(chromedp.CSS("#why-cancel"), "because"))
	if code, text := h.call("POST", "/api/tasks/one/logs", pageToken, `[{"line":"a <b>bold</b> line"}]`); code != 200 {
		p.t.Fatal(code, text)
	}
	p.shows("a <b>bold</b> line")
	p.until(`document.activeElement.id === "why-cancel" && document.activeElement.value === "because"`)
	p.press("#ask-cancel summary")
	p.narrow()
	p.until(`document.querySelector("#task-one progress").getAttribute("aria-label") === "Progress of the task"`)
	p.until(`document.querySelector("main h1") && document.querySelector("header nav") && document.querySelector("aside[aria-label]")`)
	p.until(`[...document.querySelectorAll("input:not([type=hidden]), select")].every((el) => el.labels.length > 0)`)
}

// decides approves in one tab; another one shows the outcome.
func (p *tab) decides(h *herald, list *tab) {
	p.t.Helper()
	second := p.tab()
	second.open(h.url + "/tasks/one")
	h.report("one", `{"step":1,"step_status":"completed"}`)
	h.report("one", `{"step":2,"step_status":"running"}`)
	p.until("document.title.startsWith('⚠')")
	p.until(`document.querySelector("#say").textContent.includes("waits for approval")`)
	list.until(`document.querySelector("#waiting-tasks #task-one") && document.title.startsWith("⚠ 1")`)
	second.until(`document.querySelector(".approval .main-button")`)
	p.narrow()

	second.js("void (window.form = document.querySelector('.approval form').cloneNode(true))")
	p.press(`input[value="later"]`)
	p.press(".approval .main-button")
	p.shows("You approved this.")
	p.shows("approved by admin, in the browser, with “later”")
	second.shows("approved by admin, in the browser, with “later”")
	second.until(`!document.querySelector(".approval")`)
	// As if it had not heard of it yet: pressed at once, as news would take it away.
	second.js(`void (document.querySelector("main .head").append(window.form), window.form.querySelector(".main-button").click())`)
	second.shows("admin approved this at")
	if n := h.count("one", "approval.decided"); n != 1 {
		p.t.Errorf("it was decided %d times", n)
	}
	second.run(chromedp.Navigate("about:blank"))
}

// commands pauses, resumes and cancels.
func (p *tab) commands(h *herald) {
	p.t.Helper()
	p.press("#do-pause button")
	p.shows("Paused. The work holds")
	p.press("#do-resume button")
	p.shows("Resumed. The work goes on.")
	h.report("one", `{"step":2,"step_status":"completed"}`)
	h.report("one", `{"step":3,"step_progress":55}`)
	p.percent("one", 3, 55)

	h.job("two")
	other := p.tab()
	other.open(h.url + "/tasks/two")
	other.press("#ask-cancel summary")
	other.run(chromedp.SendKeys(chromedp.CSS("#why-cancel"), "not today"))
	other.press("#ask-cancel form button")
	other.shows("Cancelled by admin, in the browser: not today")
	other.until("document.title.startsWith('⊘')")
	other.run(chromedp.Navigate("about:blank"))
}

// comesBack restarts the server at its address, while the pages look on.
func (p *tab) comesBack(h *herald, database string) *herald {
	p.t.Helper()
	if err := h.stop(); err != nil {
		p.t.Error(err)
	}
	p.shows("reconnecting…")
	again := start(p.t, settings(p.t, database, "HERALD_ADMIN_TOKEN="+pageToken, "HERALD_LISTEN="+strings.TrimPrefix(h.url, "http://")))
	again.report("one", `{"step":3,"step_progress":77}`)
	return again
}

// TestPageWithoutScript does all that there is to do with forms alone.
func TestPageWithoutScript(t *testing.T) {
	t.Parallel()
	h := start(t, settings(t, filepath.Join(t.TempDir(), "herald.db"), "HERALD_ADMIN_TOKEN="+pageToken))
	h.job("one")
	h.report("one", `{"step":1,"step_status":"completed"}`)
	h.report("one", `{"step":2,"step_status":"running"}`)
	b := browse(t)
	p := b.tab()
	p.scriptless()
	p.open(h.url + "/tasks/one")
	p.login()
	p.shows("Ship it?")
	p.press(".approval .main-button")
	p.shows("You approved this.")
	p.press("#do-pause button")
	p.shows("Paused. The work holds")
	p.press("#ask-cancel summary")
	p.press("#ask-cancel form button")
	p.shows("Cancelled by admin, in the browser")
	p.press(".person button")
	p.until(`document.querySelector("#token")`)
	b.calm()
}
