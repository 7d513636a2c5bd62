package smtpfake_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"github.com/taskherald/herald/notify/email/smtpfake"
)

// client is go-mail, as a sender to the server.
func client(t *testing.T, s *smtpfake.Server, o smtpfake.Options, more ...mail.Option) *mail.Client {
	t.Helper()
	host, port, err := net.SplitHostPort(s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	options := []mail.Option{mail.WithPort(n), mail.WithTimeout(5 * time.Second)}
	switch o.TLS {
	case smtpfake.Plain:
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	case smtpfake.StartTLS:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	case smtpfake.Implicit:
		options = append(options, mail.WithSSL())
	}
	if o.TLS != smtpfake.Plain {
		options = append(options, mail.WithTLSConfig(&tls.Config{RootCAs: s.Roots(), ServerName: host, MinVersion: tls.VersionTLS12}))
	}
	if o.User != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthPlain), mail.WithUsername(o.User), mail.WithPassword(o.Password))
	}
	c, err := mail.NewClient(host, append(options, more...)...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// letter is a mail that is as it should be.
func letter(t *testing.T, to ...string) *mail.Msg {
	t.Helper()
	m := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := errors.Join(m.From("herald@example.com"), m.To(to...)); err != nil {
		t.Fatal(err)
	}
	m.Subject("✅ Your CRM is ready!")
	m.SetMessageIDWithValue("msg_1@example.com")
	m.SetDate()
	m.SetBodyString(mail.TypeTextPlain, "Done.\n.\nA line with a dot before it: ü")
	m.AddAlternativeString(mail.TypeTextHTML, "<p>Done.</p>")
	return m
}

// send sends a mail on a connection of its own.
func send(t *testing.T, c *mail.Client, m *mail.Msg) error {
	t.Helper()
	return c.DialAndSendWithContext(t.Context(), m)
}

func TestAMailArrives(t *testing.T) {
	t.Parallel()
	account := func(o smtpfake.Options) smtpfake.Options {
		o.User, o.Password = "herald", "secret"
		return o
	}
	for name, o := range map[string]smtpfake.Options{
		"plain":                 {},
		"STARTTLS":              {TLS: smtpfake.StartTLS},
		"TLS":                   {TLS: smtpfake.Implicit},
		"plain with an account": account(smtpfake.Options{}),
		"STARTTLS and account":  account(smtpfake.Options{TLS: smtpfake.StartTLS}),
		"TLS and account":       account(smtpfake.Options{TLS: smtpfake.Implicit}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := smtpfake.New(t, o)
			if err := send(t, client(t, s, o), letter(t, "ann@example.com", "bob@example.com")); err != nil {
				t.Fatal(err)
			}
			mails, err := s.Await(t.Context(), 1)
			if err != nil || len(mails) != 1 {
				t.Fatal(mails, err, s.Refused())
			}
			m := mails[0]
			if m.From != "herald@example.com" || !slices.Equal(m.To, []string{"ann@example.com", "bob@example.com"}) {
				t.Error("the envelope is", m.From, m.To)
			}
			if m.TLS != (o.TLS != smtpfake.Plain) || m.User != o.User {
				t.Error("it came by TLS", m.TLS, "of", m.User)
			}
			if m.ID() != "msg_1@example.com" || m.Field("Subject") != "✅ Your CRM is ready!" {
				t.Error(m.ID(), m.Field("Subject"))
			}
			if m.Text() != "Done.\n.\nA line with a dot before it: ü" || m.HTML() != "<p>Done.</p>" || len(m.Parts) != 2 {
				t.Errorf("%q %q", m.Text(), m.HTML())
			}
		})
	}
}

