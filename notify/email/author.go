package email

import (
	"bytes"
	netmail "net/mail"
	"net/url"
	"path"
	"time"

	"github.com/wneessen/go-mail"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/mailcard"
)

// envelope is a mail, ready to be sent.
type envelope struct {
	from, to string
	id       string   // its Message-ID, without brackets
	raw      []byte   // in lines that end with CRLF
	secrets  []string // in it
}

// author writes mails. It may be used from many goroutines.
type author struct {
	o      Options
	domain string
}

func newAuthor(o Options) *author {
	o.User, o.Password = "", ""
	if o.Invite == nil {
		o.Invite = func(*notify.Message, progress.Via) *notify.Invite { return nil }
	}
	if o.Leave == nil {
		o.Leave = func(*notify.Message, string) string { return "" }
	}
	if o.Confirm == nil {
		o.Confirm = func(notify.SubscriptionID, string, time.Time) string { return "" }
	}
	return &author{o, domainOf(o.From.Address)}
}

// write makes a message a mail to an address.
func (a *author) write(m *notify.Message, to string) (*envelope, error) {
	now, links := a.o.Now(), a.links(m, to)
	e := &envelope{from: a.o.From.Address, to: to, id: messageID(m.ID, a.domain), secrets: hidden(tickets(links)...)}
	g := a.head(m, e, links.Leave, now)
	words := a.o.Mails.Mail(inputOf(m, links, now))
	g.SetGenHeader(mail.HeaderSubject, subject(words.Subject))
	g.SetBodyString(mail.TypeTextPlain, words.Text)
	g.AddAlternativeString(mail.TypeTextHTML, words.HTML)
	var raw bytes.Buffer
	if _, err := g.WriteTo(&raw); err != nil {
		return nil, err
	}
	e.raw = raw.Bytes()
	if a.o.DKIM == nil {
		return e, nil
	}
	var err error
	e.raw, err = a.o.DKIM.sign(e.raw, a.domain, a.o.Now)
	return e, err
}

// head is a mail with all of its header but the subject. Values are one text each: the
// library puts commas between several.
func (a *author) head(m *notify.Message, e *envelope, leave string, now time.Time) *mail.Msg {
	from := a.o.From
	g := mail.NewMsg(mail.WithNoDefaultUserAgent())
	g.FromMailAddress(&from)
	g.ToMailAddress(&netmail.Address{Address: e.to})
	g.SetDateWithValue(now)
	g.SetMessageIDWithValue(e.id)
	g.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834
	if m.Task != nil {
		root := "<" + threadID(string(m.Task.ID), e.to, a.domain) + ">"
		g.SetGenHeader(mail.HeaderInReplyTo, root)
		g.SetGenHeader(mail.HeaderReferences, root)
	}
	if leave != "" {
		g.SetGenHeader(mail.HeaderListUnsubscribe, "<"+leave+">")
	}
	if private(leave) { // RFC 8058, 3.1
		g.SetGenHeader(mail.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click")
	}
	return g
}

// private reports whether nobody on the way can read a link that is called: it has https,
// or never leaves this machine.
func private(link string) bool {
	u, err := url.Parse(link)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname()))
}

// confirmFor is how long a link to confirm is good: people are away for a while.
const confirmFor = 7 * 24 * time.Hour

// links are where a mail leads to. The one that asks for a confirmation leads to that alone.
func (a *author) links(m *notify.Message, to string) (l mailcard.Links) {
	if m.Note != nil && m.Note.Kind == notify.NoteConfirm {
		l.Confirm = a.o.Confirm(m.Sub, to, m.Note.At.Add(confirmFor))
		return l
	}
	l.Leave = a.o.Leave(m, to)
	if i := a.o.Invite(m, progress.ViaMail); i != nil {
		l.Step, l.Approve, l.Reject, l.SignIn = i.Step, i.Approve, i.Reject, i.SignIn()
	}
	return l
}

// inputOf is what the book needs to know of a message.
func inputOf(m *notify.Message, l mailcard.Links, now time.Time) mailcard.Input {
	in := mailcard.Input{Notice: m.Notice, Links: l, Reader: m.For.Reader, Server: hostOf(m.Link, l.Leave, l.Confirm)}
	if t := m.Task; t != nil {
		in.Subject = &templates.Subject{Task: t, ETA: m.ETA, Now: now, Link: m.Link}
	}
	if c := m.Card; in.Notice == nil && c != nil {
		in.Notice = &templates.Notice{Task: c.Task, Kind: "task.progress", Lang: c.Lang, At: now, Class: c.State, Symbol: c.Symbol, Title: c.Title, Text: c.Head, Link: c.Link}
	}
	return in
}

// hostOf is the host of the first URL that has one: of this Herald.
func hostOf(urls ...string) string {
	for _, raw := range urls {
		if u, err := url.Parse(raw); err == nil && u.Host != "" {
			return u.Host
		}
	}
	return ""
}

// tickets are the parts of links that only who gets the mail may know.
func tickets(l mailcard.Links) (all []string) {
	for _, raw := range []string{l.Approve, l.Reject, l.Confirm, l.Leave} {
		if raw != "" {
			all = append(all, path.Base(raw))
		}
	}
	return all
}

// hidden are the texts that are long enough to be secrets.
func hidden(texts ...string) (out []string) {
	for _, t := range texts {
		if len(t) > 2 {
			out = append(out, t)
		}
	}
	return out
}
