package cli_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// teller is a server that says what it was made to say, whom is told and why.
type teller struct {
	*httptest.Server
	t   *testing.T
	env []string

	mu    sync.Mutex
	asked []string // of each call but those for tasks: its method, path and body
}

// tells makes a server that answers paths with bodies.
func tells(t *testing.T, answers map[string]string) *teller {
	t.Helper()
	s := &teller{t: t}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		if !strings.HasSuffix(r.URL.Path, "/api/tasks/crm-one") {
			s.asked = append(s.asked, strings.TrimSpace(r.Method+" "+r.URL.String()+" "+string(body)))
		}
		s.mu.Unlock()
		answer, ok := answers[r.URL.RequestURI()]
		if !ok {
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(http.StatusNotFound)
			answer = `{"title":"not found","detail":"there is nothing at ` + r.URL.String() + `","code":"not_found","status":404}`
		} else {
			w.Header().Set("Content-Type", "application/json")
		}
		fmt.Fprint(w, answer)
	}))
	t.Cleanup(s.Close)
	s.env = []string{"HERALD_URL=" + s.URL, "HERALD_TOKEN=x", "LANG=C.UTF-8", "TZ=UTC"}
	return s
}

// want runs a command and compares what it says, and what it asked for last.
func (s *teller) want(code int, stdout, stderr, asked string, args ...string) {
	s.t.Helper()
	r := finish(s.t, command(s.t, s.env, args...))
	if r.code != code || !strings.Contains(r.stdout, stdout) || !strings.Contains(r.stderr, stderr) {
		s.t.Errorf("herald %q exits with %d and says\n%s%s\nwant %d and\n%s%s", args, r.code, r.stdout, r.stderr, code, stdout, stderr)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if last := len(s.asked) - 1; last < 0 && asked != "" || last >= 0 && !strings.Contains(s.asked[last], asked) {
		s.t.Errorf("herald %q asks %q, want %q", args, s.asked[max(last, 0):], asked)
	}
}

const (
	oneTask = `{"task_id":"crm-one","title":"Deploy","status":"approval","steps":[{"order":1,"name":"Build"},{"order":2,"name":"Go live"}]}`

	oneWhy = `{"events":[
		{"seq":1,"round":0,"type":"task.created","at":"2026-01-31T12:00:00Z","decisions":[]},
		{"seq":2,"round":0,"type":"task.started","at":"2026-01-31T12:00:01Z","decisions":[]},
		{"seq":3,"round":0,"type":"approval.needed","at":"2026-01-31T12:03:04Z","more":2,"decisions":[
			{"person":"ada","channel":"email","to":"ada@example.com","subscription":"sub_a","outcome":"told","why":"subscribed",
				"delivery":{"id":"msg_a","state":"sent","tries":2,"settled_at":"2026-01-31T12:03:06Z"}},
			{"person":"ben","channel":"email","to":"ben@example.com","rule":"prod","outcome":"told","why":"rule prod",
				"delivery":{"id":"msg_b","state":"due","tries":3,"why":"450 try again later","settled_at":null}},
			{"person":"ben","channel":"webpush","to":"push.example","outcome":"told","why":"rule prod","rule":"prod",
				"delivery":{"id":"msg_c","state":"dead","tries":1,"why":"410","settled_at":"2026-01-31T12:03:06Z"}},
			{"person":"cleo","rule":"prod","outcome":"silent","why":"they have no address"},
			{"channel":"email","to":"ops@example.com","rule":"prod","outcome":"told","why":"rule prod","delivery":{"id":"msg_d","state":"due","tries":0,"settled_at":null}}]}],
		"escalation":[],"next":3}`

	moreWhy = `{"events":[
		{"seq":3,"round":1,"type":"approval.needed","at":"2026-01-31T12:13:04Z","decisions":[
			{"person":"ada","channel":"email","to":"ada@example.com","outcome":"told","why":"a reminder: nobody has decided yet",
				"delivery":{"id":"msg_e","state":"dropped","tries":0,"why":"it needs no answer any more","settled_at":"2026-01-31T12:13:06Z"}}]},
		{"seq":4,"round":0,"type":"step.started","at":"2026-01-31T23:00:00Z","decisions":[
			{"person":"ada","channel":"email","to":"ada@example.com","outcome":"held","why":"subscribed; it is held in quiet hours","until":"2026-02-01T07:00:00Z"},
			{"person":"ben","channel":"email","to":"ben@example.com","outcome":"digest","why":"subscribed; it comes with the next digest","until":"2026-02-01T08:00:00Z",
				"delivery":{"id":"msg_f","state":"sent","tries":1,"settled_at":"2026-02-01T08:00:01Z"}},
			{"person":"cleo","channel":"webhook","to":"https://c.example/…","webhook":"sub_c","outcome":"shown","why":"not subscribed to step.started"}]}],
		"escalation":[
			{"approval":"apr_1","step":2,"asked_at":"2026-01-31T12:03:04Z","next":1,"due_at":"2026-01-31T12:23:04Z","alerted":true,"stages":[
				{"after_seconds":600,"tell":[],"by":[],"at":"2026-01-31T12:13:04Z"},
				{"after_seconds":600,"tell":["group:leads"],"by":["email","webpush"],"at":"2026-01-31T12:23:04Z"},
				{"after_seconds":900,"tell":["operators"],"by":[],"at":"2026-01-31T12:38:04Z"}]},
			{"approval":"apr_0","step":7,"asked_at":"2026-01-31T11:00:00Z","next":0,"due_at":null,"over":"approved by ada","over_at":"2026-01-31T11:01:00Z","stages":[
				{"after_seconds":600,"tell":["ben"],"by":[],"at":"2026-01-31T11:10:00Z"}]}],
		"next":null}`
)

// TestWhyTogether is events in a row of which nobody was told for the same reasons: they share
// a line. What was told never does.
func TestWhyTogether(t *testing.T) {
	t.Parallel()
	event := func(seq int, kind, outcome, why string) string {
		return fmt.Sprintf(`{"seq":%d,"round":0,"type":%q,"at":"2026-01-31T12:00:00Z","decisions":[{"person":"ada","channel":"email","to":"a@b.example","outcome":%q,"why":%q}]}`, seq, kind, outcome, why)
	}
	events := []string{
		event(1, "task.created", "silent", "not subscribed to task.created"), event(2, "task.started", "silent", "not subscribed to task.started"),
		event(3, "step.started", "silent", "muted"), event(4, "step.failed", "told", "subscribed"), event(5, "task.failed", "told", "subscribed"),
		event(6, "step.skipped", "silent", "not subscribed to step.skipped"),
	}
	s := tells(t, map[string]string{
		"/api/tasks/crm-one": `{"task_id":"crm-one","title":"Deploy"}`, "/api/tasks/crm-one/why?limit=200": `{"events":[` + strings.Join(events, ",") + `],"escalation":[],"next":null}`,
	})
	s.want(0, `
2026-01-31 12:00:00  task.created and 1 more up to task.started
  ada, email a@b.example: not told: not subscribed to such

2026-01-31 12:00:00  step.started
  ada, email a@b.example: not told: muted

2026-01-31 12:00:00  step.failed
  ada, email a@b.example: told: subscribed

2026-01-31 12:00:00  task.failed
  ada, email a@b.example: told: subscribed

2026-01-31 12:00:00  step.skipped
  ada, email a@b.example: not told: not subscribed to step.skipped
`, "", "", "why", "crm-one")
}

// oneStory is all of it as the terminal has it.
const oneStory = `Deploy (crm-one)

2026-01-31 12:00:00  task.created and 1 more up to task.started: for nobody

2026-01-31 12:03:04  approval.needed
  ada, email ada@example.com: told, arrived at 2026-01-31 12:03:06 after 2 tries: subscribed
  ben, email ben@example.com: told, not taken yet after 3 tries (450 try again later): rule prod
  ben, webpush push.example: told, could not be delivered (410; "herald redrive msg_c" sends it again): rule prod
  cleo: not told: they have no address (rule prod)
  email ops@example.com: told, waits for its turn: rule prod
  and 2 more, which are not kept

2026-01-31 12:13:04  approval.needed, told again as nobody has decided (1)
  ada, email ada@example.com: told, dropped (it needs no answer any more): a reminder: nobody has decided yet

2026-01-31 23:00:00  step.started
  ada, email ada@example.com: held until 2026-02-01 07:00:00, and then not told: its subscription is gone: subscribed; it is held in quiet hours
  ben, email ben@example.com: kept for the digest of 2026-02-01 08:00:00, arrived at 2026-02-01 08:00:01: subscribed; it comes with the next digest
  cleo, webhook https://c.example/…: only its card shows it: not subscribed to step.started

2026-01-31 12:03:04  step 2 (Go live) asks for a decision
2026-01-31 12:13:04  told: those who were asked before, again
2026-01-31 12:23:04  next to be told: group:leads, by email, webpush
2026-01-31 12:38:04  then to be told: operators
  It reached nobody who may decide, and the operators were told so.

2026-01-31 11:00:00  step 7 asks for a decision
2026-01-31 11:01:00  over: approved by ada
`

func whyServer(t *testing.T) *teller {
	return tells(t, map[string]string{
		"/api/tasks/crm-one": oneTask, "/api/tasks?limit=1": `{"tasks":[` + oneTask + `],"next":null}`, "/api/tasks?limit=200": `{"tasks":[],"next":null}`,
		"/api/tasks/crm-one/why?all=1&limit=200": oneWhy, "/api/tasks/crm-one/why?all=1&limit=200&since=3": moreWhy,
		"/api/tasks/crm-one/why?limit=200": `{"events":[{"seq":1,"round":0,"type":"task.created","at":"2026-01-31T12:00:00Z","decisions":[]}],"escalation":[],"next":null}`,
	})
}

func TestWhy(t *testing.T) {
	t.Parallel()
	s := whyServer(t)
	r := finish(t, command(t, s.env, "why", "crm-one", "--all"))
	if r.code != 0 || r.stdout != oneStory || r.stderr != "" {
		t.Errorf("exits with %d and says\n%s%s\nwant\n%s", r.code, r.stdout, r.stderr, oneStory)
	}
	s.want(0, "2026-01-31 12:00:00  task.created: nothing for you (--all: for others)\n", "", "GET /api/tasks/crm-one/why?limit=200", "why", "--last")
	s.want(0, "", "Nothing such is known of Deploy.\n", "", "why", "crm-one", "--event", "task.f*")
	s.want(2, "", "name a task: its id, or --last", "", "why")
	s.want(2, "", "--last takes the place of the id", "", "why", "--last", "crm-one")
	s.want(2, "", "--person is empty", "", "why", "crm-one", "--person", "")
	s.want(1, "", "there is no task whose id begins", "", "why", "other")

	var out struct {
		Events []struct {
			Seq       int
			Decisions []struct{ Person string }
		}
		Escalation []struct{ Approval string }
	}
	for _, c := range []struct {
		args        []string
		events, esc int
	}{{nil, 5, 2}, {[]string{"--event", "step.*,task.created"}, 2, 0}, {[]string{"--person", "cleo"}, 2, 2}, {[]string{"--person", "cleo", "--event", "approval.needed"}, 1, 2}} {
		args := append([]string{"why", "crm-one", "--all", "--json"}, c.args...)
		r := finish(t, command(t, s.env, args...))
		if json.Unmarshal([]byte(r.stdout), &out) != nil || len(out.Events) != c.events || len(out.Escalation) != c.esc {
			t.Errorf("herald %q prints %d events and %d escalations, want %d and %d: %s%s", args, len(out.Events), len(out.Escalation), c.events, c.esc, r.stdout, r.stderr)
		}
	}
}

func TestRouteTest(t *testing.T) {
	t.Parallel()
	s := tells(t, map[string]string{
		"/api/tasks/crm-one": oneTask,
		"/api/routes/test": `{"at":"2026-01-31T03:00:00Z","more":1,"decisions":[
			{"person":"ada","channel":"email","to":"ada@example.com","rule":"prod","outcome":"held","why":"rule prod; it is held in quiet hours","until":"2026-01-31T07:00:00Z"},
			{"person":"cleo","rule":"prod","outcome":"silent","why":"they have no address"}],
			"escalation":{"approval":"","step":1,"asked_at":"2026-01-31T03:00:00Z","next":0,"due_at":null,"stages":[
				{"after_seconds":600,"tell":["group:leads"],"by":[],"at":"2026-01-31T03:10:00Z"}]}}`,
	})
	const table = `Who would be told of approval.needed at 2026-01-31 03:00:00:
  ada, email ada@example.com: held until 2026-01-31 07:00:00, and then not told: its subscription is gone: rule prod; it is held in quiet hours
  cleo: not told: they have no address (rule prod)
  and 1 more

If nobody decides:
2026-01-31 03:10:00  next to be told: group:leads
`
	s.want(0, table, "", `POST /api/routes/test {"event":"approval.needed","kind":"deploy","labels":{"env":"prod"},"approvers":["group:ops","ann"]}`,
		"route", "test", "--kind", "deploy", "--label", "env=prod", "--approver", "group:ops,ann")
	s.want(0, "Who would be told of task.completed at ", "", `{"task":"crm-one","event":"task.completed","step":2,"at":"2027-01-31T03:00:00Z","running_for_seconds":1200}`,
		"route", "test", "--task", "crm-one", "--event", "task.completed", "--at", "2027-01-31 03:00", "--running-for", "20m", "--step", "2")
	s.want(0, "", "", `{"event":"task.failed","at":"`, "route", "test", "--at", "03:00")
	s.want(0, `"rule": "prod"`, "", `{"event":"task.failed","running_for_seconds":0,"owner":"ann"}`, "route", "test", "--owner", "ann", "--running-for", "0s", "--json")
	s.want(2, "", "--at must be a time such as 08:00", "", "route", "test", "--at", "25:00")
	s.want(2, "", "--at is empty", "", "route", "test", "--at", "")
	s.want(2, "", "--running-for must be a time", "", "route", "test", "--running-for", "soon")
	s.want(2, "", "--label must be NAME=VALUE", "", "route", "test", "--label", "x")
	s.want(2, "", "[kind task]", "", "route", "test", "--task", "crm-one", "--kind", "deploy")
	s.want(0, "herald route [command]", "", "", "route")
	empty := tells(t, map[string]string{"/api/routes/test": `{"at":"2026-01-31T03:00:00Z","decisions":[]}`})
	empty.want(0, "2026-01-31 03:00:00:\n  nobody whom you may see (admins see everybody): no subscription and no rule is about it\n", "", "", "route", "test")
}

// TestHostileWhy is that no text of who is told reaches a terminal as it is, and that it
// fits: a server may say what it wants.
func TestHostileWhy(t *testing.T) {
	t.Parallel()
	const evil = `\u001b[2J\u001b]0;x\u0007\u202e\u009b31m\u007f`
	decision := `{"person":"p` + evil + `","channel":"c` + evil + `","to":"t` + evil + `","rule":"r` + evil + `","outcome":"o` + evil + `","why":"w` + evil + `",
		"delivery":{"id":"i` + evil + `","state":"s` + evil + `","tries":-7,"why":"y` + evil + `"}}`
	chain := `{"approval":"a","step":-7,"next":-7,"over":"v` + evil + `","stages":[{"tell":["t` + evil + `"],"by":["b` + evil + `"]}]}`
	mute := `{"id":"mut_` + evil + `","kind":"k` + evil + `"}`
	prefs := `{"person":"p` + evil + `","language":"l` + evil + `","time_zone":"z` + evil + `","quiet_hours":[{"days":["d` + evil + `"],"from":"f` + evil + `","to":"t"}],
		"ways":{"c` + evil + `":{"step":"w` + evil + `"}},"digest":"d` + evil + `","through_quiet":["t` + evil + `"],"mutes":[` + mute + `],"defaults":{}}`
	s := tells(t, map[string]string{
		"/api/tasks/crm-one": oneTask, "/api/preferences": prefs, "/api/preferences/mutes": mute,
		"/api/tasks/crm-one/why?limit=200": `{"events":[{"type":"k` + evil + `","decisions":[]},{"type":"k` + evil + `","decisions":[` + decision + `]}],"escalation":[` + chain + `],"next":0}`,
		"/api/routes/test":                 `{"decisions":[` + decision + `],"escalation":` + chain + `}`,
	})
	bad := regexp.MustCompile("[\x00-\x09\x0b-\x1f\x7f]|\u009b|\u202e|goroutine")
	for _, args := range [][]string{
		{"why", "crm-one"}, {"why", "crm-one", "--json"}, {"route", "test"}, {"route", "test", "--json"}, {"preferences"}, {"preferences", "--json"},
		{"mute", "--kind", "k"}, {"unmute", "mut_x\x1b[31m"}, {"__complete", "unmute", ""},
	} {
		r := finish(t, command(t, s.env, args...))
		if out := r.stdout + r.stderr; args[0] != "__complete" && bad.MatchString(out) || strings.ContainsAny(out, "\x1b\x07\x7f") || out == "" {
			t.Errorf("herald %q writes %q", args, out)
		}
	}
}
