package discordfake

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/taskherald/herald/bot/faketest"
)

// endpoint is where interactions go over HTTP.
type endpoint struct {
	fake   *Discord
	url    string
	client *http.Client
}

// Deliver makes interactions go to a URL from now on, no longer over the gateway, once it
// has answered a ping, and has refused others whose signatures are wrong. Nil is
// http.DefaultClient; [To] calls a handler. Without a URL it is the gateway
// again.
func (d *Discord) Deliver(ctx context.Context, url string, client *http.Client) error {
	e := &endpoint{fake: d, url: url, client: client}
	if client == nil {
		e.client = http.DefaultClient
	}
	if url == "" {
		e = nil
	} else if err := e.tries(ctx); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.hub.endpoint = e
	return nil
}

// Probe sends the URL a signature that is wrong, as Discord does now and then. If it does
// not refuse that, interactions do not go there any more.
func (d *Discord) Probe(ctx context.Context) error {
	d.mu.Lock()
	e := d.hub.endpoint
	d.mu.Unlock()
	if e == nil {
		return nil
	}
	err := e.tries(ctx)
	if err != nil {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.hub.endpoint = nil
	}
	return err
}

// tries sees that whoever answers at the URL looks at signatures.
func (e *endpoint) tries(ctx context.Context) error {
	ping := Sign(object{"id": "1", "application_id": App, "type": 1, "version": 1, "token": "ping"}, time.Now())
	status, said, err := e.send(ctx, ping)
	var pong struct{ Type int }
	if err != nil {
		return err
	}
	if status != http.StatusOK || json.Unmarshal(said, &pong) != nil || pong.Type != 1 {
		return fmt.Errorf("discordfake: the URL did not answer the ping: %d %q", status, said)
	}
	for name, forged := range forgeries(ping) {
		status, _, err := e.send(ctx, forged)
		if err != nil {
			return err
		}
		if status != http.StatusUnauthorized {
			return fmt.Errorf("discordfake: the URL took %s: %d", name, status)
		}
	}
	return nil
}

// forgeries are requests that must be refused with 401.
func forgeries(m Mail) map[string]Mail {
	signature := m.clone()
	signature.Header.Set(headerSignature, hex.EncodeToString(bytes.Repeat([]byte{7}, ed25519.SignatureSize)))
	changed := m.clone()
	changed.Body = append(changed.Body, ' ')
	none := m.clone()
	none.Header.Del(headerSignature)
	return map[string]Mail{"a wrong signature": signature, "a body that was changed": changed, "no signature": none}
}

// Mail is one signed request of Discord. To change it after it was signed is to forge it.
type Mail struct {
	Header http.Header
	Body   []byte
}

func (m Mail) clone() Mail { return Mail{Header: m.Header.Clone(), Body: slices.Clone(m.Body)} }

// The headers that say who sent a request, and when.
const (
	headerSignature = "X-Signature-Ed25519"
	headerTime      = "X-Signature-Timestamp"
)

// Sign writes and signs a payload as Discord does over HTTP.
func Sign(payload any, now time.Time) Mail {
	m := Mail{Header: http.Header{"Content-Type": {"application/json"}, "User-Agent": {"Discord-Interactions/1.0 (+https://discord.com)"}}, Body: raw(payload)}
	stamp := strconv.FormatInt(now.Unix(), 10)
	m.Header.Set(headerTime, stamp)
	m.Header.Set(headerSignature, hex.EncodeToString(ed25519.Sign(key(), append([]byte(stamp), m.Body...))))
	return m
}

// key is the private half of [PublicKey].
func key() ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed([]byte("herald: a key that is no secret."))
}

// Post sends it. To send it again is to replay it.
func (m Mail) Post(ctx context.Context, client *http.Client, url string) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(m.Body))
	if err != nil {
		return nil, err
	}
	r.Header = m.Header.Clone()
	return client.Do(r)
}

func (e *endpoint) send(ctx context.Context, m Mail) (status int, said []byte, err error) {
	a, err := m.Post(ctx, e.client, e.url)
	if err != nil {
		return 0, nil, err
	}
	defer a.Body.Close()
	said, err = io.ReadAll(io.LimitReader(a.Body, 1<<20))
	return a.StatusCode, said, err
}

// post sends an interaction. What comes back may be the first response.
func (e *endpoint) post(i *Interaction) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	status, said, err := e.send(ctx, Sign(i.Payload, time.Now()))
	defer locked(i.fake)()
	switch {
	case i.taken || i.late:
	case err != nil || status >= http.StatusMultipleChoices, len(bytes.TrimSpace(said)) == 0 && status != http.StatusAccepted:
		i.fake.hub.timers.Stop(i.timer)
		i.missed()
	case len(bytes.TrimSpace(said)) > 0:
		c := &call{world: i.fake.world, fake: i.fake, vars: map[string]string{"token": i.Token}}
		bad := readJSON(c, said)
		if bad == nil {
			_, bad = (&reaction{c, i}).respond()
		}
		if bad != nil {
			i.missed()
		}
	}
}

// To is a client whose requests are all answered by the handler, without a network.
func To(h http.Handler) *http.Client { return faketest.Client(h) }
