package cli_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
)

// annsPreferences are those of somebody with some of each.
const annsPreferences = `{"person":"ann","language":"pt","time_zone":"","digest":"08:00 17:30",
	"quiet_hours":[{"days":["mon","tue"],"from":"22:00","to":"07:00"},{"from":"00:00","to":"23:59"},{"from":"12:00","to":"11:59"}],
	"through_quiet":["alarm","end"],"ways":{"email":{"step":"digest"},"webpush":{"step":"off"},"fax":{"end":"off"}},
	"mutes":[{"id":"mut_a","kind":"backup","owner":"o","labels":{"a":"b"},"created_at":"2026-01-31T12:00:00Z"},
		{"id":"mut_b","until":"2027-01-31T12:00:00Z","all":true,"created_at":"2026-01-31T12:00:00Z"},
		{"id":"mut_c","task":"gone-one","created_at":"2026-01-31T12:00:00Z"},{"id":"mut_d","task":"crm-one","created_at":"2026-01-31T12:00:00Z"}],
	"defaults":{"language":"en","time_zone":"UTC","digest":"1h","through_quiet":["approval","end"],"channels":["email","webpush","browser"]}}`

// annsScreen is how they are shown.
const annsScreen = `Person          ann
Language        pt
Time zone       UTC, as the server has it
Quiet hours     22:00 to 07:00 on mon, tue; 00:00 to 23:59; 12:00 to 11:59
Now             quiet until DATE there
They let pass   alarm, end
Digests         at 08:00, 17:30

CLASS     EMAIL   WEBPUSH  BROWSER  FAX
step      digest  off      on       on
alarm     on      on       on       on
approval  on      on       on       on
end       on      on       on       off

MUTE   OF                               UNTIL             KEEPS BACK
mut_a  kind backup, label a=b, owner o  for ever          all but approvals and ends
mut_b  everything                       2027-01-31 12:00  all
mut_c  task gone-one                    for ever          all but approvals and ends
mut_d  task crm-one                     for ever          all but approvals and ends
`

// prefers is a server of ann's.
func prefers(t *testing.T) *teller {
	return tells(t, map[string]string{
		"/api/tasks/crm-one": oneTask, "/api/preferences": annsPreferences, "/api/preferences?person=ann": annsPreferences,
		"/api/preferences/mutes":            `{"id":"mut_e","task":"crm-one","until":"2027-01-31T12:00:00Z","created_at":"2026-01-31T12:00:00Z"}`,
		"/api/preferences/mutes?person=ann": `{"id":"mut_f","kind":"k","all":true,"created_at":"2026-01-31T12:00:00Z"}`,
		"/api/preferences/mutes/mut_a":      `{}`, "/api/preferences/mutes/mut_b": `{}`, "/api/preferences/mutes/mut_c": `{}`, "/api/preferences/mutes/mut_d?person=ann": `{}`,
	})
}

