package email

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/email/smtpfake"
)

func TestSend(t *testing.T) {
	t.Parallel()
	s, c := server(t)
	for _, id := range []string{"msg_1", "msg_1", "msg_2"} {
		r, err := c.Send(t.Context(), ana, ended(id, "Shop"))
		if err != nil || r.Far != id+"@example.com" {
			t.Fatal(r, err)
		}
	}
	for i, m := range s.Mails() {
		if want := []string{"msg_1", "msg_1", "msg_2"}[i] + "@example.com"; m.ID() != want {
			t.Errorf("mail %d is %s, want %s", i, m.ID(), want)
		}
	}
}

// TestFates holds what a trouble at each stage comes to, and that the mail goes out after it.
func TestFates(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault smtpfake.Fault
		fate  notify.Fate
		doubt bool
		kept  int
	}{
		"greeting, 554":      {smtpfake.Fault{At: smtpfake.AtConnect, Code: 554}, notify.Unauthorized, false, 0},
		"greeting, 421":      {smtpfake.Fault{At: smtpfake.AtConnect, Code: 421}, notify.Limited, false, 0},
		"greeting, drop":     {smtpfake.Fault{At: smtpfake.AtConnect, Drop: true}, notify.Transient, false, 0},
		"TLS, drop":          {smtpfake.Fault{At: smtpfake.AtTLS, Drop: true}, notify.Transient, false, 0},
		"account, 454":       {smtpfake.Fault{At: smtpfake.AtAuth, Code: 454}, notify.Transient, false, 0},
		"account, 535":       {smtpfake.Fault{At: smtpfake.AtAuth, Code: 535}, notify.Unauthorized, false, 0},
		"sender, 451":        {smtpfake.Fault{At: smtpfake.AtSender, Code: 451}, notify.Transient, false, 0},
		"sender, 553":        {smtpfake.Fault{At: smtpfake.AtSender, Code: 553}, notify.Unauthorized, false, 0},
		"sender, drop":       {smtpfake.Fault{At: smtpfake.AtSender, Drop: true}, notify.Transient, false, 0},
		"recipient, 450":     {smtpfake.Fault{At: smtpfake.AtRecipient, Code: 450}, notify.Transient, false, 0},
		"recipient, 550":     {smtpfake.Fault{At: smtpfake.AtRecipient, Code: 550}, notify.Gone, false, 0},
		"recipient, 552":     {smtpfake.Fault{At: smtpfake.AtRecipient, Code: 552}, notify.Transient, false, 0},
		"recipient, 554":     {smtpfake.Fault{At: smtpfake.AtRecipient, Code: 554}, notify.Rejected, false, 0},
		"recipient, drop":    {smtpfake.Fault{At: smtpfake.AtRecipient, Drop: true}, notify.Transient, false, 0},
		"data, 451":          {smtpfake.Fault{At: smtpfake.AtData, Code: 451}, notify.Transient, false, 0},
		"data, 554":          {smtpfake.Fault{At: smtpfake.AtData, Code: 554}, notify.Rejected, false, 0},
		"end, 451":           {smtpfake.Fault{At: smtpfake.AtEnd, Code: 451}, notify.Transient, false, 0},
		"end, 450 too fast":  {smtpfake.Fault{At: smtpfake.AtEnd, Code: 450, Text: "you are sending too fast"}, notify.Limited, false, 0},
		"end, 552":           {smtpfake.Fault{At: smtpfake.AtEnd, Code: 552}, notify.Rejected, false, 0},
		"end, drop":          {smtpfake.Fault{At: smtpfake.AtEnd, Drop: true}, notify.Transient, true, 0},
		"end, kept and lost": {smtpfake.Fault{At: smtpfake.AtEnd, Drop: true, Keep: true}, notify.Transient, true, 1},
		"end, kept, 451":     {smtpfake.Fault{At: smtpfake.AtEnd, Code: 451, Keep: true}, notify.Transient, false, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := smtpfake.New(t, smtpfake.Options{TLS: smtpfake.StartTLS, User: "herald-user", Password: "s3cret"})
			ch := channel(t, s, func(o *Options) { o.User, o.Password = "herald-user", "s3cret" })
			s.Fail(c.fault)
			_, err := ch.Send(t.Context(), ana, ended("msg_1", "Shop"))
			if f := failure(t, err); f.Fate != c.fate || f.Doubt != c.doubt || f.After != 0 || len(s.Mails()) != c.kept {
				t.Errorf("it is %s, doubt %t, %d kept: %v", f.Fate, f.Doubt, len(s.Mails()), f)
			}
			send(t, ch, ended("msg_1", "Shop"))
			if mails := s.Mails(); len(mails) != c.kept+1 {
				t.Errorf("%d mails", len(mails))
			}
		})
	}
}

