package slack

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/taskherald/herald/bot/chat"
)

// The bounds of requests over HTTP.
const (
	freshFor   = 5 * time.Minute // a signature, before and after its time
	signedWith = "v0"
)

// Events takes events over HTTP, while Run runs. It answers at once. A retry is like any other
// request: it may be the only one that has come through. Without a signing secret nothing is
// let in. While Run does not run, and where there is too much at once, it answers 503: Slack
// gives an event again, maybe to another server, and says to who has pressed something that it
// did not work.
func (p *Platform) Events() http.Handler { return p.signed(p.events) }

// Interactions takes presses and what is written in modals, as Events does.
func (p *Platform) Interactions() http.Handler { return p.signed(p.interactions) }

// Commands takes slash commands, as Events does.
func (p *Platform) Commands() http.Handler { return p.signed(p.commands) }

// signed lets in what Slack has signed, and nothing is read of before.
func (p *Platform) signed(next func(w http.ResponseWriter, body []byte)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !chat.Posted(w, r) {
			return
		}
		body, ok := chat.Body(w, r)
		if !ok {
			return
		}
		if !p.genuine(r.Header, body) {
			http.Error(w, "not signed by Slack, or not now", http.StatusUnauthorized)
			return
		}
		next(w, body)
	})
}

// genuine reports whether Slack has signed a body, not long ago.
func (p *Platform) genuine(h http.Header, body []byte) bool {
	at := h.Get("X-Slack-Request-Timestamp")
	seconds, err := strconv.ParseInt(at, 10, 64)
	if err != nil || len(p.secret) == 0 || p.inbox.now().Sub(time.Unix(seconds, 0)).Abs() > freshFor {
		return false
	}
	mac := hmac.New(sha256.New, p.secret)
	_, _ = io.WriteString(mac, signedWith+":"+at+":")
	_, _ = mac.Write(body)
	return hmac.Equal([]byte(h.Get("X-Slack-Signature")), []byte(signedWith+"="+hex.EncodeToString(mac.Sum(nil))))
}

// events takes an event.
func (p *Platform) events(w http.ResponseWriter, body []byte) {
	var o outer
	if err := chat.Lax(body, &o); err == nil && o.Type == "url_verification" {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, o.Challenge) // who does not listen does not verify
		return
	}
	p.take(w, kindEvent, body)
}

func (p *Platform) interactions(w http.ResponseWriter, body []byte) {
	form, _ := url.ParseQuery(string(body)) // what cannot be read of it is not there
	p.take(w, kindInteraction, json.RawMessage(form.Get("payload")))
}

func (p *Platform) commands(w http.ResponseWriter, body []byte) {
	form, _ := url.ParseQuery(string(body)) // likewise
	if form.Get("ssl_check") == "" {
		p.take(w, kindCommand, formed(form))
	}
}

// take takes what there is room for.
func (p *Platform) take(w http.ResponseWriter, kind string, payload json.RawMessage) {
	if !p.inbox.take(kind, payload) {
		http.Error(w, "not now", http.StatusServiceUnavailable)
	}
}
