package slackfake_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"github.com/taskherald/herald/bot/slack/slackfake"
)

// app is an app that hears by HTTP.
type app struct {
	t    testing.TB
	mu   sync.Mutex
	got  []heard
	more func(w http.ResponseWriter, body string) // after the signature was checked
}

// heard is one request.
type heard struct {
	header http.Header
	path   string
	body   string
	at     time.Time
	bad    error // what the verifier said
}

func (a *app) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		a.t.Error(err)
	}
	h := heard{header: r.Header, path: r.URL.Path, body: string(body), at: time.Now()}
	verifier, err := slack.NewSecretsVerifier(r.Header, slackfake.SigningSecret)
	if err == nil {
		_, _ = verifier.Write(body)
		err = verifier.Ensure()
	}
	h.bad = err
	a.mu.Lock()
	a.got = append(a.got, h)
	a.mu.Unlock()
	var first struct{ Type, Challenge string }
	switch _ = json.Unmarshal(body, &first); {
	case err != nil:
		w.WriteHeader(http.StatusUnauthorized)
	case first.Type == "url_verification":
		_, _ = io.WriteString(w, first.Challenge)
	case a.more != nil:
		a.more(w, string(body))
	}
}

func (a *app) all() []heard {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.got)
}

// overHTTP makes an app that the workspace delivers to.
func overHTTP(t testing.TB, s *slackfake.Slack, more func(w http.ResponseWriter, body string)) *app {
	t.Helper()
	a := &app{t: t, more: more}
	const base = "https://herald.example/slack/"
	if err := s.Deliver(t.Context(), slackfake.Endpoint{Events: base + "events", Interactive: base + "actions", Commands: base + "commands", Client: slackfake.To(a)}); err != nil {
		t.Fatal(err)
	}
	return a
}

func TestSignedDelivery(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		a, ana := overHTTP(t, s, nil), s.User("ana")
		must(ana.DM("hi"))
		time.Sleep(time.Second) // of what is on its way at once, the order is nobody's promise
		post(t, s, slackfake.General, "x", "blocks", button("go", "Go"))
		time.Sleep(time.Second)
		press := must(ana.Press(ana.Sees(slackfake.General)[0], "Go"))
		if err := press.Wait(t.Context()); err != nil {
			t.Error(err)
		}
		if err := must(ana.Command("/herald", "a b&c", slackfake.General)).Wait(t.Context()); err != nil {
			t.Error(err)
		}
		got := a.all()
		want := []struct{ path, kind, has string }{
			{"/slack/events", "application/json", `"type":"url_verification"`}, {"/slack/events", "application/json", `"text":"hi"`}, {"/slack/events", "application/json", `"bot_id"`},
			{"/slack/actions", "application/x-www-form-urlencoded", "payload=%7B"}, {"/slack/commands", "application/x-www-form-urlencoded", "text=a+b%26c"},
		}
		if len(got) != len(want) {
			t.Fatalf("got %d", len(got))
		}
		for i, w := range want {
			if got[i].bad != nil || got[i].path != w.path || got[i].header.Get("Content-Type") != w.kind || !strings.Contains(got[i].body, w.has) || got[i].header.Get("X-Slack-Retry-Num") != "" {
				t.Errorf("got %+v, want %+v", got[i], w)
			}
		}
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(got[4].body))
		r.Header = got[4].header
		c := must(slack.SlashCommandParse(r))
		equal(t, "the command", c.Command+" "+c.Text+" "+c.UserID+" "+c.ChannelID, "/herald a b&c "+slackfake.Ana+" "+slackfake.General)
		r = httptest.NewRequest(http.MethodPost, "/", strings.NewReader(got[3].body))
		r.Header = got[3].header
		equal(t, "the press", must(slack.InteractionCallbackParse(r)).User.ID, slackfake.Ana)
		equal(t, "in time", len(s.Feed().Acks()), 4)
	})
}

