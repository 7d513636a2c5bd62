package discordfake_test

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/taskherald/herald/bot/discord/discordfake"
)

// app is one that takes interactions over HTTP.
type app struct {
	careless bool // it does not look at signatures

	mu     sync.Mutex
	answer func(http.ResponseWriter)
	heard  int
}

// answers sets what it answers from now on.
func (a *app) answers(with func(http.ResponseWriter)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.answer = with
}

func (a *app) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	key, _ := hex.DecodeString(discordfake.PublicKey)
	signature, _ := hex.DecodeString(r.Header.Get("X-Signature-Ed25519"))
	if !a.careless && !ed25519.Verify(key, append([]byte(r.Header.Get("X-Signature-Timestamp")), body...), signature) {
		http.Error(w, "no", http.StatusUnauthorized)
		return
	}
	var said map[string]any
	_ = json.Unmarshal(body, &said)
	if said["type"] == 1.0 {
		_, _ = io.WriteString(w, `{"type":1}`)
		return
	}
	a.mu.Lock()
	a.heard++
	answer := a.answer
	a.mu.Unlock()
	answer(w)
}

const target = "https://herald.example/discord"

func TestDelivery(t *testing.T) {
	bubble(t, discordfake.Options{Unlimited: true}, func(t *testing.T, d *discordfake.Discord) {
		e, _ := listen(t, d, intents)
		a := &app{answer: func(w http.ResponseWriter) { _, _ = io.WriteString(w, `{"type":5,"data":{"flags":64}}`) }}
		if err := d.Deliver(t.Context(), target, discordfake.To(a)); err != nil {
			t.Fatal(err)
		}
		equal(t, "it is the app's", done(t, d, "GET /applications/@me", "").str("interactions_endpoint_url"), target)
		m := posted(t, d, discordfake.Deploys, "card")
		e.hear()
		i := must(d.User("ana").Press(m, "Approve"))
		equal(t, "responded by the answer", i.Wait(t.Context()), nil)
		equal(t, "thinking", i.Answers()[0].Waiting, true)
		equal(t, "heard", a.heard, 1)
		post(t, d, discordfake.Deploys, "the next")
		equal(t, "nothing of it over the gateway, messages still", e.hear().str("content"), "the next")

		a.answers(func(w http.ResponseWriter) { w.WriteHeader(http.StatusAccepted) })
		i = must(d.User("ana").Press(m, "Approve"))
		soon()
		done(t, d, back(i), `{"type":6}`)
		equal(t, "responded by a call", i.Wait(t.Context()), nil)
		for name, answer := range map[string]func(w http.ResponseWriter){
			"nothing":      func(w http.ResponseWriter) {},
			"an error":     func(w http.ResponseWriter) { http.Error(w, "no", http.StatusInternalServerError) },
			"what is none": func(w http.ResponseWriter) { _, _ = io.WriteString(w, `{"type":1}`) },
			"no JSON":      func(w http.ResponseWriter) { _, _ = io.WriteString(w, `ok`) },
			"late":         func(http.ResponseWriter) { time.Sleep(4 * time.Second) },
		} {
			a.answers(answer)
			i = must(d.User("ana").Press(m, "Approve"))
			equal(t, name, i.Wait(t.Context()), discordfake.ErrUnanswered)
		}
		time.Sleep(5 * time.Second)
		if err := d.Deliver(t.Context(), "", nil); err != nil {
			t.Fatal(err)
		}
		must(d.User("ana").Press(m, "Approve"))
		equal(t, "by the gateway again", e.hear().T, "INTERACTION_CREATE")
	})
}

func TestCarelessEndpoints(t *testing.T) {
	t.Parallel()
	d := discordfake.New(discordfake.Options{})
	a := &app{careless: true}
	if d.Deliver(t.Context(), target, discordfake.To(a)) == nil {
		t.Error("a URL that looks at no signature is taken")
	}
	if d.Deliver(t.Context(), target, discordfake.To(http.NotFoundHandler())) == nil {
		t.Error("a URL that answers no ping is taken")
	}
	a.careless = false
	if err := d.Deliver(t.Context(), target, discordfake.To(a)); err != nil {
		t.Fatal(err)
	}
	if err := d.Probe(t.Context()); err != nil {
		t.Fatal(err)
	}
	a.careless = true
	if d.Probe(t.Context()) == nil {
		t.Error("a URL that ceased to look is kept")
	}
	equal(t, "it is gone", done(t, d, "GET /applications/@me", "").at("interactions_endpoint_url"), nil)
}

func TestForgeries(t *testing.T) {
	t.Parallel()
	a := &app{answer: func(w http.ResponseWriter) { w.WriteHeader(http.StatusAccepted) }}
	server := httptest.NewServer(a)
	defer server.Close()
	sent := func(m discordfake.Mail) int {
		answer, err := m.Post(context.Background(), http.DefaultClient, server.URL)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		return answer.StatusCode
	}
	m := discordfake.Sign(map[string]any{"type": 3, "id": "1"}, time.Now().Add(-time.Hour))
	equal(t, "signed, and old", sent(m), 202)
	equal(t, "the same again", sent(m), 202)
	m.Body = append(m.Body, '\n')
	equal(t, "changed", sent(m), 401)
	d := discordfake.New(discordfake.Options{})
	if err := d.Deliver(t.Context(), server.URL, nil); err != nil {
		t.Errorf("by the network: %v", err)
	}
}
