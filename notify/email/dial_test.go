package email

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/base64"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/email/smtpfake"
)

// TestWays holds that mails go by each way of TLS, with and without an account.
func TestWays(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fake smtpfake.Options
		tls  string
	}{
		"STARTTLS":            {smtpfake.Options{TLS: smtpfake.StartTLS}, tlsBegun},
		"nothing said":        {smtpfake.Options{TLS: smtpfake.StartTLS}, ""},
		"TLS":                 {smtpfake.Options{TLS: smtpfake.Implicit}, tlsFirst},
		"off":                 {smtpfake.Options{}, tlsOff},
		"STARTTLS, PLAIN":     {smtpfake.Options{TLS: smtpfake.StartTLS, User: "herald-user", Password: "s3cret"}, tlsBegun},
		"TLS, PLAIN":          {smtpfake.Options{TLS: smtpfake.Implicit, User: "herald-user", Password: "s3cret"}, tlsFirst},
		"off, PLAIN":          {smtpfake.Options{User: "herald-user", Password: "s3cret"}, tlsOff},
		"STARTTLS, LOGIN":     {smtpfake.Options{TLS: smtpfake.StartTLS, User: "herald-user", Password: "s3cret", Mechanisms: []string{"LOGIN"}}, tlsBegun},
		"STARTTLS, both":      {smtpfake.Options{TLS: smtpfake.StartTLS, User: "herald-user", Password: "s3cret", Mechanisms: []string{"LOGIN", "PLAIN"}}, tlsBegun},
		"an empty password":   {smtpfake.Options{TLS: smtpfake.StartTLS, User: "herald-user"}, tlsBegun},
		"a word of all sorts": {smtpfake.Options{TLS: smtpfake.StartTLS, User: "ü ser@example.com", Password: "pä ss\"\r\n%s"}, tlsBegun},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := smtpfake.New(t, c.fake)
			ch := channel(t, s, func(o *Options) { o.TLS, o.User, o.Password = c.tls, c.fake.User, c.fake.Password })
			if err := ch.Probe(t.Context()); err != nil {
				t.Fatal(err)
			}
			send(t, ch, ended("msg_1", "Shop"))
			if m := s.Mails()[0]; m.TLS != (c.tls != tlsOff) || m.User != c.fake.User {
				t.Errorf("by TLS %t, of %q", m.TLS, m.User)
			}
		})
	}
}

// TestNotOurs holds that what only the operator can mend stops the channel and says what to
// do, and that a probe tells the same.
func TestNotOurs(t *testing.T) {
	t.Parallel()
	account := func(o smtpfake.Options) smtpfake.Options {
		o.User, o.Password = "herald-user", "s3cret"
		return o
	}
	for name, c := range map[string]struct {
		fake   smtpfake.Options
		change func(*Options)
		want   string
	}{
		"an expired certificate":       {smtpfake.Options{TLS: smtpfake.StartTLS, Certificate: smtpfake.Expired}, nil, "is not accepted: it has expired"},
		"another's certificate":        {smtpfake.Options{TLS: smtpfake.StartTLS, Certificate: smtpfake.Other}, nil, "is not accepted: it is for another name"},
		"an unknown authority":         {smtpfake.Options{TLS: smtpfake.StartTLS}, func(o *Options) { o.Roots = x509.NewCertPool() }, "is not accepted: nobody who is trusted here has signed it"},
		"an expired certificate, TLS":  {smtpfake.Options{TLS: smtpfake.Implicit, Certificate: smtpfake.Expired}, func(o *Options) { o.TLS = tlsFirst }, "is not accepted: it has expired"},
		"another's certificate, TLS":   {smtpfake.Options{TLS: smtpfake.Implicit, Certificate: smtpfake.Other}, func(o *Options) { o.TLS = tlsFirst }, "is not accepted: it is for another name"},
		"the system's authorities":     {smtpfake.Options{TLS: smtpfake.Implicit}, func(o *Options) { o.TLS, o.Roots = tlsFirst, nil }, "is not accepted: nobody who is trusted here has signed it"},
		"no STARTTLS":                  {smtpfake.Options{}, func(o *Options) { o.TLS = tlsBegun }, "offers no STARTTLS"},
		"no STARTTLS, for an account":  {account(smtpfake.Options{}), func(o *Options) { o.TLS, o.User, o.Password = tlsBegun, "herald-user", "s3cret" }, "offers no STARTTLS"},
		"no TLS from the first byte":   {smtpfake.Options{}, func(o *Options) { o.TLS = tlsFirst }, "does not speak TLS from the first byte"},
		"a wrong password":             {account(smtpfake.Options{TLS: smtpfake.StartTLS}), func(o *Options) { o.User, o.Password = "herald-user", "wr0ng" }, "refused the user name or the password that is set for it: 535 5.7.8"},
		"a wrong password, LOGIN":      {account(smtpfake.Options{TLS: smtpfake.StartTLS, Mechanisms: []string{"LOGIN"}}), func(o *Options) { o.User, o.Password = "herald-user", "wr0ng" }, "535 5.7.8"},
		"no accounts":                  {smtpfake.Options{TLS: smtpfake.StartTLS}, func(o *Options) { o.User, o.Password = "herald-user", "s3cret" }, "takes no password by PLAIN or LOGIN"},
		"a mechanism that is not ours": {account(smtpfake.Options{TLS: smtpfake.StartTLS, Mechanisms: []string{"GSSAPI"}}), func(o *Options) { o.User, o.Password = "herald-user", "s3cret" }, "takes no password by PLAIN or LOGIN"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := smtpfake.New(t, c.fake)
			ch := channel(t, s, c.change)
			_, err := ch.Send(t.Context(), ana, ended("msg_1", "Shop"))
			for _, err := range []error{err, ch.Probe(t.Context())} {
				f := failure(t, err)
				if f.Fate != notify.Unauthorized || f.Doubt || !strings.Contains(f.Error(), c.want) {
					t.Errorf("it gives %v, want %q", f, c.want)
				}
				if text := f.Error(); strings.Contains(text, "s3cret") || strings.Contains(text, "wr0ng") || strings.Contains(text, "herald-user") || strings.Contains(text, "mail.example.com") || len(text) > 500 {
					t.Errorf("it says too much: %v", f)
				}
			}
			gone(t, s)
		})
	}
}

