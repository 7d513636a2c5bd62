package api

import (
	"html"
	"maps"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/api/apitest"
	"github.com/taskherald/herald/templates/webpage"
)

// inTokyo is a server of people who live there.
func inTokyo(o *Options) {
	o.Zone = "Asia/Tokyo"
}

var (
	preferencesForm = regexp.MustCompile(`(?s)action="/notifications/preferences">(.*?)</form>`)
	inputs          = regexp.MustCompile(`<input [^>]*name="([^"]*)"(?: value="([^"]*)")?[^>]*>`)
	inputValue      = regexp.MustCompile(` value="([^"]*)"`)
	selects         = regexp.MustCompile(`(?s)<select [^>]*name="([^"]*)".*?</select>`)
	selected        = regexp.MustCompile(`<option value="([^"]*)" selected>`)
)

// preferencesOn are the fields of the form as a browser sends them.
func preferencesOn(t *testing.T, page string) url.Values {
	t.Helper()
	form := preferencesForm.FindStringSubmatch(page)
	if form == nil {
		t.Fatalf("there is no form of preferences in\n%s", page)
	}
	f := url.Values{}
	for _, m := range inputs.FindAllStringSubmatch(form[1], -1) {
		if strings.Contains(m[0], "checkbox") && !strings.Contains(m[0], " checked") {
			continue
		}
		f.Add(m[1], html.UnescapeString(inputValue.FindStringSubmatch(m[0])[1]))
	}
	for _, m := range selects.FindAllStringSubmatch(form[1], -1) {
		if chosen := selected.FindStringSubmatch(m[0]); chosen != nil {
			f.Add(m[1], chosen[1])
		}
	}
	return f
}

// TestPreferencesPage holds that what is chosen in the form is kept, and shown.
func TestPreferencesPage(t *testing.T) {
	t.Parallel()
	w := serve(t, inTokyo)
	ann := w.Person("ann", access.RoleMember)
	b := w.reader(ann)
	page := b.get("/notifications")
	shows(t, page, "Without one, times are those of Asia/Tokyo.", "By mail", "By push", "On open pages", "Quiet hours")
	hides(t, page, "ways.webhook", "ways.browser.progress", "Remove these hours")
	f := preferencesOn(t, page)
	if got := f["through_quiet"]; strings.Join(got, " ") != "approval end" {
		t.Errorf("what passes is %v", got)
	}

	f.Set("time_zone", "Europe/Lisbon")
	f.Set("language", "pt")
	f.Set("digest", "08:00 17:30")
	f.Set("quiet_hours[0].from", "22:00")
	f.Set("quiet_hours[0].to", "00:00")
	f.Add("through_quiet", "alarm")
	f.Set("ways.email.step", "digest")
	f.Set("ways.browser.end", "off")
	shows(t, b.post("/notifications/preferences", f, "same-origin", 200), "✓ Saved.", "More quiet hours", "Remove these hours")
	w.do(ann, "GET", "/api/preferences", "").is(
		"time_zone", "Europe/Lisbon", "language", "pt", "digest", "08:00 17:30", "quiet_hours.0.from", "22:00", "quiet_hours.0.to", "24:00",
		"quiet_hours.0.days", "", "through_quiet", "[approval end alarm]", "ways", "map[browser:map[end:off] email:map[step:digest]]", "quiet_hours.1", "")

	f = preferencesOn(t, b.get("/notifications"))
	f["quiet_hours[1].days"] = []string{"sat", "sun"}
	f.Set("quiet_hours[1].from", "12:00")
	f.Set("quiet_hours[1].to", "14:00")
	b.post("/notifications/preferences", f, "same-origin", 200)
	w.do(ann, "GET", "/api/preferences", "").is("quiet_hours.1.days", "[sat sun]", "quiet_hours.2", "")
	f = preferencesOn(t, b.get("/notifications"))
	f.Set("quiet_hours[0].drop", "1")
	b.post("/notifications/preferences", f, "same-origin", 200)
	w.do(ann, "GET", "/api/preferences", "").is("quiet_hours.0.from", "12:00", "quiet_hours.1", "")
	f = preferencesOn(t, b.get("/notifications"))
	f.Set("quiet_hours[0].from", "")
	f.Set("quiet_hours[0].to", "")
	f["through_quiet"] = nil
	b.post("/notifications/preferences", f, "same-origin", 200)
	w.do(ann, "GET", "/api/preferences", "").is("quiet_hours", "[]", "through_quiet", "[]")
	b.post("/notifications/preferences", f, "cross-site", 403)
}

