package smtpfake

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// session is one conversation.
type session struct {
	of   *Server
	conn *smtp.Conn
	user string
	mail Mail
	bye  bool // 421 was said: the connection ends
}

// session begins one.
func (s *Server) session(c *smtp.Conn) (smtp.Session, error) {
	begun := &session{of: s, conn: c}
	if err := begun.meet(s.fault(AtHello, "")); err != nil {
		return nil, err
	}
	return begun, nil
}

// AuthMechanisms are those of the server, where it has accounts.
func (s *session) AuthMechanisms() []string {
	switch {
	case s.of.o.User == "":
		return nil
	case len(s.of.o.Mechanisms) > 0:
		return s.of.o.Mechanisms
	}
	return []string{sasl.Plain, sasl.Login}
}

// Auth begins a sign-in.
func (s *session) Auth(mechanism string) (sasl.Server, error) {
	switch {
	case !slices.Contains(s.AuthMechanisms(), mechanism):
		return nil, smtp.ErrAuthUnknownMechanism
	case mechanism == sasl.Login:
		return &login{check: s.check}, nil
	}
	return sasl.NewPlainServer(func(identity, user, password string) error {
		if identity != "" && identity != user {
			return smtp.ErrAuthFailed
		}
		return s.check(user, password)
	}), nil
}

// check looks at a name and its password.
func (s *session) check(user, password string) error {
	if user != s.of.o.User || password != s.of.o.Password {
		return smtp.ErrAuthFailed
	}
	if err := s.meet(s.of.fault(AtAuth, "")); err != nil {
		return err
	}
	s.user = user
	return nil
}

// Mail begins a mail.
func (s *session) Mail(from string, o *smtp.MailOptions) error {
	_, secure := s.conn.TLSConnectionState()
	switch {
	case s.mail.From != "":
		return &smtp.SMTPError{Code: 503, EnhancedCode: smtp.EnhancedCode{5, 5, 1}, Message: "nested MAIL command"}
	case s.of.o.TLS != Plain && !secure:
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "Must issue a STARTTLS command first"}
	case s.of.o.User != "" && s.user == "":
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "Authentication required"}
	}
	if err := s.meet(s.of.fault(AtSender, "")); err != nil {
		return err
	}
	s.mail = Mail{From: from, TLS: secure, User: s.user, eight: o.Body == smtp.Body8BitMIME}
	return nil
}

// Rcpt adds somebody whom the mail is for.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.of.mu.Lock()
	code := s.of.boxes[strings.ToLower(to)]
	s.of.mu.Unlock()
	if code != 0 {
		return s.meet(Fault{Code: code})
	}
	if err := s.meet(s.of.fault(AtRecipient, to)); err != nil {
		return err
	}
	s.mail.To = append(s.mail.To, to)
	return nil
}

// Data takes the mail itself.
func (s *session) Data(r io.Reader) error {
	if err := s.meet(s.of.fault(AtData, "")); err != nil {
		return err
	}
	var raw bytes.Buffer
	if _, err := raw.ReadFrom(r); err != nil {
		return err
	}
	f := s.of.fault(AtEnd, "")
	if f.Keep || f.Code == 0 && !f.Drop && !f.Hang {
		s.mail.Raw, s.mail.At = raw.Bytes(), time.Now()
		if err := s.of.keep(s.mail); err != nil {
			return err
		}
	}
	return s.meet(f)
}

// Reset forgets the mail. It comes after each mail and on RSET, and so after a 421.
func (s *session) Reset() {
	s.mail = Mail{}
	if s.bye {
		s.conn.Conn().Close()
	}
}

// Logout ends the conversation.
func (s *session) Logout() error { return nil }

// meet is what a fault does to the conversation.
func (s *session) meet(f Fault) error {
	if s.bye {
		f = Fault{Drop: true}
	}
	pause(f.Slow, s.of.over)
	switch {
	case f.Hang:
		io.Copy(io.Discard, s.conn.Conn()) //nolint:errcheck // it ends with the connection
		return errGone
	case f.Drop:
		s.conn.Conn().Close()
		return errGone
	case f.Code == 0:
		return nil
	}
	s.bye = f.Code == 421
	return &smtp.SMTPError{Code: f.Code, EnhancedCode: smtp.EnhancedCode{f.Code / 100, 0, 0}, Message: f.text()}
}

// login is the LOGIN mechanism from the server's side.
type login struct {
	check func(user, password string) error
	said  []string
}

// Next asks for the name, then for the password.
func (l *login) Next(response []byte) (challenge []byte, done bool, err error) {
	if response != nil {
		l.said = append(l.said, string(response))
	}
	switch len(l.said) {
	case 0:
		return []byte("Username:"), false, nil
	case 1:
		return []byte("Password:"), false, nil
	case 2:
		return nil, true, l.check(l.said[0], l.said[1])
	}
	return nil, false, sasl.ErrUnexpectedClientResponse
}
