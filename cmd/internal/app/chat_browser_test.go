package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// lost is the status of an answer that gets lost on its way; 0 is that of the server's own.
const lost = -1

// said is a message of the chat box.
type said struct{ Text, Press, Conversation, Task, ID string }

// A front stands before a server, as a proxy does, and may answer for the bot.
type front struct {
	*httptest.Server
	app http.Handler

	mu     sync.Mutex
	heard  []said
	answer func(said, int) (status int, body string) // and the how manieth time it is said
}

// before starts one before a server.
func before(t *testing.T, h *herald) *front {
	t.Helper()
	target, err := url.Parse(h.url)
	if err != nil {
		t.Fatal(err)
	}
	f := &front{answer: func(said, int) (int, string) { return 0, "" }}
	f.app = &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Host = r.In.Host
	}}
	f.Server = httptest.NewServer(f)
	t.Cleanup(f.Close)
	return f
}

// ServeHTTP passes on what is not for the test to answer.
func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/api/chat" {
		f.app.ServeHTTP(w, r)
		return
	}
	body, _ := io.ReadAll(r.Body)
	status, answer := f.hear(body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	switch status {
	case 0:
		f.app.ServeHTTP(w, r)
	case lost:
		f.app.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	default:
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}
}

// hear notes a message and says how it is answered.
func (f *front) hear(body []byte) (status int, answer string) {
	var s said
	if err := json.Unmarshal(body, &s); err != nil {
		return http.StatusBadRequest, "{}"
	}
	f.mu.Lock()
	f.heard = append(f.heard, s)
	how, n := f.answer, len(slices.DeleteFunc(slices.Clone(f.heard), func(o said) bool { return o.ID != s.ID }))
	f.mu.Unlock()
	return how(s, n)
}

// answers says how messages are answered from now on, and forgets those before.
func (f *front) answers(how func(said, int) (int, string)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.heard, f.answer = nil, how
}

// once holds that what was heard since is one message, and gives it.
func (f *front) once(t *testing.T) said {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.heard) == 0 || slices.ContainsFunc(f.heard, func(s said) bool { return s != f.heard[0] || s.ID == "" || s.Conversation == "" }) {
		t.Fatalf("not one message: %+v", f.heard)
	}
	return f.heard[0]
}

// chat is the box on a page.
type chat struct{ *tab }

// opens opens it as the keyboard does.
func (c chat) opens() {
	c.t.Helper()
	c.until(`!document.getElementById("chat-open").hidden`)
	c.run(chromedp.Focus(chromedp.CSS("#chat-open")), chromedp.KeyEvent(kb.Enter))
	c.until(`document.getElementById("chat").open && document.activeElement.id === "chat-text"`)
}

// says types a message and waits for its answer.
func (c chat) says(text string) {
	c.t.Helper()
	c.run(chromedp.SendKeys(chromedp.CSS("#chat-text"), text+kb.Enter))
	c.settles()
}

// settles waits until all is answered.
func (c chat) settles() {
	c.t.Helper()
	c.until(`document.querySelector(".turn") && !document.querySelector(".wait")`)
}

// told holds that the newest answer has a text in it.
func (c chat) told(texts ...string) {
	c.t.Helper()
	for _, text := range texts {
		quoted, _ := json.Marshal(text)
		c.until(`[...document.querySelectorAll(".bubble.herald")].at(-1)?.innerText.includes(` + string(quoted) + `)`)
	}
}

// chooses presses a button of the newest answer by a part of its label, and waits for
// what is said then.
func (c chat) chooses(label string) {
	c.t.Helper()
	quoted, _ := json.Marshal(label)
	c.js(`void ([...document.querySelectorAll(".bubble.herald")].at(-1).querySelectorAll("button").forEach((b) => { b.dataset.test = b.textContent.includes(` + string(quoted) + `); }))`)
	c.until(`document.querySelector("#chat [data-test=true]:enabled")`)
	c.press(`#chat [data-test=true]:enabled`)
	c.until(`!document.querySelector("#chat [data-test=true]:enabled")`)
	c.settles()
}

// backup creates a task that runs.
func (h *herald) backup(of string) {
	h.t.Helper()
	if code, text := h.call("POST", "/api/tasks", pageToken, `{"id":"`+of+`","title":"Backup of `+of+`","steps":[{"name":"Copy"}]}`); code != 201 {
		h.t.Fatalf("creating answers %d %s", code, text)
	}
	h.report(of, `{"step":1,"step_progress":0}`)
}

