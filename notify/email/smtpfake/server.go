package smtpfake

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"slices"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"
)

// Options are what kind of server it is. The zero value takes mail from everybody,
// without TLS.
type Options struct {
	TLS         TLS
	Certificate Certificate
	User        string // of the one account; "" for no accounts
	Password    string
	Mechanisms  []string // of AUTH; none: PLAIN and LOGIN
	MaxBytes    int64    // of a mail; 0 for no bound
}

// TLS is how a server does TLS.
type TLS int

// The ways.
const (
	Plain    TLS = iota // not at all
	StartTLS            // when asked; it takes no mail before
	Implicit            // from the first byte
)

// Server is a mail server. Its methods may be called from many goroutines.
type Server struct {
	o     Options
	smtp  *smtp.Server
	gate  *gate
	roots *x509.CertPool
	over  chan struct{} // closed when the test ends

	mu      sync.Mutex
	mails   []Mail
	refused []string
	faults  []Fault
	boxes   map[string]int // the code with which a mailbox refuses
	changed chan struct{}
}

// New starts a server that ends with the test.
func New(t testing.TB, o Options) *Server {
	t.Helper()
	s := &Server{o: o, over: make(chan struct{}), boxes: map[string]int{}, changed: make(chan struct{})}
	s.smtp = smtp.NewServer(smtp.BackendFunc(s.session))
	s.smtp.Domain, s.smtp.MaxMessageBytes = "localhost", o.MaxBytes
	s.smtp.AllowInsecureAuth = o.TLS == Plain
	s.smtp.ErrorLog = log.New(io.Discard, "", 0) // the sender sees what went wrong
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.gate = &gate{Listener: l, of: s, conns: map[*counted]bool{}}
	s.serve(t, s.gate)
	return s
}

// serve starts to take connections, and ends with the test.
func (s *Server) serve(t testing.TB, l net.Listener) {
	if s.o.TLS != Plain {
		config, roots := s.o.Certificate.config(t)
		config.GetConfigForClient = s.handshake
		s.smtp.TLSConfig, s.roots = config, roots
		if s.o.TLS == Implicit {
			l = tls.NewListener(l, config)
		}
	}
	done := make(chan error, 1)
	go func() { done <- s.smtp.Serve(l) }()
	t.Cleanup(func() {
		close(s.over)
		s.gate.Close()
		if err := <-done; !errors.Is(err, net.ErrClosed) {
			t.Error(err)
		}
		s.gate.hangUp()
		// Shutdown waits for the conversations. Close would race with one that starts TLS.
		if err := s.smtp.Shutdown(context.Background()); !errors.Is(err, net.ErrClosed) {
			t.Error(err)
		}
	})
}

// Addr is the server's host and port.
func (s *Server) Addr() string { return s.gate.Addr().String() }

// Roots are what a sender has to trust; nil without TLS.
func (s *Server) Roots() *x509.CertPool { return s.roots }

// Mails are what it has taken, in that order.
func (s *Server) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.mails)
}

// Refused says of each mail that broke a rule which one it was.
func (s *Server) Refused() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.refused)
}

// Connections are how many were ever made, and how many of them are open.
func (s *Server) Connections() (ever, open int) {
	s.gate.mu.Lock()
	defer s.gate.mu.Unlock()
	return s.gate.ever, len(s.gate.conns)
}

// HangUp ends the connections that are open, as servers do with those that are idle.
func (s *Server) HangUp() { s.gate.hangUp() }

// Await waits until it has at least n mails, and gives them. The error is that of
// ctx.
func (s *Server) Await(ctx context.Context, n int) ([]Mail, error) {
	for {
		s.mu.Lock()
		mails, changed := slices.Clone(s.mails), s.changed
		s.mu.Unlock()
		if len(mails) >= n {
			return mails, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return mails, fmt.Errorf("%d of %d mails have come: %w", len(mails), n, ctx.Err())
		}
	}
}

// keep takes a mail, unless it breaks a rule.
func (s *Server) keep(m Mail) error {
	err := m.read()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.refused = append(s.refused, err.Error())
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: err.Error()}
	}
	s.mails = append(s.mails, m)
	close(s.changed)
	s.changed = make(chan struct{})
	return nil
}

// handshake lets TLS begin, unless a fault meets it.
func (s *Server) handshake(*tls.ClientHelloInfo) (*tls.Config, error) {
	if f := s.fault(AtTLS, ""); f.Drop || f.Code != 0 {
		return nil, errNoTLS
	}
	return nil, nil
}