// TestNoTLSNoWord holds that a connection on which TLS was asked for, and which somebody keeps
// from having it, hears no name, no password and no mail.
func TestNoTLSNoWord(t *testing.T) {
	t.Parallel()
	for name, answers := range map[string]map[string]string{
		"not offered":      {"EHLO": "250-hello\n250 AUTH PLAIN LOGIN"},
		"EHLO refused":     {"EHLO": "502 no"},
		"refused":          {"EHLO": "250-hello\n250-STARTTLS\n250 AUTH PLAIN LOGIN", "STARTTLS": "454 4.7.0 later"},
		"no TLS after all": {"EHLO": "250-hello\n250-STARTTLS\n250 AUTH PLAIN LOGIN", "STARTTLS": "220 go on\n250-hello\n250 AUTH PLAIN LOGIN\n250 ok\n250 ok"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := play(t, answers)
			c := s.to(t, func(o *Options) { o.TLS, o.User, o.Password = tlsBegun, "herald-user", "s3cret" })
			_, err := c.Send(t.Context(), ana, ended("msg_1", "Shop"))
			failure(t, err)
			heard := s.lines()
			for _, word := range []string{"AUTH", "MAIL", "RCPT", "DATA", "s3cret", base64.StdEncoding.EncodeToString([]byte("\x00herald-user\x00s3cret")), ana.To} {
				if strings.Contains(heard, word) {
					t.Errorf("%s was said in plain text: %q", word, heard)
				}
			}
		})
	}
}

// TestNoPasswordInPlainText holds that without TLS a password goes to this machine only.
func TestNoPasswordInPlainText(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{
		"localhost": true, "127.0.0.1": true, "127.8.9.10": true, "::1": true, "::ffff:127.0.0.1": true,
		"mail.example.com": false, "10.0.0.1": false, "localhost.example.com": false, "127.0.0.1.example.com": false, "fe80::1": false, "": false,
	} {
		if loopback(host) != want {
			t.Errorf("%q is this machine: %t", host, !want)
		}
	}
	c := New(Options{Server: "mail.invalid:25", TLS: tlsOff, User: "herald-user", Password: "s3cret", From: sender, Mails: layout()})
	_, err := c.Send(t.Context(), ana, ended("msg_1", "Shop"))
	if f := failure(t, err); f.Fate != notify.Unauthorized || !strings.Contains(f.Error(), "in plain text") || strings.Contains(f.Error(), "s3cret") {
		t.Errorf("it gives %v", f)
	}
}