// The URL is not taken before it has shown that it knows the secret.
func TestChallenge(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		for name, h := range map[string]http.HandlerFunc{
			"nothing":  func(http.ResponseWriter, *http.Request) {},
			"an error": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) },
			"away":     func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		} {
			if s.Deliver(t.Context(), slackfake.Endpoint{Events: "https://herald.example/", Client: slackfake.To(h)}) == nil {
				t.Errorf("%s is taken", name)
			}
		}
		inJSON := func(w http.ResponseWriter, r *http.Request) {
			var a struct{ Challenge string }
			_ = json.NewDecoder(r.Body).Decode(&a)
			_, _ = io.WriteString(w, encoded(t, a))
		}
		if err := s.Deliver(t.Context(), slackfake.Endpoint{Events: "https://herald.example/", Client: slackfake.To(http.HandlerFunc(inJSON))}); err != nil {
			t.Error(err)
		}
		if err := s.Deliver(t.Context(), slackfake.Endpoint{}); err != nil {
			t.Error(err)
		}
		listen(t, s, inside(s), nil)
		must(s.User("ana").DM("by socket again"))
		if err := s.Feed().Sent()[0].Wait(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// An event that is not taken comes again, and says for the how-manieth time and why.
func TestRetriesOverHTTP(t *testing.T) {
	for name, c := range map[string]struct {
		more   func(w http.ResponseWriter, body string)
		reason string
		times  int
		took   time.Duration // of a try
	}{
		"an error":         {func(w http.ResponseWriter, _ string) { w.WriteHeader(503) }, "http_error", 4, 0},
		"no retry, please": {func(w http.ResponseWriter, _ string) { w.Header().Set("X-Slack-No-Retry", "1"); w.WriteHeader(503) }, "", 1, 0},
		"too late":         {func(http.ResponseWriter, string) { time.Sleep(4 * time.Second) }, "http_timeout", 4, 3 * time.Second},
		"late, no retry": {func(w http.ResponseWriter, _ string) {
			w.Header().Set("X-Slack-No-Retry", "1")
			time.Sleep(4 * time.Second)
		}, "http_timeout", 4, 3 * time.Second},
		"away":  {func(http.ResponseWriter, string) { panic(http.ErrAbortHandler) }, "connection_failed", 4, 0},
		"taken": {func(http.ResponseWriter, string) {}, "", 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
				a := overHTTP(t, s, c.more)
				began := time.Now()
				must(s.User("ana").DM("hi"))
				time.Sleep(10 * time.Minute)
				got := a.all()[1:]
				equal(t, "times", len(got), c.times)
				at := []time.Duration{0, time.Second, 61 * time.Second, 361 * time.Second}
				for i, h := range got {
					equal(t, "at", h.at.Sub(began), at[i]+time.Duration(i)*c.took)
					equal(t, "its number", h.header.Get("X-Slack-Retry-Num"), []string{"", "1", "2", "3"}[i])
					equal(t, "its reason", h.header.Get("X-Slack-Retry-Reason"), map[bool]string{false: c.reason}[i == 0])
					equal(t, "the signature is good", h.bad, nil)
				}
				equal(t, "given up", len(s.Feed().Unacked()), map[bool]int{false: 1}[name == "taken"])
			})
		})
	}
}

// Two redirects are followed, a third is a failure.
func TestRedirects(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		left := 0
		app := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if left--; left >= 0 {
				http.Redirect(w, r, "/again", http.StatusTemporaryRedirect)
				return
			}
			var a struct{ Challenge string }
			_ = json.NewDecoder(r.Body).Decode(&a)
			_, _ = io.WriteString(w, a.Challenge)
		})
		e := slackfake.Endpoint{Events: "https://herald.example/", Client: slackfake.To(app)}
		left = 2
		if err := s.Deliver(t.Context(), e); err != nil {
			t.Error(err)
		}
		left = 3
		if err := s.Deliver(t.Context(), e); err == nil {
			t.Error("it follows three")
		}
	})
}

func TestCommandOverHTTP(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		overHTTP(t, s, func(w http.ResponseWriter, body string) {
			if strings.Contains(body, "text=json") {
				_, _ = io.WriteString(w, `{"text":"in JSON","response_type":"in_channel"}`)
				return
			}
			_, _ = io.WriteString(w, "plain")
		})
		for _, text := range []string{"json", "text"} {
			if err := must(s.User("ana").Command("/herald", text, slackfake.General)).Wait(t.Context()); err != nil {
				t.Error(err)
			}
		}
		equal(t, "she sees", texts(s.User("ana").Sees(slackfake.General)), "in JSON|plain")
		equal(t, "he sees", texts(s.User("ben").Sees(slackfake.General)), "in JSON")
	})
}

