package pushfake_test

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/notify/webpush/pushfake"
)

var b64 = base64.RawURLEncoding

// sender is who sends in these tests; what it says can be changed to be wrong.
type sender struct {
	key    *ecdsa.PrivateKey
	head   map[string]any
	claims map[string]any
	fields map[string]string
	seal   func(plain []byte) []byte // what is put into the record
	cipher func(body []byte) []byte  // what is sent
	text   string
}

func newSender(t *testing.T) *sender {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	same := func(b []byte) []byte { return b }
	return &sender{
		key: key, head: map[string]any{"typ": "JWT", "alg": "ES256"}, claims: map[string]any{},
		fields: map[string]string{"TTL": "60"}, seal: same, cipher: same, text: "hello",
	}
}

// public is the key as a page gives it to the browser.
func (s *sender) public() []byte {
	b, err := s.key.PublicKey.Bytes()
	if err != nil {
		panic(err)
	}
	return b
}

// send makes one request and gives its status and reason.
func (s *sender) send(t *testing.T, service *pushfake.Service, to pushfake.Subscription) (int, string) {
	t.Helper()
	resp, err := s.try(t, service, to)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var said struct{ Reason string }
	if resp.StatusCode != http.StatusCreated {
		if err := json.NewDecoder(resp.Body).Decode(&said); err != nil {
			t.Fatal(err)
		}
	}
	return resp.StatusCode, said.Reason
}

