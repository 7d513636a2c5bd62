package pushfake

import (
	"bytes"
	"crypto/ecdh"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"
)

// Service is a push service. Its methods may be called from many goroutines.
type Service struct {
	server *httptest.Server
	origin string

	mu       sync.Mutex
	passed   time.Duration
	devices  map[string]*Device
	faults   []Fault
	requests []Request
	changed  chan struct{}
}

// Request is one request that came, and how it was answered.
type Request struct {
	At       time.Time
	Endpoint string
	Status   int    // 0 if it was not answered
	Reason   string // of a refusal
	Why      string // the same for people
}

// New starts a service that ends with the test.
func New(t testing.TB) *Service {
	t.Helper()
	s := &Service{devices: map[string]*Device{}, changed: make(chan struct{})}
	s.server = httptest.NewTLSServer(http.HandlerFunc(s.serve))
	s.origin = s.server.URL
	t.Cleanup(func() {
		s.server.CloseClientConnections()
		s.server.Close()
	})
	return s
}

// Client is a client that trusts the service's certificate.
func (s *Service) Client() *http.Client { return s.server.Client() }

// Certificate is what a sender has to trust.
func (s *Service) Certificate() *x509.Certificate { return s.server.Certificate() }

// Origin is https:// and the service's address.
func (s *Service) Origin() string { return s.origin }

// Subscribe makes a device that takes messages from the owner of the key alone: an
// uncompressed P-256 point, the page's applicationServerKey.
func (s *Service) Subscribe(t testing.TB, key []byte) *Device {
	t.Helper()
	private, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	d := &Device{of: s, path: "/push/" + rand.Text(), sender: bytes.Clone(key), keys: keys{private: private, auth: make([]byte, 16)}}
	rand.Read(d.keys.auth)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.devices[d.path] = d
	return d
}

// Pass lets time go by for the messages that wait.
func (s *Service) Pass(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.passed += d
}

// Requests are all that came so far, in the order in which they were answered.
func (s *Service) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// now is the time for messages that wait. The mutex is held.
func (s *Service) now() time.Time { return time.Now().Add(s.passed) }

// serve answers a request, after its fault.
func (s *Service) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err != nil {
		return
	}
	f := s.fault()
	f.wait(r)
	if f.blind() {
		s.note(r, f.Status, &refusal{f.Status, f.Reason, "as the test asked"})
		f.answer(w, r)
		return
	}
	m, no := s.accept(r, body)
	if f.Keep {
		s.note(r, 0, no)
		f.answer(w, r)
		return
	}
	if no != nil {
		s.note(r, no.status, no)
		answer(w, no.status, no.reason)
		return
	}
	s.note(r, http.StatusCreated, nil)
	w.Header().Set("Location", s.origin+"/message/"+m.ID)
	w.Header().Set("TTL", strconv.Itoa(int(m.TTL.Seconds())))
	w.WriteHeader(http.StatusCreated)
}

// accept takes a message, or says why not.
func (s *Service) accept(r *http.Request, body []byte) (Message, *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, no := s.device(r)
	if no == nil {
		no = d.allowed(r, s.origin)
	}
	if no != nil {
		return Message{}, no
	}
	m, no := headed(r.Header)
	if no == nil && len(body) > mostBody {
		no = &refusal{http.StatusRequestEntityTooLarge, "PayloadTooLarge", strconv.Itoa(len(body)) + " bytes"}
	}
	if no != nil {
		return m, no
	}
	text, err := d.keys.open(body)
	if err != nil {
		return m, &refusal{http.StatusBadRequest, "Unreadable", err.Error()}
	}
	m.ID, m.Text, m.At = rand.Text(), string(text), s.now()
	d.take(m)
	return m, nil
}

// device is whom a request is for.
func (s *Service) device(r *http.Request) (*Device, *refusal) {
	d := s.devices[r.URL.Path]
	switch {
	case d == nil:
		return nil, &refusal{http.StatusNotFound, "BadPath", "there is no such subscription"}
	case d.left:
		return nil, &refusal{http.StatusGone, "Unregistered", "the subscription is over"}
	case r.Method != http.MethodPost:
		return nil, &refusal{http.StatusMethodNotAllowed, "MethodNotAllowed", r.Method}
	}
	return d, nil
}

// allowed is whether the sender may send to the device.
func (d *Device) allowed(r *http.Request, origin string) *refusal {
	field := r.Header.Get("Authorization")
	if field == "" {
		return &refusal{http.StatusUnauthorized, "MissingProviderToken", "there is no Authorization"}
	}
	key, err := identify(field, origin, time.Now())
	switch {
	case err != nil:
		return &refusal{http.StatusForbidden, "BadJwtToken", err.Error()}
	case !bytes.Equal(key, d.sender):
		return &refusal{http.StatusForbidden, "VapidPkHashMismatch", "the subscription is for another key"}
	}
	return nil
}

// note keeps a request and its answer; status is 0 for one that is not answered.
func (s *Service) note(r *http.Request, status int, no *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := Request{At: time.Now(), Endpoint: s.origin + r.URL.Path, Status: status}
	if no != nil {
		n.Reason, n.Why = no.reason, no.why
	}
	s.requests = append(s.requests, n)
}

// answer refuses a request in Apple's form.
func answer(w http.ResponseWriter, status int, reason string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]string{"reason": reason}) //nolint:errcheck // whoever hung up does not want it
}