// TestChatBox asks on the page, decides what it is asked, and goes on elsewhere.
func TestChatBox(t *testing.T) {
	t.Parallel()
	h := start(t, settings(t, filepath.Join(t.TempDir(), "herald.db"), "HERALD_ADMIN_TOKEN="+pageToken))
	f := before(t, h)
	h.job("one")
	b := browse(t)
	c := chat{b.tab()}
	c.open(f.URL + "/")
	c.login()
	c.opens()
	c.shows("Ask about your tasks")
	c.says("how is job one going?")
	c.told("Job one", "Build", "Ship")
	c.accessible()

	f.answers(func(s said, n int) (int, string) {
		if s.Press != "" && n == 1 {
			return lost, "" // after it was done
		}
		return 0, ""
	})
	c.says("cacnel job one")
	c.told("Job one")
	if got := h.count("one", "task.cancelled"); got != 0 {
		t.Fatal("it was cancelled without asking")
	}
	c.chooses("Yes")
	c.told("Job one")
	c.until(`document.querySelector("#ended-tasks #task-one")`)
	if got := h.count("one", "task.cancelled"); got != 1 {
		t.Errorf("it was cancelled %d times", got)
	}
	h.backup("photos")
	h.backup("mails")
	c.says("pause the backup")
	c.told("Backup of photos", "Backup of mails")
	c.chooses("Backup of mails")
	c.told("Backup of mails")
	if photos, mails := h.count("photos", "task.paused"), h.count("mails", "task.paused"); photos != 0 || mails != 1 {
		t.Errorf("that of photos was paused %d times, and that of mails %d", photos, mails)
	}
	c.elsewhere(f)
	plain := b.tab()
	plain.scriptless()
	plain.open(f.URL + "/")
	plain.shows("once scripts are switched on")
	plain.until(`!document.getElementById("chat-open").offsetHeight && !document.getElementById("chat").offsetHeight`)
	b.calm("ERR_EMPTY_RESPONSE", "ERR_CONNECTION_RESET")
}

// accessible holds what those need who cannot see, or have no mouse.
func (c chat) accessible() {
	c.t.Helper()
	for _, so := range []string{
		`document.getElementById("chat").matches("dialog[open]:not(:modal)[aria-labelledby=chat-title]")`,
		`document.querySelector("#chat [role=log][aria-live=polite][aria-label]").tabIndex === 0`,
		`document.getElementById("chat-text").labels.length === 1`,
		`document.getElementById("chat-text").maxLength === 2000`,
		`document.getElementById("chat-open").getAttribute("aria-haspopup") === "dialog"`,
		`[...document.querySelectorAll("#chat button")].every((b) => b.textContent.trim() && (!b.offsetHeight || b.offsetHeight >= 44))`,
		`[...document.querySelectorAll("#chat pre")].every((pre) => pre.tabIndex === 0)`,
		`[...document.querySelectorAll(".bubble.herald")].every((b) => b.lang)`,
	} {
		if c.js(so) != true {
			c.t.Errorf("not so: %s", so)
		}
	}
	c.readable()
	c.run(chromedp.KeyEvent(kb.Escape))
	c.until(`!document.getElementById("chat").open && document.activeElement.id === "chat-open"`)
	c.opens()
}

// contrast is the least that a text of the box has against what is behind it.
const contrast = `Math.min(...[".bubble.mine", ".bubble.herald", "#chat-close", "#chat-form button"].map((s) => {
	const light = (color) => color.match(/[\d.]+/g).slice(0, 3).map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
	const el = document.querySelector(s);
	let back = el;
	while (/^rgba\(.*, 0\)$/.test(getComputedStyle(back).backgroundColor)) back = back.parentElement;
	const [a, b] = [light(getComputedStyle(el).color), light(getComputedStyle(back).backgroundColor)].sort((x, y) => y - x);
	return (a + 0.05) / (b + 0.05);
}))`

// readable holds that it can be read by day and by night.
func (c chat) readable() {
	c.t.Helper()
	for _, scheme := range []string{"dark", "light"} {
		c.prefers("prefers-color-scheme", scheme)
		if got, _ := c.js(contrast).(float64); got < 4.5 {
			c.t.Errorf("when it is %s a text has a contrast of %.1f", scheme, got)
		}
	}
}

// prefers sets what the reader's system says that they like.
func (c chat) prefers(name, value string) {
	c.t.Helper()
	_, err := chromedp.Call(c.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: name, Value: value}}})
	if err != nil {
		c.t.Fatal(err)
	}
}

