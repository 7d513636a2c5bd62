package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/api/apitest"
)

// o is a JSON object.
type o = map[string]any

// executions is where that face begins.
const executions = "/api/v1/executions"

// patience is how long something that must come may take to come, and lull how
// long the tests listen for what must not.
const (
	patience = 20 * time.Second
	lull     = 150 * time.Millisecond
)

// world is a server and its admin.
type world struct {
	*apitest.Server
	client
}

func serve(t testing.TB) world {
	t.Helper()
	s := apitest.New(t)
	return world{s, client{t, s.URL, apitest.Admin}}
}

// as is a person of a role, with some of its rights.
func (w world) as(name string, role access.Role, scopes ...string) client {
	w.t.Helper()
	return client{w.t, w.URL, w.Person(name, role, scopes...)}
}

// client is somebody who calls; without a token if that is "".
type client struct {
	t     testing.TB
	url   string
	token string
}

// in is the same client in a subtest.
func (c client) in(t testing.TB) client {
	c.t = t
	return c
}

// do makes a request. A body is nil for none, a text as it is, or anything else
// as JSON; headers are like "Accept: text/html".
func (c client) do(method, path string, body any, headers ...string) reply {
	c.t.Helper()
	req, err := http.NewRequest(method, c.url+path, bytes.NewReader(encoded(c.t, body)))
	if err != nil {
		c.t.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	maps.Copy(req.Header, c.header(headers...))
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	r := reply{doc{c.t, raw, nil}, method + " " + path, res.StatusCode, res.Header}
	_ = json.Unmarshal(raw, &r.v) // who looks into it finds nothing then
	return r
}

func (c client) header(lines ...string) http.Header {
	h := http.Header{}
	if c.token != "" {
		h.Set("Authorization", "Bearer "+c.token)
	}
	for _, l := range lines {
		k, v, _ := strings.Cut(l, ": ")
		h.Set(k, v)
	}
	return h
}

func encoded(t testing.TB, body any) []byte {
	t.Helper()
	switch b := body.(type) {
	case nil:
		return nil
	case string:
		return []byte(b)
	}
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func (c client) get(path string, headers ...string) reply {
	c.t.Helper()
	return c.do(http.MethodGet, path, nil, headers...)
}

func (c client) post(path string, body any, headers ...string) reply {
	c.t.Helper()
	return c.do(http.MethodPost, path, body, headers...)
}

// reply is an answer.
type reply struct {
	doc
	asked  string
	status int
	header http.Header
}

// want ends the test unless the answer has the status.
func (r reply) want(status int) reply {
	r.t.Helper()
	if r.status != status {
		r.t.Fatalf("%s answered %d, not %d: %s", r.asked, r.status, status, r.raw)
	}
	return r
}

// empty asks for an answer without a body.
func (r reply) empty() {
	r.t.Helper()
	if len(r.raw) > 0 {
		r.t.Errorf("%s answered %q, not an empty body", r.asked, r.raw)
	}
}

// doc is a JSON document that came from the server.
type doc struct {
	t   testing.TB
	raw []byte
	v   any
}

// look finds what is at a path like "pagination.page" or "steps.0.name"; "" is
// the whole.
func (d doc) look(path string) (v any, ok bool) {
	v = d.v
	if path == "" {
		return v, v != nil
	}
	for name := range strings.SplitSeq(path, ".") {
		switch in := v.(type) {
		case o:
			if v, ok = in[name]; !ok {
				return nil, false
			}
		case []any:
			n, err := strconv.Atoi(name)
			if err != nil || n < 0 || n >= len(in) {
				return nil, false
			}
			v = in[n]
		default:
			return nil, false
		}
	}
	return v, true
}

// at is what is at a path that must be there.
func (d doc) at(path string) any {
	d.t.Helper()
	v, ok := d.look(path)
	if !ok {
		d.t.Fatalf("there is no %q in %s", path, d.raw)
	}
	return v
}

// is compares what is at a path, as JSON.
func (d doc) is(path string, want any) doc {
	d.t.Helper()
	var plain any
	if err := json.Unmarshal(encoded(d.t, jsonText(want)), &plain); err != nil {
		d.t.Fatal(err)
	}
	if v, ok := d.look(path); !ok || !reflect.DeepEqual(v, plain) {
		d.t.Errorf("%q is %v (there: %v), not %v, in %s", path, v, ok, want, d.raw)
	}
	return d
}

// jsonText is a value as JSON.
func jsonText(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

// keys asks for an object with exactly these keys.
func (d doc) keys(path string, names ...string) doc {
	d.t.Helper()
	in, ok := d.at(path).(o)
	if !ok {
		d.t.Fatalf("%q is no object in %s", path, d.raw)
	}
	var have []string
	for k := range in {
		have = append(have, k)
	}
	slices.Sort(have)
	slices.Sort(names)
	if !slices.Equal(have, names) {
		d.t.Errorf("%q has the keys %q, not %q, in %s", path, have, names, d.raw)
	}
	return d
}

// nulls asks for keys that are there and null.
func (d doc) nulls(paths ...string) doc {
	d.t.Helper()
	for _, p := range paths {
		d.is(p, nil)
	}
	return d
}

// text is a text that is not empty.
func (d doc) text(path string) string {
	d.t.Helper()
	s, ok := d.at(path).(string)
	if !ok || s == "" {
		d.t.Fatalf("%q is no text in %s", path, d.raw)
	}
	return s
}

// says asks for a text that has these parts.
func (d doc) says(path string, parts ...string) doc {
	d.t.Helper()
	s := d.text(path)
	for _, p := range parts {
		if !strings.Contains(s, p) {
			d.t.Errorf("%q is %q, which does not say %q", path, s, p)
		}
	}
	return d
}

// number is the number at a path.
func (d doc) number(path string) float64 {
	d.t.Helper()
	n, ok := d.at(path).(float64)
	if !ok {
		d.t.Fatalf("%q is no number in %s", path, d.raw)
	}
	return n
}

// list is the array at a path.
func (d doc) list(path string) []any {
	d.t.Helper()
	l, ok := d.at(path).([]any)
	if !ok {
		d.t.Fatalf("%q is no array in %s", path, d.raw)
	}
	return l
}

var instant = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`)

// times asks for times as all faces write them, of these minutes.
func (d doc) times(paths ...string) doc {
	d.t.Helper()
	for _, p := range paths {
		s := d.text(p)
		at, err := time.Parse(time.RFC3339, s)
		if !instant.MatchString(s) || err != nil || time.Since(at).Abs() > 10*time.Minute {
			d.t.Errorf("%q is %q: no time in UTC with milliseconds, or not of now", p, s)
		}
	}
	return d
}

// float asks for a number that is written as one with a decimal point.
func (d doc) float(name string, want float64) doc {
	d.t.Helper()
	m := regexp.MustCompile(`"` + name + `":\s*(-?[0-9.eE+-]+)`).FindSubmatch(d.raw)
	if m == nil || !bytes.ContainsRune(m[1], '.') {
		d.t.Fatalf("%q is not written as a float in %s", name, d.raw)
	}
	if got, err := strconv.ParseFloat(string(m[1]), 64); err != nil || got != want {
		d.t.Errorf("%q is %s, not %v, in %s", name, m[1], want, d.raw)
	}
	return d
}

// start begins an execution and returns its id.
func (c client) start(target string) string {
	c.t.Helper()
	return c.post(executions, o{"type": "agent", "target_id": target, "inputs": o{}}).want(202).text("execution_id")
}

// native makes a task on the native face and returns its id.
func (c client) native(body o) string {
	c.t.Helper()
	return c.post("/api/tasks", body).want(201).text("task_id")
}

// report is a native report that is accepted.
func (c client) report(id string, body any) reply {
	c.t.Helper()
	return c.post("/api/tasks/"+id+"/progress", body).want(200)
}

// command is a native command that is accepted.
func (c client) command(id, verb string) reply {
	c.t.Helper()
	return c.post("/api/tasks/"+id+"/"+verb, nil).want(200)
}

// flow is a workflow's report that is accepted.
func (c client) flow(kind, session, step string, percent float64) reply {
	c.t.Helper()
	return c.post("/api/workflows/progress", o{"session_id": session, "workflow_type": kind, "step": step, "progress": percent}).want(200)
}

// state is a state callback that is accepted.
func (c client) state(kind, session, state string) reply {
	c.t.Helper()
	return c.post("/api/workflows/callback/state", o{"flow": kind, "flow_run": session, "state": state}).want(200)
}

// session is the native picture of a session: the only task of its kind.
func (c client) session(kind string) doc {
	c.t.Helper()
	list := c.get("/api/tasks?kind=" + kind).want(200)
	if n := len(list.list("tasks")); n != 1 {
		c.t.Fatalf("there are %d tasks of kind %s: %s", n, kind, list.raw)
	}
	return c.get("/api/tasks/" + list.text("tasks.0.task_id")).want(200).doc
}

// eventually waits until f reports that it is so.
func eventually(t testing.TB, what string, f func() bool) {
	t.Helper()
	for until := time.Now().Add(patience); !f(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatal("waited in vain until", what)
		}
	}
}

// percents is a JSON array of reports that tell one percent after the other.
func percents(from, to int) []string {
	var out []string
	for p := from; p <= to; p++ {
		out = append(out, fmt.Sprintf(`{"progress":%d}`, p))
	}
	return out
}
