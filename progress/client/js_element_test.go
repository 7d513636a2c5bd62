package client_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/chromedp"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/apitest"
	"github.com/taskherald/herald/progress/client"
)

// hostile is a title that would run a script if it were taken for markup.
const hostile = "CRM <img src=x onerror=\"window.taken=1\"> & \u202eco"

// crm is a task with a bit of everything.
func crm(t *testing.T, s *stage) (progress.TaskID, *client.Reporter) {
	t.Helper()
	r := s.goClient(t).Reporter(client.ReporterOptions{Draft: &client.Draft{
		Title: hostile,
		Steps: []client.DraftStep{
			{Name: "Research the market"},
			{Name: `Build </li><script>window.taken=2</script>`, Substeps: []string{"Tables", `<b onclick="window.taken=3">Rows</b>`, "Indexes"}},
			{Name: "AVeryLongNameWithoutAnySpacesThatHasToBeBrokenSomewhereOrItWouldBeWiderThanAPhone"},
			{Name: "Go live", Approval: &progress.Gate{Prompt: "Switch over?", SelfApproval: true}},
		},
	}})
	t.Cleanup(func() { _, _ = r.Close(t.Context()) }) // the test looks before
	r.Report(progress.Report{Step: progress.StepRef{Order: 1}, StepStatus: progress.StepCompleted})
	r.Report(progress.Report{Step: progress.StepRef{Order: 2}, Substep: "Tables", SubstepDone: new(true)})
	tick(r, 2, 40)
	if err := r.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	return r.Task(), r
}

func tick(r *client.Reporter, step int, percent float64) {
	r.Report(progress.Report{Step: progress.StepRef{Order: step}, StepProgress: &percent, Message: new(fmt.Sprintf("<i>row</i> %v now", percent))})
}

// inside is an expression about what is in the element.
func inside(selector, rest string) string {
	return fmt.Sprintf("document.querySelector('herald-progress').shadowRoot.querySelector(%q)%s", selector, rest)
}

// TestJSElement follows a task with the element, over a restart of the server,
// from its first report to its end and its restart.
func TestJSElement(t *testing.T) {
	t.Parallel()
	s := newStage(t, withPages)
	id, r := crm(t, s)
	p := browse(t)
	p.element(s, string(id))
	p.shows(`CRM <img src=x onerror="window.taken=1"> &`)
	for _, text := range []string{
		"step 2 of 4: Build </li><script>", "◐\u00a0running", "35%", "<i>row</i> 40", "completed in", "✓", "○", `<b onclick="window.taken=3">Rows</b>`,
	} {
		p.shows(strings.ReplaceAll(text, "\u00a0", " "))
	}
	p.until(inside("[role=progressbar]", ".getAttribute('aria-valuenow') === '35'"))
	for end, n := time.Now().Add(patience), 0; p.js("("+shown+").includes('row</i> 40 ')") == true; n++ { // percents that come fast hold nothing up
		if time.Now().After(end) {
			t.Fatal("the message stays as it was", p.js(shown))
		}
		tick(r, 2, 41+float64(n%5))
		time.Sleep(20 * time.Millisecond)
	}
	tick(r, 2, 80)
	p.until(inside("[role=progressbar]", ".getAttribute('aria-valuenow') === '45'"))
	p.until(inside(".fill", ".style.width === '45%'"))
	p.shows("80%")
	r.Report(progress.Report{Metadata: map[string]json.RawMessage{progress.RemainingKey: json.RawMessage("200")}})
	p.shows("about 3 minutes left")
	p.until(inside("[part=eta]", ".title === \"from the worker's own estimate\""))
	s.Stop()
	p.shows("reconnecting…")
	tick(r, 2, 90)
	s.Start()
	p.shows("47%")
	p.until("!(" + shown + ").includes('reconnecting')")
	r.Report(progress.Report{Step: progress.StepRef{Order: 2}, StepStatus: progress.StepCompleted})
	r.Report(progress.Report{Step: progress.StepRef{Order: 4}, StepStatus: progress.StepRunning})
	p.shows("⚠ waiting for approval")
	p.shows("⚠ Switch over?")
	ctx := t.Context()
	c := s.goClient(t)
	for _, verb := range []progress.Verb{progress.VerbApprove, progress.VerbPause} {
		if _, err := c.Command(ctx, id, verb, client.CommandOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	p.shows("⏸ paused")
	if _, err := c.Command(ctx, id, progress.VerbResume, client.CommandOptions{}); err != nil {
		t.Fatal(err)
	}
	r.Report(progress.Report{Step: progress.StepRef{Order: 4}, StepStatus: progress.StepFailed, Error: &progress.Fault{Type: "Down", Message: "<b>no</b>"}})
	p.shows("✕ failed")
	p.shows("✕ Down: <b>no</b>")
	p.until(inside("[role=status]", ".textContent.includes(': failed, step 4 of 4: Go live')"))
	if taken := p.js("window.taken"); taken != nil {
		t.Error("data was taken for markup", taken)
	}
	p.calm("/ws/tasks/", "ERR_CONNECTION_REFUSED", "Failed to load resource")
}

// TestJSElementLooks holds that it fits, can be reached by keyboard, and has names.
func TestJSElementLooks(t *testing.T) {
	t.Parallel()
	s := newStage(t, withPages)
	id, _ := crm(t, s)
	p := browse(t)
	p.element(s, string(id))
	p.shows("step 2 of 4")
	grounds := map[any]bool{}
	for _, scheme := range []string{"light", "dark"} {
		p.scheme(scheme)
		for _, width := range []int64{320, 1200} {
			p.size(width)
			p.until(fmt.Sprintf("innerWidth === %d", width))
			wide := p.js("[...document.querySelector('herald-progress').shadowRoot.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > innerWidth).map(e => e.outerHTML).join('\\n')")
			if wide != "" || p.js("document.documentElement.scrollWidth > innerWidth") != false {
				t.Errorf("at %d it is too wide: %v", width, wide)
			}
		}
		grounds[p.js("getComputedStyle("+inside("article", ")")+".backgroundColor")] = true
	}
	if len(grounds) != 2 {
		t.Error("light and dark are the same:", grounds)
	}
	p.js("document.querySelector('herald-progress').style.setProperty('--herald-accent', 'rgb(1, 2, 3)')")
	p.until("getComputedStyle(" + inside("a", ")") + ".color === 'rgb(1, 2, 3)'")
	if err := chromedp.Do(p.ctx, chromedp.KeyEvent("\t")); err != nil {
		t.Fatal(err)
	}
	p.until("document.querySelector('herald-progress').shadowRoot.activeElement?.href.endsWith('/tasks/" + string(id) + "')")
	got := p.names()
	for _, want := range []string{
		"article: " + hostile, "progressbar: Progress of " + hostile, "list: Steps", "list: 1 of 3 substeps done", "link: Open " + hostile + " in Herald", "heading: " + hostile,
	} {
		if !slices.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, strings.Join(got, "\n"))
		}
	}
	p.calm()
}