var someMinute = regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d there`)

func TestShowPreferences(t *testing.T) {
	t.Parallel()
	s := prefers(t)
	r := finish(t, command(t, s.env, "preferences"))
	if got := someMinute.ReplaceAllString(r.stdout, "DATE there"); r.code != 0 || got != annsScreen || r.stderr != "" {
		t.Errorf("exits with %d and says\n%s%s\nwant\n%s", r.code, got, r.stderr, annsScreen)
	}
	s.want(0, `"id": "mut_b"`, "", "GET /api/preferences?person=ann", "prefs", "--person", "ann", "--json")
	s.want(2, "", "--person is empty", "", "prefs", "--person", "")
	s.want(2, "", `unknown command "step"`, "", "preferences", "step")
	usual := tells(t, map[string]string{"/api/preferences": `{"person":"a","quiet_hours":[],"ways":{},"digest":"","mutes":[],"defaults":{"language":"en","time_zone":"UTC","digest":"1h","through_quiet":["approval","end"],"channels":["email","webpush","browser"]}}`})
	usual.want(0, "Time zone       UTC, as the server has it\nQuiet hours     none\nDigests         every 1h\n\nCLASS     EMAIL  WEBPUSH  BROWSER\n", "", "", "preferences")
	usual.want(0, "", "", `"quiet_hours":[{"from":"01:00","to":"02:00"}],"through_quiet":["end"],"changed_at":""}`, "preferences", "quiet", "01:00-02:00", "--hold", "approval")
	usual.want(0, "", "", `"quiet_hours":[{"from":"01:00","to":"02:00"}],"changed_at":""}`, "preferences", "quiet", "01:00-02:00")
}

func TestChangePreferences(t *testing.T) {
	t.Parallel()
	s := prefers(t)
	const put = "PUT /api/preferences"
	for _, c := range []struct{ args, asked string }{
		{"set email alarm digest", put + ` {"language":"pt","quiet_hours":[{"days":["mon","tue"],"from":"22:00","to":"07:00"}`},
		{"set email alarm digest", `"ways":{"email":{"alarm":"digest","step":"digest"},"fax":{"end":"off"},"webpush":{"step":"off"}},"digest":"08:00 17:30","changed_at":""}`},
		{"set browser all off", `"browser":{"alarm":"off","approval":"off","end":"off","step":"off"}`},
		{"set email all digest", `"email":{"alarm":"digest","end":"digest","step":"digest"}`},
		{"quiet 22:00-07:00 13:00-14:00 --days fri-mon,wed --zone Europe/Lisbon", `"time_zone":"Europe/Lisbon","quiet_hours":[{"days":["mon","wed","fri","sat","sun"],"from":"22:00","to":"07:00"},{"days":["mon","wed","fri","sat","sun"],"from":"13:00","to":"14:00"}],"through_quiet":["alarm","end"]`},
		{"quiet --add 13:00-14:00", `{"from":"12:00","to":"11:59"},{"from":"13:00","to":"14:00"}]`},
		{"quiet off --let step,approval --hold end", put + ` {"language":"pt","through_quiet":["alarm","approval","step"]`},
		{"quiet off --hold end,alarm", `"through_quiet":[]`},
		{"digest 30m", `"digest":"30m","changed_at":""}`},
		{"digest 08:00 12:00", `"digest":"08:00 12:00","changed_at":""}`},
		{"digest default", `"off"}},"changed_at":""}`},
		{"zone America/Sao_Paulo --person ann", `PUT /api/preferences?person=ann {"language":"pt","time_zone":"America/Sao_Paulo"`},
		{"language de", put + ` {"language":"de"`},
		{"language default", put + ` {"quiet_hours"`},
	} {
		s.want(0, "Person          ann\n", "", c.asked, append([]string{"preferences"}, strings.Fields(c.args)...)...)
	}
	for _, c := range []struct{ args, stderr string }{
		{"set email all", "accepts 3 arg(s)"},
		{"set email all loud", "say on, digest or off after the class"},
		{"set email ends on", "CLASS must be step, alarm, approval, end or all"},
		{"quiet 22", `"22" are no quiet hours; write them such as 22:00-07:00, or off for none`},
		{"quiet 22:00-07:00 --days monday", "--days must be days such as mon-fri or sat,sun"},
		{"quiet 22:00-07:00 --let all", `"all" cannot be let through or held`},
		{"quiet 22:00-07:00 --let end --hold end", "let end through or hold it, not both"},
		{"quiet off --days mon", "leave out --add and --days"},
		{"quiet", "requires at least 1 arg"},
	} {
		s.want(2, "", c.stderr, "", append([]string{"preferences"}, strings.Fields(c.args)...)...)
	}
	s.want(2, "", `"" says nothing; give a time zone such as Europe/Lisbon, or default`, "GET", "preferences", "zone", "")
	s.want(2, "", `says nothing; give a time zone`, "GET", "preferences", "quiet", "01:00-02:00", "--zone", "")
	if r := finish(t, command(t, s.env, "__complete", "preferences", "set", "email", "")); !strings.HasPrefix(r.stdout, "step\nalarm\napproval\nend\nall\n") {
		t.Errorf("completes %q", r.stdout)
	}
}

// TestPreferencesOfTwo holds that what somebody else changes meanwhile is not lost, and that
// it has an end.
func TestPreferencesOfTwo(t *testing.T) {
	t.Parallel()
	var reads, writes atomic.Int32
	late := int32(1) // how many changes come in between
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := reads.Load()
		if r.Method == http.MethodGet {
			n = reads.Add(1)
		}
		w.Header().Set("Content-Type", "application/json")
		now := fmt.Sprintf(`"language":"l%d","changed_at":"2026-01-31T12:00:00.%03dZ"`, n, n)
		if r.Method == http.MethodPut {
			body, _ := io.ReadAll(r.Body)
			if writes.Add(1); !strings.Contains(string(body), `{"language":"l`+fmt.Sprint(n)+`","digest":"30m","changed_at":"2026-01-31T12:00:00.00`) {
				t.Errorf("it writes %s", body)
			}
			if n <= atomic.LoadInt32(&late) {
				w.Header().Set("Content-Type", "application/problem+json")
				w.WriteHeader(http.StatusConflict)
				now = `"status":409,"code":"conflict","detail":"the preferences have changed"`
			}
		}
		fmt.Fprint(w, "{"+now+"}")
	}))
	t.Cleanup(server.Close)
	s := &teller{t: t, env: []string{"HERALD_URL=" + server.URL, "HERALD_TOKEN=x"}}
	s.want(0, "Language        l2\n", "", "", "preferences", "digest", "30m")
	atomic.StoreInt32(&late, 1000)
	writes.Store(0)
	s.want(1, "", "the preferences have changed", "", "preferences", "digest", "30m")
	if n := writes.Load(); n != 5 {
		t.Errorf("it writes %d times", n)
	}
}