// TestEachAddress holds that what one mailbox says is about that mailbox.
func TestEachAddress(t *testing.T) {
	t.Parallel()
	s, c := server(t)
	s.Refuse("gone@example.com", 550)
	for _, to := range []string{"gone@example.com", "ana@example.com", "gone@example.com", "bob@example.com"} {
		_, err := c.Send(t.Context(), notify.Address{Channel: Name, To: to}, ended("msg_1", "Shop"))
		if to != "gone@example.com" {
			if err != nil {
				t.Error(err)
			}
			continue
		}
		if f := failure(t, err); f.Fate != notify.Gone || !strings.Contains(f.Error(), "refused the address gone@example.com: 550") {
			t.Errorf("it gives %v", f)
		}
	}
	if ever, _ := s.Connections(); ever != 1 || len(s.Mails()) != 2 {
		t.Errorf("%d connections, %d mails", ever, len(s.Mails()))
	}
}

// TestSecretsStayIn holds that a server which repeats what it was told does not make us repeat
// it, wherever it does so.
func TestSecretsStayIn(t *testing.T) {
	t.Parallel()
	secrets := []string{"herald-user", "s3cret", "/act/y3s", "/act/n0t", "sub_1.ana"}
	for _, at := range []smtpfake.Stage{smtpfake.AtAuth, smtpfake.AtSender, smtpfake.AtRecipient, smtpfake.AtData, smtpfake.AtEnd} {
		s := smtpfake.New(t, smtpfake.Options{TLS: smtpfake.StartTLS, User: "herald-user", Password: "s3cret"})
		c := channel(t, s, func(o *Options) {
			inviting(o)
			o.User, o.Password = "herald-user", "s3cret"
			o.Leave = func(m *notify.Message, _ string) string { return "https://h.test/leave/sub_1.ana" }
		})
		s.Fail(smtpfake.Fault{At: at, Code: 554, Text: "herald-user s3cret https://h.test/act/y3s https://h.test/act/n0t https://h.test/leave/sub_1.ana"})
		_, err := c.Send(t.Context(), ana, asking("msg_1"))
		for _, secret := range secrets {
			if text := failure(t, err).Error(); strings.Contains(text, secret) {
				t.Errorf("at stage %d it repeats %s: %s", at, secret, text)
			}
		}
	}
}

// TestPrintsNoSecrets holds that neither options nor a channel print what is secret.
func TestPrintsNoSecrets(t *testing.T) {
	t.Parallel()
	o := Options{Server: "mail.example.com:587", User: "herald-user", Password: "s3cret", From: sender}
	c := New(o)
	for _, v := range []any{o, &o, c, []any{o}, struct{ O Options }{o}} {
		text := fmt.Sprintf("%v %+v %#v %s %q %d %x", v, v, v, v, v, v, v)
		if strings.Contains(text, "s3cret") || strings.Contains(text, "herald-user") || strings.Contains(text, fmt.Sprintf("%x", "s3cret")) {
			t.Errorf("it prints %s", text)
		}
	}
}

// TestUnwritable holds that a mail which cannot be signed is not sent.
func TestUnwritable(t *testing.T) {
	t.Parallel()
	s := smtpfake.New(t, smtpfake.Options{})
	c := channel(t, s, func(o *Options) { o.DKIM = &DKIM{Selector: "herald"} })
	_, err := c.Send(t.Context(), ana, ended("msg_1", "Shop"))
	if f := failure(t, err); f.Fate != notify.Rejected || !strings.Contains(f.Error(), "cannot be written") || len(s.Mails()) != 0 {
		t.Errorf("it gives %v", f)
	}
}

func TestProbe(t *testing.T) {
	t.Parallel()
	s, c := server(t)
	if err := c.Probe(t.Context()); err != nil {
		t.Fatal(err)
	}
	gone(t, s)
	if ever, _ := s.Connections(); ever != 1 || len(s.Mails()) != 0 {
		t.Errorf("%d connections, %d mails", ever, len(s.Mails()))
	}
	s.Fail(smtpfake.Fault{At: smtpfake.AtConnect, Code: 554, Text: "go away"})
	err := c.Probe(t.Context())
	if f, ok := errors.AsType[*notify.Failure](err); !ok || f.Fate != notify.Unauthorized {
		t.Errorf("it gives %v", err)
	}
	quiet := play(t, map[string]string{"NOOP": ""})
	if err := quiet.to(t, nil).Probe(t.Context()); err == nil || strings.Contains(quiet.lines(), "MAIL") {
		t.Errorf("%v after %q", err, quiet.lines())
	}
}