func (s *sender) try(t *testing.T, service *pushfake.Service, to pushfake.Subscription) (*http.Response, error) {
	t.Helper()
	body := s.cipher(s.encrypt(t, to))
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, to.Endpoint, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Encoding", "aes128gcm")
	r.Header.Set("Authorization", "vapid t="+s.token(t, service.Origin())+", k="+b64.EncodeToString(s.public()))
	for name, value := range s.fields {
		r.Header.Del(name)
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	return service.Client().Do(r)
}

// token is a JWT with the claims that are right, unless the test has set others.
func (s *sender) token(t *testing.T, origin string) string {
	t.Helper()
	claims := map[string]any{"aud": origin, "exp": time.Now().Add(time.Hour).Unix(), "sub": "mailto:ops@example.com"}
	maps.Copy(claims, s.claims)
	signed := b64.EncodeToString(encoded(t, s.head)) + "." + b64.EncodeToString(encoded(t, claims))
	digest := sha256.Sum256([]byte(signed))
	r, v, err := ecdsa.Sign(rand.Reader, s.key, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	signature := append(r.FillBytes(make([]byte, 32)), v.FillBytes(make([]byte, 32))...)
	return signed + "." + b64.EncodeToString(signature)
}

func encoded(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// encrypt is RFC 8291 from the other side.
func (s *sender) encrypt(t *testing.T, to pushfake.Subscription) []byte {
	t.Helper()
	must := func(b []byte, err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	device, err := ecdh.P256().NewPublicKey(must(b64.DecodeString(to.Keys.P256dh)))
	if err != nil {
		t.Fatal(err)
	}
	mine, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	info := "WebPush: info\x00" + string(device.Bytes()) + string(mine.PublicKey().Bytes())
	ikm := must(hkdf.Key(sha256.New, must(mine.ECDH(device)), must(b64.DecodeString(to.Keys.Auth)), info, 32))
	salt := []byte(rand.Text())[:16]
	block, err := aes.NewCipher(must(hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: aes128gcm\x00", 16)))
	if err != nil {
		t.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	nonce := must(hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: nonce\x00", 12))
	body := binary.BigEndian.AppendUint32(bytes.Clone(salt), 4096)
	body = append(append(body, 65), mine.PublicKey().Bytes()...)
	return gcm.Seal(body, nonce, s.seal(append([]byte(s.text), 2)), nil)
}

func TestWhatIsRight(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*sender){
		"as it is":             func(*sender) {},
		"a page as contact":    func(s *sender) { s.claims["sub"] = "https://herald.example.com/contact" },
		"almost a day":         func(s *sender) { s.claims["exp"] = time.Now().Add(24*time.Hour - time.Minute).Unix() },
		"the longest topic":    func(s *sender) { s.fields["Topic"] = strings.Repeat("a", 32) },
		"no waiting":           func(s *sender) { s.fields["TTL"] = "0" },
		"padding":              func(s *sender) { s.seal = func(b []byte) []byte { return append(b, 0, 0, 0) } },
		"the longest body":     func(s *sender) { s.text = strings.Repeat("x", 3993) },
		"an urgency":           func(s *sender) { s.fields["Urgency"] = "very-low" },
		"text of every script": func(s *sender) { s.text = "✅ fertig \u202e" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			service, s := pushfake.New(t), newSender(t)
			device := service.Subscribe(t, s.public())
			change(s)
			if status, reason := s.send(t, service, device.Subscription()); status != http.StatusCreated {
				t.Fatal(status, reason, service.Requests())
			}
			if got := device.Messages(); len(got) != 1 || got[0].Text != s.text {
				t.Fatal(got)
			}
		})
	}
}

func TestWhatIsWrong(t *testing.T) {
	t.Parallel()
	claim := func(name string, value any) func(*sender) {
		return func(s *sender) { s.claims[name] = value }
	}
	field := func(name, value string) func(*sender) {
		return func(s *sender) { s.fields[name] = value }
	}
	in := func(d time.Duration) int64 { return time.Now().Add(d).Unix() }
	for _, c := range []struct {
		name   string
		change func(*sender)
		status int
		reason string
	}{
		{"nobody", field("Authorization", ""), 401, "MissingProviderToken"},
		{"another scheme", field("Authorization", "WebPush abc"), 403, "BadJwtToken"},
		{"for another service", claim("aud", "https://push.example.net"), 403, "BadJwtToken"},
		{"for the endpoint", claim("aud", "https://127.0.0.1/push"), 403, "BadJwtToken"},
		{"over", claim("exp", in(-time.Minute)), 403, "BadJwtToken"},
		{"for over a day", claim("exp", in(24*time.Hour+time.Minute)), 403, "BadJwtToken"},
		{"no contact", claim("sub", ""), 403, "BadJwtToken"},
		{"a name as contact", claim("sub", "ops@example.com"), 403, "BadJwtToken"},
		{"mailto twice", claim("sub", "mailto:mailto:ops@example.com"), 403, "BadJwtToken"},
		{"a page without TLS", claim("sub", "http://herald.example.com"), 403, "BadJwtToken"},
		{"localhost", claim("sub", "mailto:root@localhost"), 403, "BadJwtToken"},
		{"localhost by TLS", claim("sub", "https://localhost:8080"), 403, "BadJwtToken"},
		{"invalid", claim("sub", "mailto:a@herald.invalid"), 403, "BadJwtToken"},
		{"local", claim("sub", "https://Herald.LOCAL/"), 403, "BadJwtToken"},
		{"another algorithm", func(s *sender) { s.head["alg"] = "none" }, 403, "BadJwtToken"},
		{"no JWT", func(s *sender) { s.head["typ"] = "at+jwt" }, 403, "BadJwtToken"},
		{"no TTL", field("TTL", ""), 400, "BadTtl"},
		{"TTL in words", field("TTL", "1h"), 400, "BadTtl"},
		{"TTL below zero", field("TTL", "-1"), 400, "BadTtl"},
		{"a long topic", field("Topic", strings.Repeat("a", 33)), 400, "BadWebPushTopic"},
		{"a topic with a colon", field("Topic", "task:1"), 400, "BadWebPushTopic"},
		{"an urgency of ours", field("Urgency", "urgent"), 400, "BadUrgency"},
		{"the old encoding", field("Content-Encoding", "aesgcm"), 415, "BadContentEncoding"},
		{"no encoding", field("Content-Encoding", ""), 415, "BadContentEncoding"},
		{"a body that is too long", func(s *sender) { s.text = strings.Repeat("x", 3994) }, 413, "PayloadTooLarge"},
		{"no body", func(s *sender) { s.cipher = func([]byte) []byte { return nil } }, 400, "Unreadable"},
		{"not encrypted", func(s *sender) { s.cipher = func([]byte) []byte { return []byte(strings.Repeat("x", 200)) } }, 400, "Unreadable"},
		{"no delimiter", func(s *sender) { s.seal = func(b []byte) []byte { return make([]byte, len(b)) } }, 400, "Unreadable"},
		{"more records to come", func(s *sender) {
			s.seal = func(b []byte) []byte { return append(b[:len(b)-1], 1) }
		}, 400, "Unreadable"},
		{"more than a record", func(s *sender) {
			s.cipher = func(b []byte) []byte { b[18], b[19] = 0, 18; return b }
		}, 400, "Unreadable"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			service, s := pushfake.New(t), newSender(t)
			device := service.Subscribe(t, s.public())
			c.change(s)
			if status, reason := s.send(t, service, device.Subscription()); status != c.status || reason != c.reason {
				t.Errorf("%d %s, want %d %s: %v", status, reason, c.status, c.reason, service.Requests())
			}
			if got := device.Messages(); len(got) != 0 {
				t.Error("it came all the same:", got)
			}
		})
	}
}

func TestASubscriptionIsForOneSender(t *testing.T) {
	t.Parallel()
	service, mine, other := pushfake.New(t), newSender(t), newSender(t)
	device := service.Subscribe(t, mine.public())
	if status, reason := other.send(t, service, device.Subscription()); status != 403 || reason != "VapidPkHashMismatch" {
		t.Error(status, reason)
	}
	mixed := device.Subscription()
	mixed.Keys = service.Subscribe(t, mine.public()).Subscription().Keys
	if status, reason := mine.send(t, service, mixed); status != 400 || reason != "Unreadable" {
		t.Error("with another device's keys:", status, reason)
	}
}

func TestTheEndOfASubscription(t *testing.T) {
	t.Parallel()
	service, s := pushfake.New(t), newSender(t)
	device := service.Subscribe(t, s.public())
	unknown := device.Subscription()
	unknown.Endpoint += "x"
	if status, _ := s.send(t, service, unknown); status != 404 {
		t.Error("unknown:", status)
	}
	device.Unsubscribe()
	for range 2 {
		if status, _ := s.send(t, service, device.Subscription()); status != 410 {
			t.Error("over:", status)
		}
	}
}

// texts are the messages of a device in one line.
func texts(messages []pushfake.Message) string {
	var all []string
	for _, m := range messages {
		all = append(all, m.Text)
	}
	return strings.Join(all, " ")
}

func TestADeviceThatWasOff(t *testing.T) {
	t.Parallel()
	service, s := pushfake.New(t), newSender(t)
	device := service.Subscribe(t, s.public())
	send := func(text, topic, ttl string) {
		t.Helper()
		s.text, s.fields["Topic"], s.fields["TTL"] = text, topic, ttl
		if status, reason := s.send(t, service, device.Subscription()); status != 201 {
			t.Fatal(status, reason)
		}
	}
	send("first", "one", "60")
	device.Off()
	send("lost", "", "0")
	send("replaced", "one", "60")
	send("old", "two", "60")
	send("plain", "", "600")
	send("last", "one", "600")
	if got := texts(device.Messages()); got != "first" {
		t.Fatal("while it was off:", got)
	}
	service.Pass(time.Minute)
	device.On()
	if got := texts(device.Messages()); got != "first plain last" {
		t.Error("when it came on:", got)
	}
	send("next", "one", "60")
	if got, err := device.Await(t.Context(), 4); err != nil || texts(got) != "first plain last next" {
		t.Error(texts(got), err)
	}
}

func TestAwaitEnds(t *testing.T) {
	t.Parallel()
	service := pushfake.New(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := service.Subscribe(t, newSender(t).public()).Await(ctx, 1); err == nil {
		t.Error("nothing came, and it was awaited")
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	service, s := pushfake.New(t), newSender(t)
	device := service.Subscribe(t, s.public())
	service.Fail(
		pushfake.Fault{Status: 429, RetryAfter: 7 * time.Second},
		pushfake.Fault{Status: 503, RetryAfter: time.Hour, Date: true},
		pushfake.Fault{Drop: true},
		pushfake.Fault{Drop: true, Keep: true},
		pushfake.Fault{Status: 403, Reason: "BadJwtToken"},
	)
	var said []string
	for range 6 {
		resp, err := s.try(t, service, device.Subscription())
		if err != nil {
			said = append(said, fmt.Sprintf("lost %d", len(device.Messages())))
			continue
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		said = append(said, fmt.Sprintf("%d %s %t", resp.StatusCode, after(resp), bytes.Contains(body, []byte("BadJwtToken"))))
	}
	want := "429 7s false, 503 1h0m0s false, lost 0, lost 1, 403 none true, 201 none false"
	if got := strings.Join(said, ", "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// after reads Retry-After in both of its forms.
func after(resp *http.Response) string {
	field := resp.Header.Get("Retry-After")
	if at, err := http.ParseTime(field); err == nil {
		return time.Until(at).Round(time.Minute).String()
	}
	if d, err := time.ParseDuration(field + "s"); err == nil {
		return d.String()
	}
	return "none"
}

func TestHangEndsWithTheSender(t *testing.T) {
	t.Parallel()
	service, s := pushfake.New(t), newSender(t)
	device := service.Subscribe(t, s.public())
	service.Fail(pushfake.Fault{Hang: true, Keep: true}, pushfake.Fault{Slow: 30 * time.Millisecond})
	client := *service.Client()
	client.Timeout = 50 * time.Millisecond
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, device.Subscription().Endpoint, bytes.NewReader(s.encrypt(t, device.Subscription())))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("TTL", "1")
	r.Header.Set("Content-Encoding", "aes128gcm")
	r.Header.Set("Authorization", "vapid t="+s.token(t, service.Origin())+", k="+b64.EncodeToString(s.public()))
	if resp, err := client.Do(r); err == nil {
		resp.Body.Close()
		t.Fatal("there was an answer")
	}
	if got, err := device.Await(t.Context(), 1); err != nil || len(got) != 1 {
		t.Error("it was not kept:", got, err)
	}
	began := time.Now()
	if status, reason := s.send(t, service, device.Subscription()); status != 201 || time.Since(began) < 30*time.Millisecond {
		t.Error(status, reason, time.Since(began))
	}
}
