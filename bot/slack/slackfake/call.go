package slackfake

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// answer is what a method says.
type answer map[string]any

// refusal is what a method says when it does not do it: ok is false.
type refusal struct {
	code string
	more answer
}

func no(code string) *refusal { return &refusal{code: code} }

// because says in words why, as Slack does in response_metadata.
func (r *refusal) because(messages ...string) *refusal {
	r.more = answer{"response_metadata": answer{"messages": messages}}
	return r
}

func (r *refusal) body() answer {
	a := answer{"ok": false, "error": r.code}
	maps.Copy(a, r.more)
	return a
}

// call is one call of a method, while the workspace is locked for it.
type call struct {
	*workspace
	name  string
	args  args
	token *token
	at    place // of addresses that are handed out
}

// serveMethod answers one call of the Web API.
func serveMethod(s *Slack, w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/api/")
	asked, bad := read(r)
	fault := s.faults.meet(name, asked.args)
	var (
		code   = http.StatusOK
		header http.Header
		body   answer
	)
	if fault.Keep {
		code, header, body = decide(s, name, asked, bad, r)
	}
	if !fault.wait(r) {
		return
	}
	switch {
	case fault.Keep:
	case fault.stops():
		s.mu.Lock()
		s.work.calls = append(s.work.calls, Call{Method: name, At: time.Now(), Args: asked.args, Faulty: true})
		s.mu.Unlock()
	default:
		code, header, body = decide(s, name, asked, bad, r)
	}
	maps.Copy(w.Header(), header)
	fault.write(w, code, body)
}

// decide decides and does what is asked, in the order in which Slack looks at it: is there
// such a method, who is it, may they so soon, may they at all, is it well asked.
func decide(s *Slack, name string, asked asked, bad *refusal, r *http.Request) (int, http.Header, answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	header := http.Header{"X-Slack-Req-Id": {s.work.id("req")}}
	m, known := methods[name]
	if s.opts.Distributed && m.about == "history" {
		m.pace = tier1
	}
	if !known {
		return http.StatusOK, header, no("unknown_method").body()
	}
	c := &call{workspace: s.work, name: name, args: asked.args, at: placeFor(s, r)}
	if asked.json && !m.json {
		c.args = args{}
	}
	token, refused := whose(s.work, asked.token, m)
	if token != nil {
		c.token = token
		header.Set("X-Oauth-Scopes", strings.Join(token.scopes, ","))
		header.Set("X-Accepted-Oauth-Scopes", strings.Join(m.scopes, ","))
	}
	record := Call{Method: name, At: time.Now(), Args: maps.Clone(c.args)}
	defer func() { s.work.calls = append(s.work.calls, record) }()
	if refused == nil && !s.opts.Unlimited {
		if after := s.gate.pass(m, c); after > 0 {
			record.Error = "ratelimited"
			header.Set("Retry-After", seconds(after))
			return http.StatusTooManyRequests, header, no("ratelimited").body()
		}
	}
	said, refused := c.do(m, bad, refused)
	if refused != nil {
		record.Error = refused.code
		return http.StatusOK, header, refused.body()
	}
	said["ok"] = true
	if asked.warning != "" {
		warn(said, asked.warning)
	}
	return http.StatusOK, header, said
}

func (c *call) do(m method, bad, refused *refusal) (answer, *refusal) {
	switch {
	case refused != nil:
		return nil, refused
	case bad != nil:
		return nil, bad
	}
	if missing := c.token.lacks(m.scopes); missing != "" {
		return nil, c.token.missing(missing)
	}
	return m.do(c)
}

// warn adds a warning to an answer.
func warn(a answer, warning string) {
	a["warning"] = warning
	meta, _ := a["response_metadata"].(answer)
	if meta == nil {
		meta = answer{}
	}
	meta["warnings"] = []string{warning}
	a["response_metadata"] = meta
}

// Call is one call of a method.
type Call struct {
	Method string
	At     time.Time
	Args   map[string]string // without the token; what is no text is JSON
	Error  string            // what it was refused with, "ratelimited" among them; "" for none
	Faulty bool              // it was not looked at, because of a [Fault]
}

// Calls are all calls of a method so far; of every method if it is "".
func (s *Slack) Calls(method string) []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.work.calls), func(c Call) bool { return method != "" && c.Method != method })
}

func write(w http.ResponseWriter, code int, body any, before string) {
	text, err := json.Marshal(body)
	if err != nil {
		panic(err) // the fake's own answer
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(code)
	_, _ = w.Write(append([]byte(before), text...)) // who asked may be gone
}
