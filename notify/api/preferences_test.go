package api

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/api/apitest"
)

const (
	preferencesAt = "/api/preferences"
	mutesAt       = preferencesAt + "/mutes"
)

// wishes are preferences that say all that can be said.
const wishes = `{"language":"pt","time_zone":"America/Sao_Paulo","quiet_hours":[{"days":["sat"],"from":"22:00","to":"07:00"},{"from":"12:00","to":"24:00"}],
	"through_quiet":["alarm"],"ways":{"email":{"step":"digest","end":"off"},"browser":{"end":"off"}},"digest":"08:00 17:30","mutes":[],"person":"bob","defaults":1}`

func TestPreferences(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann := w.Person("ann", access.RoleViewer)
	w.do(ann, "GET", preferencesAt, "").want(200).is("person", "ann", "language", "", "time_zone", "", "quiet_hours", "[]", "through_quiet", "", "ways", "map[]",
		"digest", "", "mutes", "[]", "changed_at", "", "defaults", "map[channels:[email webpush browser] digest:1h language:en through_quiet:[approval end] time_zone:UTC]")

	set := func(r reply) {
		r.want(200).is("person", "ann", "language", "pt", "time_zone", "America/Sao_Paulo", "quiet_hours.0", "map[days:[sat] from:22:00 to:07:00]",
			"quiet_hours.1", "map[from:12:00 to:24:00]", "quiet_hours.2", "", "through_quiet", "[alarm]", "ways", "map[browser:map[end:off] email:map[end:off step:digest]]",
			"digest", "08:00 17:30", "changed_at", "2026-01-31T12:00:00.000Z")
	}
	set(w.do(ann, "PUT", preferencesAt, wishes))
	set(w.do(ann, "GET", preferencesAt, ""))
	kept, err := w.ledger.PreferencesOf(t.Context(), "ann")
	if err != nil || len(kept.Quiet) != 2 || kept.Quiet[0].From != 22*60 || kept.Ways["email"]["step"] != notify.WayDigest || len(kept.Digest.At) != 2 {
		t.Errorf("%+v, %v", kept, err)
	}

	id := w.do(ann, "POST", mutesAt, `{"kind":"crm"}`).want(201).at("id")
	w.pass(time.Minute)
	w.do(ann, "PUT", preferencesAt, `{"through_quiet":[]}`).want(200).is("language", "", "quiet_hours", "[]", "through_quiet", "[]", "ways", "map[]", "digest", "",
		"mutes.0.id", id, "changed_at", "2026-01-31T12:01:00.000Z")
	w.do(ann, "PUT", preferencesAt, `{"through_quiet":null}`).want(200).is("through_quiet", "", "mutes.0.id", id)
	w.do(ann, "PUT", preferencesAt, ``).want(200).is("mutes.0.id", id)
	w.do(ann, "PUT", preferencesAt, `{"ways":{"email":null}}`).want(200).is("ways", "map[email:map[]]")
}

func TestBadPreferences(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann := w.Person("ann", access.RoleMember)
	for body, field := range map[string]string{
		`{"language":"xx"}`: "language", `{"language":1}`: "language", `{"language":"\u0000"}`: "language",
		`{"time_zone":"Mars/Base"}`: "time_zone", `{"time_zone":"Local"}`: "time_zone", `{"time_zone":"../x"}`: "time_zone",
		`{"quiet_hours":{}}`: "quiet_hours", `{"quiet_hours":[{"from":"22:00"}]}`: "quiet_hours[0].to",
		`{"quiet_hours":[{"from":"1:00","to":"02:00"}]}`:                                                              "quiet_hours[0].from",
		`{"quiet_hours":[{"from":"22:00","to":"07:00","days":["so"]}]}`:                                               "quiet_hours[0].days[0]",
		`{"quiet_hours":[{"from":"24:00","to":"07:00"}]}`:                                                             "quiet_hours[0].from",
		`{"quiet_hours":[{"from":5,"to":"07:00"}]}`:                                                                   "quiet_hours.from",
		`{"quiet_hours":[` + strings.Repeat(`{"from":"22:00","to":"07:00"},`, 20) + `{"from":"22:00","to":"07:00"}]}`: "quiet_hours",
		`{"through_quiet":["loud"]}`:                                                                                  "through_quiet[0]", `{"through_quiet":"end"}`: "through_quiet",
		`{"ways":{"sms":{"end":"off"}}}`: "ways.sms", `{"ways":{"webhook":{"end":"off"}}}`: "ways.webhook", `{"ways":{"email":{"loud":"off"}}}`: "ways.email.loud",
		`{"ways":{"email":{"end":"never"}}}`: "ways.email.end", `{"ways":{"email":{"approval":"digest"}}}`: "ways.email.approval",
		`{"ways":{"browser":{"step":"digest"}}}`: "ways.browser.step", `{"ways":{"email":"off"}}`: "ways",
		`{"digest":"7m"}`: "digest", `{"digest":"soon"}`: "digest", `{"digest":60}`: "digest", `[`: "body",
	} {
		w.do(ann, "PUT", preferencesAt, body).refused(400, field)
	}
	w.do(ann, "GET", preferencesAt, "").want(200).is("changed_at", "")
	long := strings.Repeat("x", 100_000)
	for _, body := range []string{
		`{"language":"X"}`, `{"time_zone":"X"}`, `{"quiet_hours":[{"from":"X","to":"07:00"}]}`, `{"quiet_hours":[{"days":["X"],"from":"22:00","to":"07:00"}]}`,
		`{"through_quiet":["X"]}`, `{"ways":{"X":{}}}`, `{"ways":{"email":{"X":"on"}}}`, `{"ways":{"email":{"end":"X"}}}`, `{"digest":"X"}`, `{"digest":"X:"}`, `{"changed_at":"X"}`,
	} {
		if r := w.do(ann, "PUT", preferencesAt, strings.Replace(body, "X", long, 1)).want(400); len(r.body) > 2000 {
			t.Errorf("%s: a refusal of %d bytes repeats what was sent", body, len(r.body))
		}
	}
}