// TestStrangeServers holds that servers which are none, or mean ill, cost no more than the
// mail's time, and that nothing of theirs but a short text is repeated.
func TestStrangeServers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answers map[string]string
		fate    notify.Fate
		want    string
	}{
		"another protocol":  {map[string]string{"": "HTTP/1.1 400 Bad Request"}, notify.Transient, "said what is no SMTP"},
		"nothing":           {map[string]string{"": ""}, notify.Transient, "hung up"},
		"too much":          {map[string]string{"": strings.Repeat("220-hello\n", 200_000) + "220 hello"}, notify.Transient, "said what is no SMTP"},
		"a no":              {map[string]string{"": "554 5.7.1 you are on a list"}, notify.Unauthorized, "refused our connection: 554 5.7.1 you are on a list"},
		"a no for now":      {map[string]string{"": "450 4.3.2 later"}, notify.Transient, "refused our connection for now: 450 4.3.2 later"},
		"no hello":          {map[string]string{"EHLO": "550 5.7.1 who?", "HELO": "550 5.7.1 who?"}, notify.Unauthorized, "refused our name example.com: 550 5.7.1 who?"},
		"no sender":         {map[string]string{"MAIL": "553 5.7.1 not yours\x1b[2J"}, notify.Unauthorized, "refused the sender herald@example.com: 553 5.7.1 not yours"},
		"no address":        {map[string]string{"RCPT": "550-5.1.1 nobody\n550 5.1.1 of that name"}, notify.Gone, "refused the address ana@example.com: 550 5.1.1 nobody of that name"},
		"an address later":  {map[string]string{"RCPT": "450 4.2.0 greylisted"}, notify.Transient, "refused the address ana@example.com for now: 450 4.2.0 greylisted"},
		"no data":           {map[string]string{"DATA": "554 5.5.1 no"}, notify.Rejected, "refused the mail: 554 5.5.1 no"},
		"no end":            {map[string]string{".": "554 5.6.0 no"}, notify.Rejected, "refused the mail: 554 5.6.0 no"},
		"a novel":           {map[string]string{"RCPT": strings.Repeat("550-5.1.1 "+strings.Repeat("no ", 100)+"\n", 100) + "550 no"}, notify.Gone, "refused the address"},
		"no number":         {map[string]string{"RCPT": "no"}, notify.Transient, "said what is no SMTP"},
		"a yes out of turn": {map[string]string{"DATA": "250 ok"}, notify.Transient, "refused the mail for now: 250 ok"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := play(t, c.answers).to(t, nil).Send(t.Context(), ana, ended("msg_1", "Shop"))
			f := failure(t, err)
			if f.Fate != c.fate || f.Doubt || !strings.Contains(f.Error(), c.want) || len(f.Error()) > 500 || strings.ContainsAny(f.Error(), "\x1b\r\n") {
				t.Errorf("it gives %v, doubt %t; want %s, %q", f, f.Doubt, c.fate, c.want)
			}
		})
	}
}

// TestEnvelope holds that nothing is asked of a server that a mail of ASCII does not need.
func TestEnvelope(t *testing.T) {
	t.Parallel()
	s := play(t, map[string]string{"EHLO": "250-hello\n250-SMTPUTF8\n250-DSN\n250-SIZE 10\n250 8BITMIME"})
	send(t, s.to(t, func(o *Options) { o.Hello = "herald.example.com" }), ended("msg_1", "Ça"))
	want := "EHLO herald.example.com\nMAIL FROM:<herald@example.com> BODY=8BITMIME\nRCPT TO:<ana@example.com>\nDATA\n."
	if got := s.lines(); got != want {
		t.Errorf("it says %q, want %q", got, want)
	}
}

// TestUnreachable holds the words for a server that cannot be reached.
func TestUnreachable(t *testing.T) {
	t.Parallel()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := l.Addr().String()
	l.Close()
	over, cancel := context.WithCancel(t.Context())
	cancel()
	late, stop := context.WithDeadline(t.Context(), noon)
	defer stop()
	for name, c := range map[string]struct {
		ctx    context.Context
		server string
		want   string
	}{
		"nobody listens": {t.Context(), closed, "no answer from the mail server " + closed + ": connection refused"},
		"no port":        {t.Context(), "mail.example.com", "hung up, or said what is no SMTP"},
		"broken off":     {over, closed, "was broken off by us"},
		"too late":       {late, closed, "has not answered in time"},
	} {
		ch := New(Options{Server: c.server, From: sender, Mails: layout()})
		_, err := ch.Send(c.ctx, ana, ended("msg_1", "Shop"))
		for _, err := range []error{err, ch.Probe(c.ctx)} {
			if f := failure(t, err); f.Fate != notify.Transient || f.Doubt || !strings.Contains(f.Error(), c.want) {
				t.Errorf("%s: %v", name, f)
			}
		}
	}
}

// TestBounded holds that a connection is read up to its bound and no further.
func TestBounded(t *testing.T) {
	t.Parallel()
	ours, theirs := net.Pipe()
	defer theirs.Close()
	go theirs.Write(bytes.Repeat([]byte("x"), 100)) //nolint:errcheck // it ends with the test
	got, err := io.ReadAll(&bounded{Conn: ours, left: 42})
	if len(got) != 42 || err != errTalkative {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	ours.Close()
}