// TestPreferencesStay holds that sending the form as it is changes nothing, not even what
// it does not show.
func TestPreferencesStay(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{}`,
		`{"through_quiet":[]}`,
		`{"through_quiet":["progress","step"],"ways":{"email":{"progress":"off"},"webpush":{"approval":"off","end":"digest","alarm":"off"}}}`,
		`{"time_zone":"America/Sao_Paulo","language":"de","digest":"15m","quiet_hours":[{"from":"00:00","to":"24:00","days":["sun"]},{"from":"22:00","to":"07:00"},{"from":"12:00","to":"12:01","days":["mon","fri"]}]}`,
	} {
		w := serve(t, inTokyo)
		ann := w.Person("ann", access.RoleMember)
		w.do(ann, "PUT", "/api/preferences", body).want(200)
		w.do(ann, "POST", "/api/preferences/mutes", `{"kind":"import"}`).want(201)
		before := w.do(ann, "GET", "/api/preferences", "")
		b := w.reader(ann)
		b.post("/notifications/preferences", preferencesOn(t, b.get("/notifications")), "same-origin", 200)
		after := w.do(ann, "GET", "/api/preferences", "")
		for _, name := range []string{"time_zone", "language", "digest", "quiet_hours", "through_quiet", "ways", "mutes"} {
			if after.at(name) != before.at(name) {
				t.Errorf("%s: %s was %s and is %s", body, name, before.at(name), after.at(name))
			}
		}
	}
}

// TestPreferencesElsewhere holds that a page does not undo what was changed since it was
// loaded, unless it is saved again, and that a mute is no such change.
func TestPreferencesElsewhere(t *testing.T) {
	t.Parallel()
	w := serve(t, inTokyo)
	ann := w.Person("ann", access.RoleMember)
	b := w.reader(ann)
	f := preferencesOn(t, b.get("/notifications"))
	f.Set("digest", "30m")
	w.do(ann, "POST", "/api/preferences/mutes", `{"kind":"import"}`).want(201)
	b.post("/notifications/preferences", f, "same-origin", 200)
	page := b.post("/notifications/preferences", f, "same-origin", 409)
	shows(t, page, "✕ Nothing is saved yet: this was changed elsewhere meanwhile")
	w.do(ann, "PUT", "/api/preferences", `{"language":"pt"}`).want(200)
	f = preferencesOn(t, page)
	if f.Get("digest") != "30m" {
		t.Errorf("what was typed is gone: %v", f)
	}
	page = b.post("/notifications/preferences", f, "same-origin", 409)
	b.post("/notifications/preferences", preferencesOn(t, page), "same-origin", 200)
	w.do(ann, "GET", "/api/preferences", "").is("language", "", "digest", "30m", "mutes.0.kind", "import")
}

// TestPreferencesAreRefused holds that what is wrong is said at its field, that what was
// typed stays there, and that nothing is kept.
func TestPreferencesAreRefused(t *testing.T) {
	t.Parallel()
	w := serve(t, inTokyo)
	ann := w.Person("ann", access.RoleMember)
	b := w.reader(ann)
	for _, c := range []struct {
		change url.Values
		at     string
	}{
		{url.Values{"time_zone": {`Mars"`}}, "time_zone"},
		{url.Values{"language": {"tlh"}}, "language"},
		{url.Values{"digest": {"now and then"}}, "digest"},
		{url.Values{"quiet_hours[0].from": {"25:00"}, "quiet_hours[0].to": {"07:00"}}, "hours-0"},
		{url.Values{"quiet_hours[0].from": {"22:00"}}, "hours-0"},
		{url.Values{"quiet_hours[0].from": {"07:00"}, "quiet_hours[0].to": {"07:00"}}, "hours-0"},
		{url.Values{"quiet_hours[0].from": {"22:00"}, "quiet_hours[0].to": {"07:00"}, "quiet_hours[0].days": nil}, "hours-0"},
		{url.Values{"quiet_hours[0].from": {"22:00"}, "quiet_hours[0].to": {"07:00"}, "quiet_hours[0].days": {"someday"}}, "hours-0"},
		{url.Values{"quiet_hours[0].from": {"00:00"}, "quiet_hours[0].to": {"00:00"}}, "quiet_hours"},
		{url.Values{"through_quiet": {"rain"}}, "through_quiet"},
		{url.Values{"ways.email.approval": {"digest"}}, "ways"},
		{url.Values{"ways.email.step": {"loudly"}}, "ways"},
	} {
		f := preferencesOn(t, b.get("/notifications"))
		f.Set("ways.webpush.step", "off")
		maps.Copy(f, c.change)
		page := b.post("/notifications/preferences", f, "same-origin", 400)
		shows(t, page, "✕ Nothing is saved yet", `id="`+c.at+`-wrong" class="fault">✕ `)
		again := preferencesOn(t, page)
		for name, values := range c.change {
			if _, own := again[name]; own && strings.HasPrefix(name, "quiet") && name != "quiet_hours[0].days" && again.Get(name) != f.Get(name) {
				t.Errorf("%s is %q again, not %q", name, again[name], values)
			}
		}
		if again.Get("ways.webpush.step") != "off" || again.Get("time_zone") != f.Get("time_zone") || again.Get("digest") != f.Get("digest") {
			t.Errorf("%v: what was typed is gone: %v", c.change, again)
		}
	}
	w.do(ann, "GET", "/api/preferences", "").is("changed_at", "", "ways", "map[]")
	b.post("/notifications/preferences", url.Values{"digest": {strings.Repeat("x", mostWish)}}, "same-origin", 413)
}