func TestMute(t *testing.T) {
	t.Parallel()
	s := prefers(t)
	const post = "POST /api/preferences/mutes "
	s.want(0, "Muted task crm-one until 2027-01-31 12:00: only approvals and ends are told.\n\"herald unmute mut_e\" ends it.\n", "", post+`{"task":"crm-one"}`, "mute", "crm-one")
	s.want(0, "", "", post+`{"task":"crm-one","until":"2027-01-31T00:00:00Z"}`, "mute", "crm-one", "--until", "2027-01-31")
	s.want(0, "", "", post+`{"kind":"k","owner":"o","labels":{"a":"b"},"all":true}`, "mute", "--kind", "k", "--owner", "o", "--label", "a=b", "--all")
	s.want(0, `"id": "mut_e"`, "", post+`{"until":"20`, "mute", "--everything", "--for", "2h", "--json")
	s.want(0, "", "", post+`{"until":"20`, "mute", "--everything", "--until", "08:00")
	s.want(0, "Muted kind k for ever: nothing of it is told, approvals and ends neither.\n", "", "mutes?person=ann {", "mute", "--kind", "k", "--person", "ann")
	for stderr, args := range map[string][]string{
		"say what: a task, --last, --kind": {"mute"}, "--kind is empty": {"mute", "--kind", ""}, "--owner is empty": {"mute", "--everything", "--owner", " "},
		"one of them": {"mute", "crm-one", "--kind", "k"}, "or say --everything: one of": {"mute", "--everything", "--label", "a=b"},
		"--for must be a time such as 30m": {"mute", "--everything", "--for", "0s"}, "--until is empty": {"mute", "--everything", "--until", ""},
		"--until must be a time such as 08:00": {"mute", "--everything", "--until", "8"}, "say how long, with --for or --until": {"mute", "--everything", "--all"}, "[for until]": {"mute", "--everything", "--for", "1h", "--until", "08:00"},
		`"" is no id of a task`: {"mute", ""}, "say what: a task": {"unmute"}, `" " is no id of a task`: {"unmute", " "},
	} {
		s.want(2, "", stderr, "", args...)
	}
}

