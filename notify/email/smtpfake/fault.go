package smtpfake

import (
	"errors"
	"slices"
	"strings"
	"time"
)

// Stage is a place in a conversation.
type Stage int

// The stages, in their order.
const (
	AtConnect   Stage = iota // before the greeting; a Code before implicit TLS is not readable
	AtHello                  // EHLO or HELO; after STARTTLS it comes again
	AtTLS                    // the handshake: Drop or a Code make it fail
	AtAuth                   // AUTH, with the right password
	AtSender                 // MAIL FROM
	AtRecipient              // RCPT TO
	AtData                   // after 354: a Code is said once the mail is there
	AtEnd                    // after the mail's last line
)

// Fault is how a conversation goes wrong.
type Fault struct {
	At   Stage
	For  string        // of AtRecipient: only this one; "" for any
	Code int           // the answer, such as 451; 421 ends the connection after it
	Text string        // beside Code; "" for one that says nothing
	Slow time.Duration // how long it takes until then
	Drop bool          // the connection ends without an answer
	Hang bool          // there is no answer until the sender gives up
	Keep bool          // of AtEnd: the mail is taken all the same
}

var (
	errNoTLS = errors.New("the test wants no TLS")
	errGone  = errors.New("the connection is gone") // of a conversation that nobody hears any more
)

func (f Fault) text() string {
	if f.Text != "" {
		return f.Text
	}
	return "as the test asked"
}

// Fail adds faults. Each meets the next conversation that reaches its stage, once;
// those of one stage in the order in which they were given.
func (s *Server) Fail(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, faults...)
}

// Refuse makes a mailbox answer with the code from now on; 0 ends it.
func (s *Server) Refuse(mailbox string, code int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.boxes[strings.ToLower(mailbox)] = code
}

// fault takes out what meets a conversation at a stage. The zero Fault is none.
func (s *Server) fault(at Stage, mailbox string) (f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.faults, func(f Fault) bool {
		return f.At == at && (f.For == "" || strings.EqualFold(f.For, mailbox))
	})
	if i >= 0 {
		f = s.faults[i]
		s.faults = slices.Delete(s.faults, i, i+1)
	}
	return f
}