func TestWhoMaySend(t *testing.T) {
	t.Parallel()
	o := smtpfake.Options{TLS: smtpfake.StartTLS, User: "herald", Password: "secret"}
	s := smtpfake.New(t, o)
	wrong := o
	wrong.Password = "Secret"
	for name, c := range map[string]struct {
		client *mail.Client
		want   string
	}{
		"without TLS":            {client(t, s, smtpfake.Options{}), "530"},
		"nobody":                 {client(t, s, smtpfake.Options{TLS: smtpfake.StartTLS}), "530"},
		"wrong password":         {client(t, s, wrong), "535"},
		"wrong password, LOGIN":  {client(t, s, wrong, mail.WithSMTPAuth(mail.SMTPAuthLogin)), "535"},
		"an account without TLS": {client(t, s, smtpfake.Options{User: "herald", Password: "secret"}), "AUTH"},
	} {
		if err := send(t, c.client, letter(t, "ann@example.com")); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	if err := send(t, client(t, s, o, mail.WithSMTPAuth(mail.SMTPAuthLogin)), letter(t, "ann@example.com")); err != nil {
		t.Error("by LOGIN:", err)
	}
	if got := s.Mails(); len(got) != 1 {
		t.Error(got)
	}
}

func TestMechanismsAreThoseAskedFor(t *testing.T) {
	t.Parallel()
	o := smtpfake.Options{User: "herald", Password: "secret", Mechanisms: []string{"LOGIN"}}
	s := smtpfake.New(t, o)
	if err := send(t, client(t, s, o), letter(t, "ann@example.com")); err == nil {
		t.Error("PLAIN is taken")
	}
	if err := send(t, client(t, s, o, mail.WithSMTPAuth(mail.SMTPAuthLogin)), letter(t, "ann@example.com")); err != nil {
		t.Error(err)
	}
}

func TestCertificatesThatNobodyShouldTrust(t *testing.T) {
	t.Parallel()
	for _, how := range []smtpfake.TLS{smtpfake.StartTLS, smtpfake.Implicit} {
		expired := smtpfake.Options{TLS: how, Certificate: smtpfake.Expired}
		s := smtpfake.New(t, expired)
		invalid := x509.CertificateInvalidError{}
		if err := send(t, client(t, s, expired), letter(t, "ann@example.com")); !errors.As(err, &invalid) || invalid.Reason != x509.Expired {
			t.Error("expired:", err)
		}
		other := smtpfake.Options{TLS: how, Certificate: smtpfake.Other}
		s = smtpfake.New(t, other)
		if err := send(t, client(t, s, other), letter(t, "ann@example.com")); !errors.As(err, new(x509.HostnameError)) {
			t.Error("another host's:", err)
		}
		good := smtpfake.Options{TLS: how}
		s = smtpfake.New(t, good)
		stranger := mail.WithTLSConfig(&tls.Config{ServerName: "127.0.0.1", MinVersion: tls.VersionTLS12, RootCAs: x509.NewCertPool()})
		if err := send(t, client(t, s, good, stranger), letter(t, "ann@example.com")); !errors.As(err, new(x509.UnknownAuthorityError)) {
			t.Error("an unknown authority:", err)
		}
	}
}

func TestFaultsAtEachStage(t *testing.T) {
	t.Parallel()
	o := smtpfake.Options{TLS: smtpfake.StartTLS, User: "herald", Password: "secret"}
	for name, c := range map[string]struct {
		faults []smtpfake.Fault
		want   string // in the error
		kept   int
	}{
		"connect":             {[]smtpfake.Fault{{At: smtpfake.AtConnect, Code: 421, Text: "busy"}}, `421 "busy"`, 0},
		"connect, drop":       {[]smtpfake.Fault{{At: smtpfake.AtConnect, Drop: true}}, "EOF", 0},
		"hello":               {[]smtpfake.Fault{{At: smtpfake.AtHello, Code: 451}, {At: smtpfake.AtHello, Code: 451}}, "451", 0},
		"TLS":                 {[]smtpfake.Fault{{At: smtpfake.AtTLS, Drop: true}}, "tls", 0},
		"account":             {[]smtpfake.Fault{{At: smtpfake.AtAuth, Code: 454, Text: "try later"}}, "try later", 0},
		"sender":              {[]smtpfake.Fault{{At: smtpfake.AtSender, Code: 452, Text: "full"}}, "452", 0},
		"recipient":           {[]smtpfake.Fault{{At: smtpfake.AtRecipient, Code: 550, Text: "unknown"}}, "550", 0},
		"data, drop":          {[]smtpfake.Fault{{At: smtpfake.AtData, Drop: true}}, "", 0},
		"data":                {[]smtpfake.Fault{{At: smtpfake.AtData, Code: 552, Text: "full"}}, "552", 0},
		"end":                 {[]smtpfake.Fault{{At: smtpfake.AtEnd, Code: 451, Text: "greylisted"}}, "451", 0},
		"end, drop":           {[]smtpfake.Fault{{At: smtpfake.AtEnd, Drop: true}}, "EOF", 0},
		"end, taken and lost": {[]smtpfake.Fault{{At: smtpfake.AtEnd, Drop: true, Keep: true}}, "EOF", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := smtpfake.New(t, o)
			s.Fail(c.faults...)
			if err := send(t, client(t, s, o), letter(t, "ann@example.com")); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
			if got := s.Mails(); len(got) != c.kept {
				t.Errorf("%d mails were taken, want %d", len(got), c.kept)
			}
			if err := send(t, client(t, s, o), letter(t, "ann@example.com")); err != nil {
				t.Error("after the fault:", err)
			}
		})
	}
}

func TestHangsEndWithTheSender(t *testing.T) {
	t.Parallel()
	o := smtpfake.Options{}
	for stage := smtpfake.AtConnect; stage <= smtpfake.AtEnd; stage++ {
		if stage == smtpfake.AtTLS || stage == smtpfake.AtAuth {
			continue // not in a plain conversation
		}
		s := smtpfake.New(t, o)
		s.Fail(smtpfake.Fault{At: stage, Hang: true})
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		if err := client(t, s, o, mail.WithTimeout(200*time.Millisecond)).DialAndSendWithContext(ctx, letter(t, "ann@example.com")); err == nil {
			t.Error("there was an answer at stage", stage)
		}
		if got := s.Mails(); len(got) != 0 {
			t.Error("at stage", stage, "it was taken")
		}
	}
}

