package discordfake

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// call is one call of a route, while the world is locked for it.
type call struct {
	*world
	fake  *Discord
	r     *http.Request
	vars  map[string]string
	query url.Values
	args  args
	files map[string]File // by the n of files[n]
	code  int             // the answer's, 0 for 200
}

// Call is one call of a route.
type Call struct {
	Route  string // one of those above, "" for none that there is
	Path   string
	At     time.Time
	Body   string // the JSON of it, "" for none
	Status int
	Code   int  // Discord's own, of a refusal
	Faulty bool // it was not looked at, because of a [Fault]
}

// Calls are all calls of a route so far; of every route if it is "".
func (d *Discord) Calls(route string) []Call {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(d.world.calls), func(c Call) bool { return route != "" && c.Route != route })
}

// answer is what a call comes to.
type answer struct {
	status int
	header http.Header
	body   any    // JSON; nil for none
	text   string // instead of it
}

// serveCall answers one call of the API.
func serveCall(d *Discord, w http.ResponseWriter, r *http.Request) {
	path := "/" + strings.TrimPrefix(r.URL.Path, base)
	route, vars, there := findRoute(r.Method, path)
	c := &call{world: d.world, fake: d, r: r, vars: vars, query: r.URL.Query()}
	bad := readBody(c)
	record := Call{Route: route.name, Path: path, At: time.Now(), Body: c.args.text()}
	if !there {
		bad = unknownRoute()
	} else if route.name == "" {
		bad = no(http.StatusMethodNotAllowed, 0, "405: Method Not Allowed")
	}
	fault := d.faults.meet(route.name, vars)
	var a answer
	if fault.Keep {
		a = decide(c, route, bad, &record)
	}
	if !fault.wait(r) {
		return
	}
	switch {
	case fault.Keep:
	case fault.stops():
		record.Faulty, record.Status, record.Code = true, fault.Status, fault.Code
		a = noted(d, record)
	default:
		a = decide(c, route, bad, &record)
	}
	fault.write(w, a)
}

// noted notes a call at which nothing was done.
func noted(d *Discord, record Call) answer {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.world.calls = append(d.world.calls, record)
	d.gate.count(record.Status)
	return answer{status: http.StatusOK, header: http.Header{}}
}

// decide decides and does what is asked, in the order in which Discord looks at it: is the
// address banned, is there such a route, who is it, may they so soon, may they at all, is
// it well asked.
func decide(c *call, r route, bad *refusal, record *Call) (a answer) {
	c.fake.mu.Lock()
	defer c.fake.mu.Unlock()
	defer func() {
		record.Status = a.status
		if body, ok := a.body.(object); ok && a.status >= 400 {
			record.Code, _ = body["code"].(int)
		}
		c.calls = append(c.calls, *record)
		c.fake.gate.count(a.status)
	}()
	if c.fake.gate.banned() {
		return answer{status: http.StatusForbidden, header: http.Header{"Content-Type": {"text/plain"}}, text: "error code: 1015"}
	}
	header := http.Header{}
	if bad != nil && bad.status != http.StatusBadRequest {
		return refused(bad, header)
	}
	if !strings.HasPrefix(c.r.UserAgent(), "DiscordBot (") {
		return refused(no(http.StatusForbidden, 40333, "internal network error"), header)
	}
	if !r.open && (c.token == "" || c.r.Header.Get("Authorization") != "Bot "+c.token) {
		return refused(unauthorized(), header)
	}
	if !c.opts.Unlimited {
		v := c.fake.gate.pass(r, c.vars, c.place().ID)
		header = v.header
		if v.after > 0 {
			return answer{status: http.StatusTooManyRequests, header: header, body: tooMany(v.after, v.global)}
		}
	}
	if bad == nil {
		bad = checkIDs(c.vars)
	}
	if bad != nil {
		return refused(bad, header)
	}
	body, bad := r.do(c)
	if bad != nil {
		return refused(bad, header)
	}
	a = answer{status: http.StatusOK, header: header, body: body}
	if c.code != 0 {
		a.status = c.code
	}
	if body == nil {
		a.status = http.StatusNoContent
	}
	return a
}

func refused(r *refusal, header http.Header) answer {
	if after, ok := r.more["retry_after"].(float64); ok {
		header = maps.Clone(header)
		header.Set("Retry-After", seconds(time.Duration(after*float64(time.Second))))
	}
	return answer{status: r.status, header: header, body: r.body()}
}

func tooMany(after time.Duration, global bool) object {
	return object{"message": "You are being rate limited.", "retry_after": float64(after.Milliseconds()) / 1000, "global": global}
}

// checkIDs sees that whatever stands for an id in the path is one.
func checkIDs(vars map[string]string) *refusal {
	for name, id := range vars {
		if name != "token" && !snowflake(id) {
			return wrong(name+"_id", "NUMBER_TYPE_COERCE", "Value \""+id+"\" is not snowflake.")
		}
	}
	return nil
}

// write sends an answer.
func (a answer) write(w http.ResponseWriter, before string) {
	maps.Copy(w.Header(), a.header)
	if a.body == nil {
		w.WriteHeader(a.status)
		_, _ = w.Write([]byte(a.text)) // who asked may be gone
		return
	}
	text, err := json.Marshal(a.body)
	if err != nil {
		panic(err) // the fake's own answer
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(a.status)
	_, _ = w.Write(append([]byte(before), text...)) // who asked may be gone
}
