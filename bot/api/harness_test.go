package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/bot/store"
	"github.com/taskherald/herald/intents"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api"
	"github.com/taskherald/herald/progress/api/apitest"
	"github.com/taskherald/herald/progress/api/apitest/contract"
	"github.com/taskherald/herald/progress/api/kit"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/templates"
)

// ear is a bot that says what it is told to, and keeps what it heard.
type ear struct {
	mu      sync.Mutex
	heard   bot.Turn
	reply   templates.Reply
	reading intents.Reading
	err     error
}

func (e *ear) Hear(_ context.Context, t bot.Turn) (templates.Reply, intents.Reading, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heard = t
	return e.reply, e.reading, e.err
}

// say sets what is answered from now on.
func (e *ear) say(r templates.Reply, in intents.Reading, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.reply, e.reading, e.err = r, in, err
}

// last is what was heard last.
func (e *ear) last() bot.Turn {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.heard
}

// world is a server that hosts the guest.
type world struct {
	*apitest.Server
	t   *testing.T
	ear *ear
	doc *contract.Contract

	accounts *store.Accounts
}

func serve(t *testing.T, more ...func(*Options)) *world {
	t.Helper()
	w := &world{t: t, ear: &ear{reply: templates.Reply{About: templates.TopicUnknown, Lang: "en", Text: "What?"}}}
	w.Server = apitest.Hosted(t, func(d *db.DB, o *api.Options) func() {
		w.accounts = store.NewAccounts(d, store.AccountOptions{})
		options := Options{
			Bot:    w.ear,
			Reader: func(_ context.Context, p progress.Person) (templates.Reader, error) { return readers(p), nil },
			Text:   func(r templates.Reply) string { return "~ " + r.Text },
			Now:    func() time.Time { return time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC) },

			Accounts: w.accounts, Person: o.Access.Person,
		}
		for _, change := range more {
			change(&options)
		}
		o.Guests = []kit.Guest{New(options)}
		return nil
	})
	w.doc = w.contract()
	return w
}

func (w *world) contract() *contract.Contract {
	w.t.Helper()
	return contract.Of(w.t, w.URL)
}

// readers are how people read: each in the language that they are called after.
func readers(p progress.Person) templates.Reader {
	return templates.Reader{Lang: string(p), Zone: time.FixedZone("there", 3600)}
}

// reply is an answer.
type reply struct {
	t      *testing.T
	status int
	header http.Header
	body   []byte
}

// chat sends a message and holds the exchange to the document.
func (w *world) chat(token, body string) reply {
	w.t.Helper()
	return w.do(token, http.MethodPost, "/api/chat", body)
}

// do makes a request and holds the exchange to the document.
func (w *world) do(token, method, path, body string) reply {
	w.t.Helper()
	req, err := http.NewRequest(method, w.URL+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := w.doc.Check(contract.Exchange{Req: req, Sent: []byte(body), Res: res, Got: got}); err != nil {
		w.t.Fatalf("%s %s\n%s\nwas answered with %s\n%s\nwhich is not as the document has it: %v", method, path, body, res.Status, got, err)
	}
	return reply{w.t, res.StatusCode, res.Header, got}
}

func (r reply) want(status int) reply {
	r.t.Helper()
	if r.status != status {
		r.t.Fatalf("status %d, want %d:\n%s", r.status, status, r.body)
	}
	return r
}

// is holds values, given as path and value in turn.
func (r reply) is(pairs ...string) {
	r.t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if got := r.at(pairs[i]); got != pairs[i+1] {
			r.t.Errorf("%s is %q, want %q, in\n%s", pairs[i], got, pairs[i+1], r.body)
		}
	}
}

// refused holds a refusal of a field.
func (r reply) refused(status int, field string) {
	r.t.Helper()
	r.want(status).is("errors.0.field", field)
}

// at is a value by its path, such as "reply.buttons.0.label", as text; "" if there is none.
func (r reply) at(path string) string {
	r.t.Helper()
	var v any
	if err := json.NewDecoder(bytes.NewReader(r.body)).Decode(&v); err != nil {
		r.t.Fatalf("%v: %s", err, r.body)
	}
	for name := range strings.SplitSeq(path, ".") {
		switch in := v.(type) {
		case map[string]any:
			v = in[name]
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i >= len(in) {
				return ""
			}
			v = in[i]
		default:
			return ""
		}
	}
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}
