package slackfake

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/taskherald/herald/bot/faketest"
)

// Endpoint is where the app hears of things over HTTP.
type Endpoint struct {
	Events, Interactive, Commands string       // the URLs, as in its manifest
	Client                        *http.Client // nil for http.DefaultClient; [To] calls a handler
}

// Deliver makes the app hear by HTTP from now on, no longer by sockets, once the URL for
// events has answered the challenge. Without URLs it is sockets again.
func (s *Slack) Deliver(ctx context.Context, e Endpoint) error {
	if e.Client == nil {
		e.Client = http.DefaultClient
	}
	e.Client = following(e.Client)
	if e.Events != "" {
		if err := challenge(ctx, e); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hub.endpoint = e
	return nil
}

// following follows two redirects, as Slack does, and takes more for a failure.
func following(c *http.Client) *http.Client {
	own := *c
	own.CheckRedirect = func(_ *http.Request, via []*http.Request) error {
		if len(via) > 2 {
			return errRedirects
		}
		return nil
	}
	return &own
}

var errRedirects = errors.New("too many redirects")

// challenge sees that whoever answers at the URL knows the signing secret.
func challenge(ctx context.Context, e Endpoint) error {
	word := "fake-challenge"
	m := Sign(Events, answer{"type": "url_verification", "token": "fake-verification-token", "challenge": word}, time.Now())
	a, err := m.Post(ctx, e.Client, e.Events)
	if err != nil {
		return err
	}
	defer a.Body.Close()
	body, err := io.ReadAll(a.Body)
	if err != nil {
		return err
	}
	var said struct{ Challenge string }
	if json.Unmarshal(body, &said) != nil {
		said.Challenge = strings.TrimPrefix(strings.TrimSpace(string(body)), "challenge=")
	}
	if a.StatusCode != http.StatusOK || said.Challenge != word {
		return fmt.Errorf("slackfake: the URL did not answer with the challenge: %s %q", a.Status, body)
	}
	return nil
}

// To is a client whose requests are all answered by the handler, without a network.
func To(h http.Handler) *http.Client { return faketest.Client(h) }

// Mail is one signed request of Slack. To change it after it was signed is to forge it.
type Mail struct {
	Header http.Header
	Body   []byte
}

// Sign writes and signs a payload as Slack does over HTTP: events as JSON, interactions as
// JSON in a form, commands as a form.
func Sign(kind Kind, payload any, at time.Time) Mail {
	text, err := json.Marshal(payload)
	if err != nil {
		panic(err) // the test's own
	}
	m := Mail{Header: http.Header{"User-Agent": {"Slackbot 1.0 (+https://api.slack.com/robots)"}}}
	m.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	switch kind {
	case Interactive:
		m.Body = []byte(url.Values{"payload": {string(text)}}.Encode())
	case Command:
		m.Body = []byte(formOf(text))
	default:
		m.Header.Set("Content-Type", "application/json")
		m.Body = text
	}
	m.sign(at, SigningSecret)
	return m
}

// formOf is an object of texts as a form.
func formOf(text []byte) string {
	fields := args{}
	if fields.object(text) != nil {
		return ""
	}
	form := url.Values{}
	for name, value := range fields {
		form.Set(name, value)
	}
	return form.Encode()
}

func (m *Mail) sign(at time.Time, secret string) {
	stamp := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("v0:" + stamp + ":"))
	mac.Write(m.Body)
	m.Header.Set("X-Slack-Request-Timestamp", stamp)
	m.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
}

// Post sends it. To send it again is to replay it.
func (m Mail) Post(ctx context.Context, c *http.Client, address string) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(m.Body))
	if err != nil {
		return nil, err
	}
	r.Header = m.Header.Clone()
	return c.Do(r)
}

// Post signs a payload now and sends it.
func (s *Slack) Post(ctx context.Context, address string, kind Kind, payload any) (*http.Response, error) {
	s.mu.Lock()
	c := s.hub.endpoint.Client
	s.mu.Unlock()
	if c == nil {
		c = http.DefaultClient
	}
	return Sign(kind, payload, time.Now()).Post(ctx, c, address)
}

// url is where a kind of things is sent, "" for by a socket.
func (e Endpoint) url(k Kind) string {
	switch k {
	case Interactive:
		return e.Interactive
	case Command:
		return e.Commands
	}
	return e.Events
}

// post is one try over HTTP.
func (h *hub) post(d *Delivery, e Endpoint, attempt int, reason string) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	m := Sign(d.Kind, d.Payload, time.Now())
	if attempt > 1 {
		m.Header.Set("X-Slack-Retry-Num", strconv.Itoa(attempt-1))
		m.Header.Set("X-Slack-Retry-Reason", reason)
	}
	began := time.Now()
	a, err := m.Post(ctx, e.Client, e.url(d.Kind))
	var said []byte
	if err == nil {
		defer a.Body.Close()
		said, err = io.ReadAll(io.LimitReader(a.Body, 1<<20))
	}
	h.s.mu.Lock()
	defer h.s.mu.Unlock()
	h.judge(d, a, said, err, time.Since(began))
}

// judge says how a try over HTTP came out.
func (h *hub) judge(d *Delivery, a *http.Response, said []byte, err error, took time.Duration) {
	switch {
	case errors.Is(err, errRedirects):
		h.failed(d, "too_many_redirects")
	case errors.Is(err, context.DeadlineExceeded):
		h.failed(d, "http_timeout")
	case err != nil:
		h.failed(d, "connection_failed")
	case a.StatusCode >= 200 && a.StatusCode < 300:
		h.acks = append(h.acks, took)
		h.hours.count(true)
		d.taken(took, said)
	case a.Header.Get("X-Slack-No-Retry") == "1":
		h.hours.count(false)
		d.reason = "http_error"
		h.given(d)
	default:
		h.failed(d, "http_error")
	}
}