// TestPreferencesOfTwo holds that nobody's change is lost to somebody who has read what was
// before it, and that mutes are no such change.
func TestPreferencesOfTwo(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann := w.Person("ann", access.RoleViewer)
	put := func(seen string) reply {
		t.Helper()
		return w.do(ann, "PUT", preferencesAt, `{"language":"pt","changed_at":"`+seen+`"}`)
	}
	first := put("").want(200).at("changed_at")
	put("").refused(409, "changed_at")
	second := put(first).want(200).at("changed_at")
	put(first).refused(409, "changed_at")
	put("yesterday").refused(400, "changed_at")
	w.do(ann, "POST", mutesAt, `{"kind":"crm"}`).want(201)
	w.do(ann, "PUT", preferencesAt, `{"changed_at":null}`).want(200)
	third := w.do(ann, "PUT", preferencesAt, `{}`).want(200).at("changed_at")
	put(second).refused(409, "changed_at")
	w.do(ann, "POST", mutesAt, `{"kind":"erp"}`).want(201)
	put(third).want(200).is("mutes.1.kind", "erp")
}

// TestPreferencesOfOthers holds that only admins see and change those of others.
func TestPreferencesOfOthers(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann := w.Person("ann", access.RoleOperator)
	reports := w.Person("eve", access.RoleMember, "report")
	for _, call := range [][3]string{
		{"GET", preferencesAt, ""}, {"PUT", preferencesAt, `{}`}, {"POST", mutesAt, `{"kind":"crm"}`}, {"DELETE", mutesAt + "/mut_x", ""},
	} {
		w.do(reports, call[0], call[1], call[2]).want(403)
		w.do("", call[0], call[1], call[2]).want(401)
		w.do(ann, call[0], call[1]+"?person=eve", call[2]).refused(403, "person")
		w.do(apitest.Admin, call[0], call[1]+"?person=zoe", call[2]).refused(404, "person")
		w.do(apitest.Admin, call[0], call[1]+"?person=%00", call[2]).refused(400, "person")
	}
	w.do(ann, "GET", preferencesAt+"?person=ann", "").want(200).is("person", "ann")
	w.do(apitest.Admin, "PUT", preferencesAt+"?person=ann", `{"language":"de"}`).want(200).is("person", "ann", "language", "de")
	id := w.do(apitest.Admin, "POST", mutesAt+"?person=ann", `{"kind":"crm"}`).want(201).at("id")
	w.do(ann, "GET", preferencesAt, "").want(200).is("language", "de", "mutes.0.id", id)
	w.do(apitest.Admin, "GET", preferencesAt, "").want(200).is("person", "admin", "language", "", "mutes", "[]")
	w.do(apitest.Admin, "DELETE", mutesAt+"/"+id, "").want(404)
	w.do(apitest.Admin, "DELETE", mutesAt+"/"+id+"?person=ann", "").want(204)
}

