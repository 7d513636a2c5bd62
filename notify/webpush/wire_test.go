package webpush_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/webpush"
	"github.com/taskherald/herald/notify/webpush/pushfake"
)

// wire is a push service that keeps all requests as they came, and one browser there,
// which reads them by RFC 8291 and RFC 8292 with code of the test's own.
type wire struct {
	*httptest.Server
	private *ecdh.PrivateKey
	auth    []byte
	status  int // of the answers, 0 for 201

	mu  sync.Mutex
	got []request
}

type request struct {
	header http.Header
	body   []byte
}

func newWire(t testing.TB) *wire {
	t.Helper()
	private, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{private: private, auth: []byte("sixteen bytes, ok"[:16])}
	w.Server = httptest.NewUnstartedServer(w)
	w.Config.ErrorLog = log.New(io.Discard, "", 0)
	w.StartTLS()
	t.Cleanup(w.Close)
	return w
}

func (w *wire) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	w.mu.Lock()
	defer w.mu.Unlock()
	if err == nil {
		w.got = append(w.got, request{r.Header, body})
	}
	if w.status == 0 {
		w.status = http.StatusCreated
	}
	out.Header().Set("Location", "/s3cret")
	out.WriteHeader(w.status)
	fmt.Fprint(out, "s3cret")
}

func (w *wire) subscription() (s pushfake.Subscription) {
	s.Endpoint = w.URL + "/s3cret?s3cret"
	s.Keys.P256dh, s.Keys.Auth = b64.EncodeToString(w.private.PublicKey().Bytes()), b64.EncodeToString(w.auth)
	return s
}

// decrypt reads a body of one record. padding is how many bytes follow the text and
// its delimiter.
func decrypt(private *ecdh.PrivateKey, auth, body []byte) (text []byte, padding int, err error) {
	const head = 16 + 4 + 1 + 65
	if len(body) < head+17 || body[20] != 65 {
		return nil, 0, errors.New("the header is not right")
	}
	salt, record := body[:16], body[head:]
	if size := binary.BigEndian.Uint32(body[16:]); size < 18 || uint64(len(record)) > uint64(size) {
		return nil, 0, fmt.Errorf("a record of %d bytes in one of %d", len(record), size)
	}
	sender, err := ecdh.P256().NewPublicKey(body[21:head])
	if err != nil {
		return nil, 0, err
	}
	secret, err := private.ECDH(sender)
	if err != nil {
		return nil, 0, err
	}
	derive := func(secret, salt []byte, info string, n int) []byte {
		key, e := hkdf.Key(sha256.New, secret, salt, info, n)
		err = errors.Join(err, e)
		return key
	}
	ikm := derive(secret, auth, "WebPush: info\x00"+string(private.PublicKey().Bytes())+string(sender.Bytes()), 32)
	block, e := aes.NewCipher(derive(ikm, salt, "Content-Encoding: aes128gcm\x00", 16))
	nonce := derive(ikm, salt, "Content-Encoding: nonce\x00", 12)
	if err = errors.Join(err, e); err != nil {
		return nil, 0, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, 0, err
	}
	plain, err := gcm.Open(nil, nonce, record, nil)
	if err != nil {
		return nil, 0, err
	}
	text = bytes.TrimRight(plain, "\x00")
	if len(text) == 0 || text[len(text)-1] != 2 {
		return nil, 0, errors.New("there is no delimiter of a last record")
	}
	return text[:len(text)-1], len(plain) - len(text), nil
}

// identify reads an Authorization field: the claims, which the key in it has signed.
func identify(field string, now time.Time) (claims jwt.RegisteredClaims, key string, err error) {
	token, key, ok := strings.Cut(strings.TrimPrefix(field, "vapid t="), ", k=")
	raw, err := b64.DecodeString(key)
	if !ok || err != nil {
		return claims, "", fmt.Errorf("no key: %w", err)
	}
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), raw)
	if err != nil {
		return claims, "", err
	}
	_, err = jwt.ParseWithClaims(token, &claims, func(*jwt.Token) (any, error) { return public, nil },
		jwt.WithValidMethods([]string{"ES256"}), jwt.WithExpirationRequired(), jwt.WithTimeFunc(func() time.Time { return now }))
	return claims, key, err
}

