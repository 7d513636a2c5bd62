package discord

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/progress/client/clienttest"
)

// letter is a request as Discord signs it.
type letter struct {
	method    string
	body      string
	timestamp string
	signature string
}

// seals is a key with which requests are signed.
var seals = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))

func sealed(body string, at time.Time) letter {
	ts := strconv.FormatInt(at.Unix(), 10)
	return letter{http.MethodPost, body, ts, hex.EncodeToString(ed25519.Sign(seals, []byte(ts+body)))}
}

// post gives a letter to an endpoint.
func (l letter) post(e http.Handler) *httptest.ResponseRecorder {
	r := httptest.NewRequest(l.method, "/discord/interactions", strings.NewReader(l.body))
	r.Header.Set("X-Signature-Timestamp", l.timestamp)
	r.Header.Set("X-Signature-Ed25519", l.signature)
	w := httptest.NewRecorder()
	e.ServeHTTP(w, r)
	return w
}

// receiver is an endpoint, and what it was given.
type receiver struct {
	*endpoint
	deaf bool
	got  []string
}

func receives(t *testing.T, key string) *receiver {
	t.Helper()
	r := &receiver{}
	e, err := newEndpoint(key, func(kind string, seq int64, data json.RawMessage) bool {
		if kind != eventInteraction || seq != 0 {
			t.Errorf("%s %d", kind, seq)
		}
		if !r.deaf {
			r.got = append(r.got, string(data))
		}
		return !r.deaf
	}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	r.endpoint = e
	return r
}

func publicKey() string {
	return hex.EncodeToString(seals.Public().(ed25519.PublicKey))
}

// TestEndpoint holds that nothing is let in that Discord has not signed just now.
func TestEndpoint(t *testing.T) {
	t.Parallel()
	const body = `{"type":2,"id":"1","token":"x","user":{"id":"5"}}`
	for _, c := range []struct {
		name   string
		forge  func(l *letter)
		status int
	}{
		{"as it should be", func(*letter) {}, 202},
		{"again", func(*letter) {}, 202}, // what came before is known by its id
		{"old, and in time", func(l *letter) { *l = sealed(body, time.Now().Add(-299*time.Second)) }, 202},
		{"early, and in time", func(l *letter) { *l = sealed(body, time.Now().Add(298*time.Second)) }, 202},
		{"too old", func(l *letter) { *l = sealed(body, time.Now().Add(-302*time.Second)) }, 401},
		{"too early", func(l *letter) { *l = sealed(body, time.Now().Add(302*time.Second)) }, 401},
		{"another body", func(l *letter) { l.body += " " }, 401},
		{"no body", func(l *letter) { l.body = "" }, 401},
		{"another time", func(l *letter) { l.timestamp += "0" }, 401},
		{"the same time, written otherwise", func(l *letter) { l.timestamp = "0" + l.timestamp }, 401},
		{"no time", func(l *letter) { l.timestamp = "" }, 401},
		{"a time that is none", func(l *letter) { l.timestamp = "soon" }, 401},
		{"the end of time", func(l *letter) { l.timestamp = "9223372036854775807" }, 401},
		{"its beginning", func(l *letter) { l.timestamp = "-9223372036854775808" }, 401},
		{"no signature", func(l *letter) { l.signature = "" }, 401},
		{"zeros", func(l *letter) { l.signature = strings.Repeat("0", 128) }, 401},
		{"a short one", func(l *letter) { l.signature = l.signature[:126] }, 401},
		{"a long one", func(l *letter) { l.signature += "00" }, 401},
		{"no hexadecimal one", func(l *letter) { l.signature = strings.Repeat("x", 128) }, 401},
		{"somebody else's", func(l *letter) {
			other := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
			l.signature = hex.EncodeToString(ed25519.Sign(other, []byte(l.timestamp+l.body)))
		}, 401},
		{"a huge one", func(l *letter) { *l = sealed(`{"type":2,"x":"`+strings.Repeat("x", 1<<20)+`"}`, time.Now()) }, 413},
		{"no JSON", func(l *letter) { *l = sealed("x", time.Now()) }, 400},
		{"nothing, signed", func(l *letter) { *l = sealed("", time.Now()) }, 400},
		{"another method", func(l *letter) { l.method = http.MethodGet }, 405},
	} {
		r := receives(t, publicKey())
		l := sealed(body, time.Now())
		c.forge(&l)
		w := l.post(r)
		if w.Code != c.status || (c.status == 202) != (len(r.got) == 1 && r.got[0] == body && w.Body.Len() == 0) || c.status != 202 && len(r.got) > 0 {
			t.Errorf("%s: %d %q, %v", c.name, w.Code, w.Body, r.got)
		}
		if w.Code == 405 && w.Header().Get("Allow") != "POST" {
			t.Errorf("%s: %v", c.name, w.Header())
		}
	}
}

// TestEndpointPing holds that a ping is answered if it is signed, whoever listens, and is no more.
func TestEndpointPing(t *testing.T) {
	t.Parallel()
	r := receives(t, publicKey())
	for _, r.deaf = range []bool{false, true} {
		l := sealed(`{"application_id":"1","id":"2","token":"x","type":1,"user":{"id":"3"},"version":1}`, time.Now())
		w := l.post(r)
		if w.Code != 200 || w.Body.String() != `{"type":1}` || w.Header().Get("Content-Type") != "application/json" {
			t.Errorf("%d %q %v", w.Code, w.Body, w.Header())
		}
		l.signature = strings.Repeat("ab", 64) // as Discord tries now and then
		if w := l.post(r); w.Code != 401 || strings.Contains(w.Body.String(), "type") {
			t.Errorf("%d %q", w.Code, w.Body)
		}
	}
	if len(r.got) > 0 {
		t.Errorf("it was given %v", r.got)
	}
}

// TestEndpointDeaf holds that nothing is taken that nobody would work on, and that without a key
// nothing is let in.
func TestEndpointDeaf(t *testing.T) {
	t.Parallel()
	r := receives(t, publicKey())
	r.deaf = true
	if w := sealed(`{"type":3,"id":"1"}`, time.Now()).post(r); w.Code != 503 {
		t.Errorf("%d %q", w.Code, w.Body)
	}
	if w := sealed(`{"type":1}`, time.Now()).post(receives(t, "")); w.Code != 401 {
		t.Errorf("%d %q", w.Code, w.Body)
	}
}

// TestEndpointKey holds that a key that is none is found at the start.
func TestEndpointKey(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"x", "00", publicKey() + "00", publicKey()[:62], strings.Repeat("z", 64), " " + publicKey()} {
		if _, err := newEndpoint(key, nil, time.Now); err == nil || strings.Contains(err.Error(), key) && len(key) > 2 {
			t.Errorf("%q: %v", key, err)
		}
	}
	if _, err := newEndpoint(strings.ToUpper(publicKey()), nil, time.Now); err != nil {
		t.Error(err)
	}
}