func TestMutes(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann := w.Person("ann", access.RoleViewer)
	mute := func(body string) reply { t.Helper(); return w.do(ann, "POST", mutesAt, body).want(201) }
	first := mute(`{"kind":"crm","labels":{"a":"b"},"for_seconds":60}`).is("kind", "crm", "labels.a", "b", "until", "2026-01-31T12:01:00.000Z", "all", "",
		"created_at", "2026-01-31T12:00:00.000Z").at("id")
	if !named(first, mutePrefix) {
		t.Errorf("the id is %q", first)
	}
	mute(`{"owner":"group:shop","until":"2026-01-31T14:00:00+01:00","all":true}`).is("owner", "group:shop", "until", "2026-01-31T13:00:00.000Z", "all", "true")
	again := mute(`{"kind":"crm","labels":{"a":"b"}}`).is("until", "").at("id")
	w.do(ann, "GET", preferencesAt, "").want(200).is("mutes.0.owner", "group:shop", "mutes.1.id", again, "mutes.2", "")
	mute(`{"for_seconds":3600}`).is("kind", "", "until", "2026-01-31T13:00:00.000Z")
	w.do(ann, "DELETE", mutesAt+"/"+first, "").want(404)
	w.do(ann, "DELETE", mutesAt+"/"+again, "").want(204)

	w.pass(time.Hour)
	w.do(ann, "GET", preferencesAt, "").want(200).is("mutes", "[]")
	if kept, err := w.ledger.PreferencesOf(t.Context(), "ann"); err != nil || len(kept.Mutes) != 2 {
		t.Errorf("a look has changed them: %+v, %v", kept, err)
	}
	mute(`{"kind":"erp"}`)
	if kept, err := w.ledger.PreferencesOf(t.Context(), "ann"); err != nil || len(kept.Mutes) != 1 {
		t.Errorf("what has run out is kept: %+v, %v", kept, err)
	}
}

func TestBadMutes(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann := w.Person("ann", access.RoleMember)
	w.do(apitest.Admin, "POST", "/api/tasks", `{"id":"open","title":"T"}`).want(201)
	w.do(apitest.Admin, "POST", "/api/tasks", `{"id":"shut","title":"T","owner":"admin"}`).want(201)
	w.do(ann, "POST", mutesAt, `{"task":"open"}`).want(201).is("task", "open", "until", "")
	w.do(ann, "POST", mutesAt, `{"task":"shut"}`).refused(404, "task")
	w.do(ann, "POST", mutesAt, `{"task":"none"}`).refused(404, "task")
	for body, field := range map[string]string{
		``: "until", `{"all":true}`: "until", `{"labels":{}}`: "until", `{"kind":"\u0000"}`: "kind", `{"kind":1}`: "kind", `{"labels":{"":"x"}}`: "labels",
		`{"kind":"x","until":"tomorrow"}`: "until", `{"kind":"x","until":5}`: "until", `{"kind":"x","until":"2026-01-31T12:00:00Z"}`: "until",
		`{"kind":"x","until":"2036-01-30T12:00:00Z"}`: "until", `{"kind":"x","until":"2026-02-01T12:00:00Z","for_seconds":5}`: "until",
		`{"kind":"x","for_seconds":0}`: "for_seconds", `{"kind":"x","for_seconds":315360001}`: "for_seconds", `{"kind":"x","for_seconds":"1h"}`: "for_seconds",
		`{"kind":"x","all":"yes"}`: "all",
	} {
		w.do(ann, "POST", mutesAt, body).refused(400, field)
	}
	w.do(ann, "POST", mutesAt, `{"owner":"`+strings.Repeat("x", 201)+`"}`).refused(413, "owner")
	for _, odd := range []string{"x", "mut_", "mut_%00", "mut_nothing"} {
		w.do(ann, "DELETE", mutesAt+"/"+odd, "").want(404)
	}
}

// TestMostMutes holds that one person cannot have any number, and that what is muted again
// takes no more room.
func TestMostMutes(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann := w.Person("ann", access.RoleMember)
	if _, err := w.ledger.Prefer(t.Context(), "ann", func(p *notify.Preferences) error {
		p.Mutes = nil
		for i := range notify.MostMutes {
			p.Mutes = append(p.Mutes, notify.Mute{ID: fmt.Sprint("mut_", i), Match: notify.Match{Kind: fmt.Sprint(i)}, At: w.time()})
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if said := w.do(ann, "POST", mutesAt, `{"kind":"more"}`).want(409).at("detail"); !strings.Contains(said, "200 mutes") {
		t.Errorf("says %q", said)
	}
	w.do(ann, "POST", mutesAt, `{"kind":"7","all":true}`).want(201)
	w.do(ann, "DELETE", mutesAt+"/mut_8", "").want(204)
	w.do(ann, "POST", mutesAt, `{"kind":"more"}`).want(201)
}