// names are the roles and names that a screen reader gets.
func (p *page) names() (out []string) {
	p.Helper()
	tree, err := chromedp.Call(p.ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	if err != nil {
		p.Fatal(err)
	}
	for _, n := range tree.Nodes {
		if n.Ignored || n.Role == nil || n.Name == nil {
			continue
		}
		var role, name string
		if json.Unmarshal(n.Role.Value, &role) == nil && json.Unmarshal(n.Name.Value, &name) == nil {
			out = append(out, role+": "+name)
		}
	}
	return out
}

// TestJSElementMissing is what it says when there is nothing to show.
func TestJSElementMissing(t *testing.T) {
	t.Parallel()
	s := newStage(t, withPages)
	p := browse(t)
	p.element(s, "nowhere")
	p.shows("no such task")
	p.js(`document.querySelector("herald-progress").token = "hrld_wrong"; 0`)
	p.shows("not allowed: the token is not good")
	id, _ := crm(t, s)
	p.js(`Object.assign(document.querySelector("herald-progress"), {token: "` + apitest.Admin + `", task: "` + string(id) + `"}); 0`)
	p.shows("step 2 of 4")
	p.js(`document.querySelector("herald-progress").remove(); 0`)
	p.calm("Failed to load resource", "/ws/tasks/")
}

// TestJSWatchInBrowser holds that a page that watches over a WebSocket misses
// and doubles nothing when the server is restarted.
func TestJSWatchInBrowser(t *testing.T) {
	t.Parallel()
	s := newStage(t, withPages)
	c := s.goClient(t)
	task, err := c.Work().Create(t.Context(), client.Draft{Title: "Watched"})
	if err != nil {
		t.Fatal(err)
	}
	p := browse(t)
	p.open(s.URL + "/page?body=")
	p.js(`window.got = []; import("/js/index.js").then(async ({Client}) => {
		for await (const f of new Client({token: "` + apitest.Admin + `"}).watch("` + string(task.ID) + `")) window.got.push(f);
		window.over = true;
	}); 0`)
	p.until("window.got.length === 1")
	r := c.Reporter(client.ReporterOptions{Task: task.ID})
	var want []string
	for i := range 30 {
		name := fmt.Sprint("step ", i+1)
		want = append(want, "step_started "+name, "step_complete "+name)
		r.Report(progress.Report{Step: progress.StepRef{Name: name}, StepStatus: progress.StepRunning})
		r.Report(progress.Report{Step: progress.StepRef{Name: name}, StepStatus: progress.StepCompleted})
		if i%10 == 4 {
			s.Stop()
			s.Start()
		}
		if err := r.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	r.Report(progress.Report{Status: progress.Completed})
	if _, err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.until("window.over")
	got := p.js(`got.filter(f => f.type.startsWith("step_")).map(f => f.type + " " + f.step.name).join("\n")`)
	if got != strings.Join(want, "\n") {
		t.Error(got)
	}
	if seqs := p.js(`got.filter(f => f.type !== "progress").every((f, i) => f.seq === i + 1)`); seqs != true {
		t.Error(p.js(`got.map(f => f.type + " " + f.seq).join("\n")`))
	}
	if urls := p.js(`performance.getEntriesByType("resource").map(e => e.name).join("\n")`); strings.Contains(fmt.Sprint(urls), apitest.Admin) {
		t.Error("a token in an address:", urls)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, u := range s.urls {
		if strings.Contains(u, apitest.Admin) {
			t.Error("a token in an address:", u)
		}
	}
	p.calm("/ws/tasks/", "ERR_CONNECTION_REFUSED", "Failed to load resource")
}