// elsewhere goes on upon the page of a task, and on a phone.
func (c chat) elsewhere(f *front) {
	c.t.Helper()
	before := c.js(`document.querySelectorAll(".turn").length`)
	c.open(f.URL + "/tasks/mails")
	c.until(fmt.Sprintf(`document.getElementById("chat").open && document.querySelectorAll(".turn").length === %v`, before))
	f.answers(func(said, int) (int, string) { return 0, "" })
	c.says("how is it going?")
	c.told("Backup of mails")
	if s := f.once(c.t); s.Task != "mails" || s.Text != "how is it going?" {
		c.t.Errorf("the server heard %+v", s)
	}
	c.narrow()
	c.run(chromedp.EmulateViewport(360, 740))
	c.until(`document.getElementById("chat").getBoundingClientRect().top > 150`)
	if c.js(`(({ left, right, bottom }) => left === 0 && right === 360 && Math.round(bottom) === 740)(document.getElementById("chat").getBoundingClientRect())`) != true {
		c.t.Error("on a phone the box is not the lower part of the screen")
	}
	c.js(`void (Object.defineProperty(visualViewport, "height", { value: 400, configurable: true }), visualViewport.dispatchEvent(new Event("resize")))`)
	c.until(`(({ top, bottom }) => top >= 0 && Math.round(bottom) === 400)(document.getElementById("chat").getBoundingClientRect())`) // above the keyboard
	c.open(f.URL + "/kinds")
	c.until(`!document.getElementById("chat-open").hidden && !document.getElementById("chat").open`) // so that the page is seen
	c.opens()
	c.told("Backup of mails")
}

// reply is an answer of the bot with a text, and more fields if they are given.
func reply(text, more string) string {
	quoted, _ := json.Marshal(text)
	return `{"reply":{"about":"status","lang":"en","text":` + string(quoted) + more + `}}`
}

// TestChatTroubles has much go wrong between the box and the bot.
func TestChatTroubles(t *testing.T) {
	t.Parallel()
	h := start(t, settings(t, filepath.Join(t.TempDir(), "herald.db"), "HERALD_ADMIN_TOKEN="+pageToken))
	h.job("one")
	f := before(t, h)
	b := browse(t)
	c := chat{b.tab()}
	c.open(f.URL + "/tasks/one")
	c.login()
	c.opens()
	c.loses(f)
	c.refused(f)
	c.hostile(f)
	c.leaves(f)
	c.many(f)
	c.ends(f)
	b.calm("Failed to load resource", "chat:")
}

// loses loses answers: the page asks again by itself, and then leaves it to the reader.
func (c chat) loses(f *front) {
	c.t.Helper()
	f.answers(func(_ said, n int) (int, string) {
		if n == 1 {
			return http.StatusServiceUnavailable, "{}"
		}
		return 200, reply("there you are", "")
	})
	c.says("status")
	c.told("there you are")
	if s := f.once(c.t); s.Text != "status" || s.Task != "one" {
		c.t.Errorf("the server heard %+v", s)
	}
	var back atomic.Bool
	f.answers(func(said, int) (int, string) {
		if back.Load() {
			return 200, reply("here again", "")
		}
		return lost, ""
	})
	c.says("cancel it")
	c.told("Herald does not answer", "nothing is done twice")
	back.Store(true)
	c.chooses("Try again")
	c.told("here again")
	if s := f.once(c.t); s.Text != "cancel it" {
		c.t.Errorf("the server heard %+v", s)
	}
}

// refused is told in words why, and what to do.
func (c chat) refused(f *front) {
	c.t.Helper()
	for _, r := range []struct {
		status     int
		body, told string
	}{
		{401, `{"detail":"send a token"}`, "Log in, then press"},
		{429, `{"detail":"too many requests"}`, "Too many requests. Wait 7 seconds, then try again."},
		{500, `{"detail":"an error on our side"}`, "An error on our side."},
		{500, `what?`, "Herald does not answer"},
		{422, `{"detail":"text must not be so long"}`, "Text must not be so long."},
	} {
		f.answers(func(said, int) (int, string) { return r.status, r.body })
		c.js(`void (document.getElementById("chat-text").value = "")`)
		c.says("status")
		c.told(r.told)
		c.until(fmt.Sprintf(`Boolean([...document.querySelectorAll(".turn")].at(-1).querySelector(".trouble button")) === %t`, r.status != 422))
	}
	if c.js(`document.getElementById("chat-text").value`) != "status" || c.js(`document.querySelector(".trouble a").getAttribute("href")`) != "/login?next=%2Ftasks%2Fone" {
		c.t.Error("what was refused is gone, or there is no way to log in")
	}
	c.js(`void (document.getElementById("chat-text").value = "")`)
}