// An endpoint without a URL for a kind of things never hears of them.
func TestNoURLForCommands(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		a := &app{t: t}
		if err := s.Deliver(t.Context(), slackfake.Endpoint{Events: "https://herald.example/", Client: slackfake.To(a)}); err != nil {
			t.Fatal(err)
		}
		if err := must(s.User("ana").Command("/herald", "", slackfake.General)).Wait(t.Context()); err == nil {
			t.Error("all is well")
		}
	})
}

// Requests can be forged in every way that a receiver has to notice.
func TestForgeries(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		a := overHTTP(t, s, nil)
		send := func(m slackfake.Mail) error {
			t.Helper()
			answer := must(m.Post(t.Context(), slackfake.To(a), "https://herald.example/slack/events"))
			answer.Body.Close()
			got := a.all()
			return got[len(got)-1].bad
		}
		sign := func(at time.Time) slackfake.Mail {
			return slackfake.Sign(slackfake.Events, map[string]any{"type": "event_callback"}, at)
		}
		now := time.Now()
		good := sign(now)
		for name, c := range map[string]struct {
			forge func() slackfake.Mail
			want  error
		}{
			"good":        {func() slackfake.Mail { return good }, nil},
			"replayed":    {func() slackfake.Mail { return good }, nil}, // the verifier cannot see that
			"just fresh":  {func() slackfake.Mail { return sign(now.Add(-5 * time.Minute)) }, nil},
			"stale":       {func() slackfake.Mail { return sign(now.Add(-5*time.Minute - time.Second)) }, slack.ErrExpiredTimestamp},
			"of tomorrow": {func() slackfake.Mail { return sign(now.Add(24 * time.Hour)) }, slack.ErrExpiredTimestamp},
			"changed":     {func() slackfake.Mail { m := sign(now); m.Body = append(m.Body, ' '); return m }, slack.ErrInvalidSignature},
			"unsigned":    {func() slackfake.Mail { m := sign(now); m.Header.Del("X-Slack-Signature"); return m }, slack.ErrMissingHeaders},
			"moved": {func() slackfake.Mail {
				m := sign(now.Add(-time.Hour))
				m.Header.Set("X-Slack-Request-Timestamp", sign(now).Header.Get("X-Slack-Request-Timestamp"))
				return m
			}, slack.ErrInvalidSignature},
			"huge": {func() slackfake.Mail {
				return slackfake.Sign(slackfake.Events, map[string]any{"x": strings.Repeat("x", 2<<20)}, now)
			}, nil}, // the receiver has to bound it
		} {
			if err := send(c.forge()); !errors.Is(err, c.want) {
				t.Errorf("%s: got %v, want %v", name, err, c.want)
			}
		}
		if answer, err := s.Post(t.Context(), "https://herald.example/", slackfake.Interactive, map[string]any{"type": "block_actions"}); err != nil || answer.StatusCode != 200 {
			t.Error(answer, err)
		}
		if !bytes.Contains([]byte(a.all()[len(a.all())-1].body), []byte("payload=")) {
			t.Error("an interaction is no form")
		}
	})
}

// Over a real network it is the same.
func TestDeliveryOutside(t *testing.T) {
	t.Parallel()
	s := slackfake.New(slackfake.Options{})
	t.Cleanup(s.Close)
	a := &app{t: t}
	server := httptest.NewServer(a)
	t.Cleanup(server.Close)
	if err := s.Deliver(t.Context(), slackfake.Endpoint{Events: server.URL + "/events"}); err != nil {
		t.Fatal(err)
	}
	must(s.User("ana").DM("hi"))
	if err := s.Feed().Sent()[0].Wait(t.Context()); err != nil {
		t.Error(err)
	}
	equal(t, "requests", len(a.all()), 2)
}