// TestMutesOnThePage mutes a task from its page, and ends that.
func TestMutesOnThePage(t *testing.T) {
	t.Parallel()
	w := serve(t, inTokyo)
	ann, bob := w.Person("ann", access.RoleMember), w.Person("bob", access.RoleMember)
	w.do(apitest.Admin, "POST", "/api/tasks", `{"id":"t","title":"Nightly <import>"}`).want(201)
	w.do(apitest.Admin, "POST", "/api/tasks", `{"id":"shut","title":"S","owner":"admin"}`).want(201)
	b := w.reader(ann)
	shows(t, b.get("/tasks/t"), `href="/notifications?task=t"`)
	shows(t, b.get("/notifications"), "Nothing is. A task’s page leads")
	shows(t, b.get("/notifications?task=t"), "Nightly &lt;import&gt;", "Mute this task", `name="for" value="2h" checked`)
	b.post("/notifications?task=t", url.Values{"to": {"no"}, "what": {"all"}}, "same-origin", 400)

	for _, c := range []struct{ chosen, until string }{
		{"ever", ""}, {"2h", "2026-01-31T14:00:00.000Z"}, {"morning", "2026-01-31T23:00:00.000Z"}, // in Tokyo it is the evening
	} {
		page := b.post("/notifications/mutes", url.Values{"task": {"t"}, "for": {c.chosen}}, "same-origin", 200)
		shows(t, page, "✓ Muted.", "It is muted.", "Nightly &lt;import&gt;", "Unmute", "approvals and ends are told all the same")
		hides(t, page, "Mute this task", "Nothing is.")
		w.do(ann, "GET", "/api/preferences", "").is("mutes.0.task", "t", "mutes.0.until", c.until, "mutes.0.all", "", "mutes.1", "")
	}
	w.do(ann, "PUT", "/api/preferences", `{"time_zone":"America/Sao_Paulo"}`).want(200)
	shows(t, b.post("/notifications/mutes", url.Values{"task": {"t"}, "for": {"morning"}, "all": {"1"}}, "same-origin", 200), "approvals and ends too")
	id := w.do(ann, "GET", "/api/preferences", "").is("mutes.0.until", "2026-02-01T11:00:00.000Z", "mutes.0.all", "true").at("mutes.0.id")

	w.reader(bob).post("/notifications/"+id+"/unmute", nil, "same-origin", 404)
	b.post("/notifications/"+id+"/unmute", nil, "cross-site", 403)
	shows(t, b.post("/notifications/"+id+"/unmute", nil, "same-origin", 200), "✓ Unmuted.", "Nothing is.")
	b.post("/notifications/"+id+"/unmute", nil, "same-origin", 404)
	for status, f := range map[int]url.Values{
		400: {"task": {"t"}, "for": {"a week"}}, 404: {"task": {"shut"}, "for": {"2h"}}, 403: {"task": {"t"}, "for": {"2h"}},
	} {
		b.post("/notifications/mutes", f, map[bool]string{true: "cross-site", false: "same-origin"}[status == 403], status)
	}
	b.post("/notifications/mutes", url.Values{"for": {"2h"}}, "same-origin", 400)
	w.do(ann, "GET", "/api/preferences", "").is("mutes", "[]")

	w.do(ann, "POST", "/api/preferences/mutes", `{"kind":"import","for_seconds":60}`).want(201)
	w.do(ann, "POST", "/api/preferences/mutes", `{"task":"gone","all":true}`)
	shows(t, b.get("/notifications"), "Kind import")
	w.pass(60e9)
	hides(t, b.get("/notifications"), "Kind import")
	for _, path := range []string{"/notifications?task=shut", "/notifications?task=none"} {
		if got := w.outside(path, "Authorization", "Bearer "+ann); got.status != 404 {
			t.Errorf("%s: %d", path, got.status)
		}
	}
}

// TestDaysOfTheForm holds the days of the form to those that are kept.
func TestDaysOfTheForm(t *testing.T) {
	t.Parallel()
	p := notify.Preferences{Quiet: []notify.Quiet{{Days: webpage.Days(), To: 60}}}
	if err := p.Check(nil); err != nil {
		t.Error(err)
	}
}