// hostile shows what strangers write as text, whatever it is.
func (c chat) hostile(f *front) {
	c.t.Helper()
	const bad = `<img src=x onerror=alert(1)>`
	f.answers(func(s said, _ int) (int, string) {
		if s.Press != "" {
			return 200, reply("pressed "+s.Press, "")
		}
		return 200, reply(bad, strings.ReplaceAll(`,"card":{"head":"B","now":"B","lines":[{"symbol":"✓","text":"B","note":"B"}],"more":2,"left":"B"},
			"details":["B"],"items":[{"number":1,"symbol":"⏸","title":"B","text":"B","link":"javascript:alert(1)"},{"title":"two","link":"http://elsewhere.example/tasks/two"}],
			"plus":"B","output":["B","B"],"after":["B"],"link":"data:text/html,B","buttons":[{"label":"B","press":"t1"},{"label":"other","press":"t2"},{"label":"logs","say":"logs"}]`, "B", bad))
	})
	c.says(bad)
	c.told(bad)
	for _, not := range []string{"#talk img", "#talk [onerror]", "#talk a[href^=javascript]", "#talk a[href^=data]", `#talk a[href*="elsewhere"]`} {
		if found := c.js(`Boolean(document.querySelector(` + "`" + not + "`" + `))`); found != false {
			c.t.Errorf("the box has %s", not)
		}
	}
	c.until(`document.querySelector('.bubble li a[href="/tasks/two"]')`)
	c.until(`document.querySelector(".bubble pre").textContent.split("\n").length === 2`)
	c.narrow()
	c.chooses("other")
	c.told("pressed t2")
	if off := c.js(`[...document.querySelectorAll(".turn")].at(-2).querySelectorAll("button:disabled").length`); off != 2.0 {
		c.t.Errorf("after a ticket was used %v buttons are off", off)
	}
}

// leaves goes to another page before the answer is there.
func (c chat) leaves(f *front) {
	c.t.Helper()
	come := make(chan struct{})
	f.answers(func(_ said, n int) (int, string) {
		if n == 1 {
			select {
			case <-come:
			case <-c.ctx.Done(): // the test has failed
			}
		}
		return 200, reply("at last", "")
	})
	c.prefers("prefers-reduced-motion", "reduce")
	c.run(chromedp.SendKeys(chromedp.CSS("#chat-text"), "status"+kb.Enter+"and a draft"))
	c.until(`document.querySelector(".wait")`)
	if moves := c.js(`getComputedStyle(document.querySelector(".wait span")).animationName`); moves != "none" {
		c.t.Errorf("what should stand still has the animation %v", moves)
	}
	c.open(f.URL + "/")
	c.settles()
	close(come)
	c.told("at last")
	f.once(c.t)
	if draft := c.js(`document.getElementById("chat-text").value`); draft != "and a draft" {
		c.t.Errorf("the draft has become %q", draft)
	}
	c.js(`void (document.getElementById("chat-text").value = "")`)
}

// many says more than is kept.
func (c chat) many(f *front) {
	c.t.Helper()
	f.answers(func(s said, _ int) (int, string) { return 200, reply("you said "+s.Text, "") })
	c.js(`void (() => { for (let i = 1; i <= 53; i++) { document.getElementById("chat-text").value = "number " + i; document.getElementById("chat-form").requestSubmit(); } })()`)
	c.told("you said number 53")
	for _, count := range []string{`document.querySelectorAll(".turn").length`, `JSON.parse(sessionStorage.getItem("herald.chat")).turns.length`} {
		if got := c.js(count); got != 50.0 {
			c.t.Errorf("of 53 turns %v are kept", got)
		}
	}
	c.js(`void (document.getElementById("chat-text").value = "x".repeat(1950), document.getElementById("chat-text").dispatchEvent(new Event("input")))`)
	c.shows("50 characters left")
}

// ends logs out, which leaves nothing for whoever comes next.
func (c chat) ends(f *front) {
	c.t.Helper()
	kept := c.js(`sessionStorage.getItem("herald.chat")`).(string)
	c.press(".person button")
	c.until(`document.querySelector("#token")`)
	if c.js(`sessionStorage.getItem("herald.chat").includes("number 53")`) != false {
		c.t.Error("what was said is still there after logging out")
	}
	quoted, _ := json.Marshal(strings.Replace(kept, `"person":"admin"`, `"person":"somebody else"`, 1))
	c.js(`sessionStorage.setItem("herald.chat", ` + string(quoted) + `)`)
	c.login()
	c.opens()
	c.shows("Ask about your tasks")
	if c.js(`document.querySelectorAll(".turn").length`) != 0.0 {
		c.t.Error("somebody sees what another person said")
	}
}