// asked is a request as the script in Node has it.
type asked struct {
	Body      string `json:"body"`
	Signature string `json:"signature"`
	Timestamp string `json:"timestamp"`
	Key       string `json:"key"`
	Good      bool   `json:"good"`
}

// TestEndpointPeer holds that what is good for us is what is good for Discord's own package for
// JavaScript, either way.
func TestEndpointPeer(t *testing.T) {
	t.Parallel()
	var ours []asked
	for _, body := range []string{`{"type":1}`, "", "é – ☃"} {
		l := sealed(body, time.Now())
		for _, forge := range []string{"", " "} {
			ours = append(ours, asked{Body: body + forge, Signature: l.signature, Timestamp: l.timestamp, Key: publicKey(), Good: forge == ""})
		}
	}
	raw, err := json.Marshal(ours)
	if err != nil {
		t.Fatal(err)
	}
	var says struct {
		Verdicts []bool
		Requests []asked
	}
	if err := json.Unmarshal([]byte(clienttest.Node(t, nil, "testdata/signed.mjs", string(raw))), &says); err != nil {
		t.Fatal(err)
	}
	if want := []bool{true, false, true, false, true, false}; !slices.Equal(says.Verdicts, want) {
		t.Errorf("it says %v", says.Verdicts)
	}
	good := 0
	for _, q := range says.Requests {
		w := letter{http.MethodPost, q.Body, q.Timestamp, q.Signature}.post(receives(t, q.Key))
		if ok := w.Code == 200 || w.Code == 202; ok != q.Good {
			t.Errorf("%+v: %d", q, w.Code)
		} else if ok {
			good++
		}
	}
	if good != 3 || len(says.Requests) != 9 {
		t.Errorf("%d of %d are good", good, len(says.Requests))
	}
}

// FuzzEndpoint holds that nothing that anybody sends breaks it, or is let in unsigned.
func FuzzEndpoint(f *testing.F) {
	f.Add("1700000000", strings.Repeat("0", 128), []byte(`{"type":1}`))
	f.Add("", "", []byte{})
	f.Fuzz(func(t *testing.T, ts, mark string, body []byte) {
		r := httptest.NewRequest(http.MethodPost, "/", io.NopCloser(bytes.NewReader(body)))
		r.Header["X-Signature-Timestamp"], r.Header["X-Signature-Ed25519"] = []string{ts}, []string{mark}
		w := httptest.NewRecorder()
		if receives(t, publicKey()).ServeHTTP(w, r); w.Code != http.StatusUnauthorized {
			t.Errorf("%d", w.Code)
		}
	})
}