func TestSlow(t *testing.T) {
	t.Parallel()
	s := smtpfake.New(t, smtpfake.Options{})
	for _, stage := range []smtpfake.Stage{smtpfake.AtConnect, smtpfake.AtEnd} {
		s.Fail(smtpfake.Fault{At: stage, Slow: 50 * time.Millisecond})
	}
	began := time.Now()
	if err := send(t, client(t, s, smtpfake.Options{}), letter(t, "ann@example.com")); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took < 100*time.Millisecond {
		t.Error("it took", took)
	}
}

func TestEachRecipientHasAResult(t *testing.T) {
	t.Parallel()
	s := smtpfake.New(t, smtpfake.Options{})
	s.Refuse("gone@example.com", 550)
	s.Fail(smtpfake.Fault{At: smtpfake.AtRecipient, For: "late@example.com", Code: 451})
	err := send(t, client(t, s, smtpfake.Options{}), letter(t, "ann@example.com", "Gone@example.com", "late@example.com"))
	refused, ok := errors.AsType[*mail.SendError](err)
	if !ok || refused.Reason != mail.ErrSMTPRcptTo {
		t.Fatal(err)
	}
	for range 2 {
		if err := send(t, client(t, s, smtpfake.Options{}), letter(t, "gone@example.com")); err == nil {
			t.Error("a mailbox that refuses for good took a mail")
		}
	}
	s.Refuse("gone@example.com", 0)
	if err := send(t, client(t, s, smtpfake.Options{}), letter(t, "gone@example.com", "late@example.com")); err != nil {
		t.Error(err)
	}
}

func TestABusyServerEndsTheConnection(t *testing.T) {
	t.Parallel()
	s := smtpfake.New(t, smtpfake.Options{})
	s.Fail(smtpfake.Fault{At: smtpfake.AtEnd, Code: 421})
	c := client(t, s, smtpfake.Options{})
	if err := c.DialWithContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := c.Send(letter(t, "ann@example.com")); err == nil || !strings.Contains(err.Error(), "421") {
		t.Error(err)
	}
	if err := c.Send(letter(t, "ann@example.com")); err == nil {
		t.Error("the connection is as good as before")
	}
}

func TestConnectionsAreCounted(t *testing.T) {
	t.Parallel()
	s := smtpfake.New(t, smtpfake.Options{})
	c := client(t, s, smtpfake.Options{})
	if err := c.DialWithContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := c.Send(letter(t, "ann@example.com")); err != nil {
			t.Fatal(err)
		}
	}
	if ever, open := s.Connections(); ever != 1 || open != 1 || len(s.Mails()) != 3 {
		t.Error(ever, open, len(s.Mails()))
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	for range 500 {
		if _, open := s.Connections(); open == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("the connection is still open")
}

func TestAMailInAMail(t *testing.T) {
	t.Parallel()
	s := smtpfake.New(t, smtpfake.Options{})
	c, err := smtp.Dial(s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for i, want := range []bool{true, false, true} {
		if i == 2 {
			if err := c.Reset(); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.Mail("<herald@example.com>"); (err == nil) != want {
			t.Error(i, err)
		}
	}
}

func TestHangUp(t *testing.T) {
	t.Parallel()
	s := smtpfake.New(t, smtpfake.Options{})
	c := client(t, s, smtpfake.Options{})
	if err := c.DialWithContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.HangUp()
	if err := c.Send(letter(t, "ann@example.com")); err == nil {
		t.Error("the connection is as good as before")
	}
	if ever, open := s.Connections(); ever != 1 || open != 0 {
		t.Error(ever, open)
	}
}

func TestAMailThatIsTooLong(t *testing.T) {
	t.Parallel()
	s := smtpfake.New(t, smtpfake.Options{MaxBytes: 500})
	m := letter(t, "ann@example.com")
	m.SetBodyString(mail.TypeTextPlain, strings.Repeat("long\n", 200))
	if err := send(t, client(t, s, smtpfake.Options{}), m); err == nil || !strings.Contains(err.Error(), "552") {
		t.Error(err)
	}
	if len(s.Mails()) != 0 {
		t.Error("it was taken")
	}
}

func TestAwaitEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := smtpfake.New(t, smtpfake.Options{}).Await(ctx, 1); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}

// The sender's habits that platforms.md warns of are refused.
func TestGoMailsTraps(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*mail.Msg)
		want   string
	}{
		"references with commas": {func(m *mail.Msg) {
			m.SetGenHeader(mail.HeaderReferences, "<a@example.com>", "<b@example.com>")
		}, "References"},
		"a header in a header": {func(m *mail.Msg) {
			m.SetGenHeaderPreformatted("X-Task", "crm\r\nBcc: eve@example.com")
		}, "Bcc"},
		"bytes over 127": {func(m *mail.Msg) { m.SetGenHeaderPreformatted("X-Task", "früh") }, "over 127"},
	} {
		s := smtpfake.New(t, smtpfake.Options{})
		m := letter(t, "ann@example.com")
		c.change(m)
		if err := send(t, client(t, s, smtpfake.Options{}), m); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if got := s.Refused(); len(got) != 1 || len(s.Mails()) != 0 {
			t.Errorf("%s: %v", name, got)
		}
	}
}