func TestUnmute(t *testing.T) {
	t.Parallel()
	s := prefers(t)
	const remove = "DELETE /api/preferences/mutes/"
	s.want(0, "Not muted any more: kind backup, label a=b, owner o.\n", "", remove+"mut_a", "unmute", "mut_a")
	s.want(0, "Not muted any more: everything.\n", "", remove+"mut_b", "unmute", "--everything")
	s.want(0, "Not muted any more: task gone-one.\n", "", remove+"mut_c", "unmute", "gone-one")
	s.want(0, `"task": "crm-one"`, "", remove+"mut_d?person=ann", "unmute", "crm-one", "--person", "ann", "--json")
	s.want(0, "", "", remove+"mut_a", "unmute", "--kind", "backup", "--owner", "o", "--label", "a=b")
	s.want(1, "", `there is no mute of just kind backup; "herald preferences" lists them`, "GET", "unmute", "--kind", "backup")
	s.want(1, "", `there is no mute mut_z; "herald preferences" lists them`, "GET", "unmute", "mut_z")
	if r := finish(t, command(t, s.env, "__complete", "unmute", "")); !strings.Contains(r.stdout, "mut_c\ttask gone-one\n") {
		t.Errorf("completes %q", r.stdout)
	}
}

var muteID = regexp.MustCompile(`mut_[a-z0-9]+`)

// TestPreferencesLive is the way of it through a server that there is.
func TestPreferencesLive(t *testing.T) {
	t.Parallel()
	c := clientOf(t)
	c.want(0, "Quiet hours     22:00 to 07:00 on sat, sun\n", "", "preferences", "quiet", "22:00-07:00", "--days", "sat-sun", "--zone", "Asia/Tokyo", "--let", "alarm")
	c.want(0, "They let pass   alarm, approval, end\n", "", "preferences", "digest", "08:00", "17:30")
	c.want(0, "step      on       off\n", "", "preferences", "set", "browser", "step", "off")
	c.want(0, "step      digest   off\nalarm     digest   on\napproval  on       on\nend       digest   on\n", "", "preferences", "set", "webpush", "all", "digest")
	c.want(1, "", `"fax" is no channel of this server`, "preferences", "set", "fax", "step", "off")
	c.want(1, "", "digest: must be whole minutes", "preferences", "digest", "7m")
	c.plain("crm-one", "CRM")
	id := muteID.FindString(c.run("mute", "crm-o", "--for", "2h").stdout)
	c.want(0, id+"  task crm-one  ", "", "preferences")
	c.want(0, "Not muted any more: task crm-one.\n", "", "unmute", "crm-o")
	c.want(1, "", "there is no mute of just task crm-one", "unmute", "crm-one")
	var now struct {
		Zone  string `json:"time_zone"`
		Mutes []any
	}
	if r := c.run("preferences", "--json"); json.Unmarshal([]byte(r.stdout), &now) != nil || now.Zone != "Asia/Tokyo" || len(now.Mutes) != 0 {
		t.Errorf("prints %s", r.stdout)
	}
}

// TestRoutingPage holds that the rules of docs/routing.md are good.
func TestRoutingPage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../../docs/routing.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rules, ok := strings.Cut(string(page), "```yaml\n")
	rules, _, closed := strings.Cut(rules, "```\n")
	file := filepath.Join(t.TempDir(), "herald.yaml")
	if err := os.WriteFile(file, []byte(rules), 0o600); err != nil || !ok || !closed {
		t.Fatal(err, ok, closed)
	}
	env := []string{"HERALD_EMAIL_SERVER=127.0.0.1:25", "HERALD_EMAIL_FROM=herald@example.com", "HERALD_EMAIL_TLS=off"}
	if r := finish(t, command(t, env, "check", "--config", file)); r.code != 0 || !strings.Contains(r.stdout, "everything else") {
		t.Errorf("exits with %d and says\n%s%s", r.code, r.stdout, r.stderr)
	}
}