// TestReaders holds that what reads our messages in these tests reads the examples of
// RFC 8291 (5) and RFC 8292 (2.4), and no others.
func TestReaders(t *testing.T) {
	t.Parallel()
	raw := func(text string) []byte {
		b, err := b64.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	device, err := ecdh.P256().NewPrivateKey(raw("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"))
	if err != nil {
		t.Fatal(err)
	}
	body := raw("DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_" +
		"yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN")
	text, padding, err := decrypt(device, raw("BTBZMqHH6r4Tts7J_aSIgg"), body)
	if err != nil || string(text) != "When I grow up, I want to be a watermelon" || padding != 0 {
		t.Errorf("%q, %d: %v", text, padding, err)
	}
	body[len(body)-1] ^= 1
	if _, _, err := decrypt(device, raw("BTBZMqHH6r4Tts7J_aSIgg"), body); err == nil {
		t.Error("a body that was changed is read")
	}

	field := "vapid t=eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJodHRwczovL3B1c2guZXhhbXBsZS5uZXQiLCJleHAiOjE0NTM1MjM3NjgsInN1YiI6Im1ha" +
		"Wx0bzpwdXNoQGV4YW1wbGUuY29tIn0.i3CYb7t4xfxCDquptFOepC9GAu_HLGkMlMuCGSK2rpiUfnK9ojFwDXb1JrErtmysazNjjvW2L9OkSSHzvoD1oA, " +
		"k=BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs"
	claims, _, err := identify(field, time.Unix(1453523768-60, 0))
	if err != nil || claims.Subject != "mailto:push@example.com" || len(claims.Audience) != 1 || claims.Audience[0] != "https://push.example.net" {
		t.Errorf("%+v: %v", claims, err)
	}
	for name, wrong := range map[string]string{
		"another signature": strings.Replace(field, "i3CYb7t4", "i3CYb7t5", 1),
		"another claim":     strings.Replace(field, "eyJhdWQi", "eyJhdWQj", 1),
	} {
		if _, _, err := identify(wrong, time.Unix(1453523768-60, 0)); err == nil {
			t.Error(name, "is believed")
		}
	}
}

// TestOnTheWire holds what goes out to the two RFCs.
func TestOnTheWire(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	h := open(t, w.Certificate(), nil)
	to, m := h.keep(t, w.subscription()), letter(t, "t1", "It is done")
	for range 2 {
		h.send(t, to, m)
	}
	one, two := w.got[0], w.got[1]
	for _, r := range w.got {
		text, _, err := decrypt(w.private, w.auth, r.body)
		if err != nil {
			t.Fatal(err)
		}
		if n := read(string(text)); n.Title != "It is done" || n.Tag != webpush.Tag("t1") || n.Navigate != m.Link {
			t.Errorf("%s", text)
		}
		if size := binary.BigEndian.Uint32(r.body[16:]); int(size) != len(r.body) {
			t.Errorf("a body of %d bytes has a record of %d", len(r.body), size)
		}
		for name, want := range map[string]string{
			"Content-Encoding": "aes128gcm", "Content-Type": "application/octet-stream", "Topic": webpush.Tag("t1"), "Urgency": "high",
		} {
			if got := r.header.Get(name); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
	}
	if bytes.Equal(one.body[:16], two.body[:16]) || bytes.Equal(one.body[21:86], two.body[21:86]) {
		t.Error("two messages share their salt or key")
	}

	claims, key, err := identify(one.header.Get("Authorization"), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	left := time.Until(claims.ExpiresAt.Time)
	if key != h.key(t) || fmt.Sprint(claims.Audience) != "["+w.URL+"]" || claims.Subject != "mailto:"+contact || left < time.Hour || left > 24*time.Hour {
		t.Errorf("by %s: %+v", key, claims)
	}
}

// TestContact holds what services are told of who runs this server.
func TestContact(t *testing.T) {
	t.Parallel()
	for contact, want := range map[string]string{
		"ops@example.com":        "mailto:ops@example.com",
		"mailto:ops@example.com": "mailto:ops@example.com",
		"https://example.com/us": "https://example.com/us",
	} {
		w := newWire(t)
		h := open(t, w.Certificate(), func(o *webpush.Options) { o.Contact = func() string { return contact } })
		h.send(t, h.keep(t, w.subscription()), letter(t, "t1", "It is done"))
		claims, _, err := identify(w.got[0].header.Get("Authorization"), time.Now())
		if err != nil || claims.Subject != want {
			t.Errorf("%s is told as %q, want %q: %v", contact, claims.Subject, want, err)
		}
	}
}

// TestSizes holds that the size of a body says little of its text, and is no more than
// services take.
func TestSizes(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	h := open(t, w.Certificate(), nil)
	to := h.keep(t, w.subscription())
	seen := map[int]bool{}
	for n := range 60 {
		m := letter(t, "t1", "It is done")
		m.Notice.Details = []string{strings.Repeat("📊", 8*n)}
		h.send(t, to, m)
	}
	for _, r := range w.got {
		text, padding, err := decrypt(w.private, w.auth, r.body)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.body)%512 != 0 || len(r.body) > 3584 || padding >= 512 || len(text) > 3000 {
			t.Errorf("a text of %d bytes has a body of %d, with %d of padding", len(text), len(r.body), padding)
		}
		seen[len(r.body)] = true
	}
	if len(seen) < 2 || len(seen) > 7 {
		t.Errorf("there are bodies of %v bytes", seen)
	}
}

// TestOneMessageManyBrowsers holds that browsers which are sent the same message at the
// same time read it, each its own alone.
func TestOneMessageManyBrowsers(t *testing.T) {
	t.Parallel()
	first := newWire(t)
	h := open(t, first.Certificate(), nil)
	m := letter(t, "t1", "It is done")
	wires, tos := []*wire{first}, []notify.Address{h.keep(t, first.subscription())}
	for range 7 {
		w := newWire(t)
		wires, tos = append(wires, w), append(tos, h.keep(t, w.subscription()))
	}
	var all sync.WaitGroup
	for _, to := range tos {
		all.Go(func() {
			if _, err := h.Send(t.Context(), to, m); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for i, w := range wires {
		if text, _, err := decrypt(w.private, w.auth, w.got[0].body); err != nil || read(string(text)).Title != "It is done" {
			t.Errorf("%d reads %q: %v", i, text, err)
		}
		if other := wires[(i+1)%len(wires)]; i > 0 {
			if _, _, err := decrypt(other.private, other.auth, w.got[0].body); err == nil {
				t.Errorf("another browser than %d can read its message", i)
			}
		}
	}
}
