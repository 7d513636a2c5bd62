package config

import (
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Email is how mail is sent. Without a Server none is.
type Email struct {
	Server       string // host:port, or ""
	TLS          string // starttls, tls or off
	User         string // "" for a server that asks for none
	Password     Secret
	From         mail.Address  // whom mails come from; set where Server is
	DKIMKey      string        // the file of a private key in PEM form, or ""
	DKIMSelector string        // of the key's DNS record; set where DKIMKey is
	LongTask     time.Duration // who has not said otherwise gets no mail that a shorter run is done or was cancelled; 0 for all
}

// The ways of TLS, and the port at which the second is spoken from the first byte.
const (
	startTLS     = "starttls"
	implicitTLS  = "tls"
	noTLS        = "off"
	implicitPort = "465"
	mailPort     = "587"
)

var tlsWays = []string{startTLS, implicitTLS, noTLS}

// email are the settings of mail.
func email() []Setting {
	return []Setting{
		{
			Key: "email.server", field: one(func(c *Config) *string { return &c.Email.Server }, parseMailServer, plain),
			Usage: "mail server that takes our mail, such as smtp.example.com:587; without it no mail is sent",
		}, {
			Key: "email.tls", Default: startTLS, Choices: tlsWays, field: one(func(c *Config) *string { return &c.Email.TLS }, parseTLS, plain),
			Usage: "starttls, tls from the first byte (the default on port 465), or off, which is for a server of your own network",
		}, {
			Key: "email.user", field: one(func(c *Config) *string { return &c.Email.User }, parseText, plain),
			Usage: "user name at the mail server; without it Herald does not sign in",
		}, {
			Key: "email.password", field: one(func(c *Config) *Secret { return &c.Email.Password }, parseSecret, Secret.String),
			Usage: "password of that user",
		}, {
			Key: "email.from", field: one(func(c *Config) *mail.Address { return &c.Email.From }, parseSender, formatSender),
			Usage: "whom mails come from, such as Herald <herald@example.com>",
		}, {
			Key: "email.dkim_key", field: one(func(c *Config) *string { return &c.Email.DKIMKey }, parseFile, plain),
			Usage: "file of a private key (RSA or Ed25519, PEM) that signs mails by DKIM; without it the mail server may sign",
		}, {
			Key: "email.dkim_selector", field: one(func(c *Config) *string { return &c.Email.DKIMSelector }, parseSelector, plain),
			Usage: "selector of that key: its public half is at SELECTOR._domainkey.DOMAIN in the DNS",
		}, {
			Key: "email.long_task", Default: "10m", field: one(func(c *Config) *time.Duration { return &c.Email.LongTask }, parseLong, formatLong),
			Usage: "how long a run has to take for a mail that it is done or was cancelled, 1s to 720h, or off for all; a subscription may have its own",
		},
	}
}

// push are the settings of web push.
func push() []Setting {
	return []Setting{{
		Key: "push.contact", field: one(func(c *Config) *string { return &c.PushContact }, parseContact, plain),
		Usage: "whom push services can ask about this server, a mail address or an https URL; without it email.from or public_url",
	}}
}

// parseMailServer reads a host, with a port or without.
func parseMailServer(s string) (string, error) {
	if strings.Contains(s, "@") || strings.Contains(s, "://") {
		return "", fmt.Errorf("must be a host and a port, such as smtp.example.com:587; the user and the password are settings of their own")
	}
	host, port, err := net.SplitHostPort(s)
	if err != nil {
		host, port = strings.Trim(s, "[]"), mailPort
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 || net.ParseIP(host) == nil && (len(host) > 253 || !hostForm.MatchString(strings.TrimSuffix(host, "."))) {
		return "", fmt.Errorf("%q is no mail server; write a host and a port, such as smtp.example.com:587", s)
	}
	return net.JoinHostPort(host, port), nil
}

func parseTLS(s string) (string, error) {
	s = strings.ToLower(s)
	if !slices.Contains(tlsWays, s) {
		return "", fmt.Errorf("%q is none of %s", s, strings.Join(tlsWays, ", "))
	}
	return s, nil
}

func parseText(s string) (string, error) { return s, nil }

func parseSecret(s string) (Secret, error) { return Hide(s), nil }

// parseSender reads an address, with a name or without. The domain is part of what
// names a mail, so there must be one.
func parseSender(s string) (mail.Address, error) {
	a, err := mail.ParseAddress(s)
	if err != nil || !ascii(a.Address) {
		return mail.Address{}, fmt.Errorf("%q is no mail address; write one such as Herald <herald@example.com>", s)
	}
	return *a, nil
}

func formatSender(a mail.Address) string {
	switch {
	case a.Address == "":
		return ""
	case a.Name == "":
		return a.Address
	}
	return a.String()
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > '~' })
}

func parseSelector(s string) (string, error) {
	if !hostForm.MatchString(s) {
		return "", fmt.Errorf("%q is no selector; write one such as herald or k1", s)
	}
	return s, nil
}

// parseFile reads the name of a file that can be read.
func parseFile(s string) (string, error) {
	if is, err := os.Stat(s); err == nil && !is.Mode().IsRegular() {
		return "", fmt.Errorf("%q is no file", s)
	}
	f, err := os.Open(s)
	if err != nil {
		return "", fmt.Errorf("cannot be read: %w", err)
	}
	return s, f.Close()
}

// The bounds of what may count as a long run.
const (
	minLong = time.Second
	maxLong = 30 * day
)

// parseLong reads a time such as 10m, or off, which is 0.
func parseLong(s string) (time.Duration, error) {
	if strings.EqualFold(s, noGrace) {
		return 0, nil
	}
	d, err := time.ParseDuration(s)
	if err != nil || d < minLong || d > maxLong {
		return 0, fmt.Errorf("%q is no time that a run takes; write 1s to 720h, such as 90s or 10m, or off", s)
	}
	return d, nil
}

func formatLong(d time.Duration) string {
	if d == 0 {
		return noGrace
	}
	return formatQuiet(d)
}

// parseContact reads a mail address or a URL, as push services take it.
func parseContact(s string) (string, error) {
	s = strings.TrimPrefix(s, "mailto:")
	if !reachable(s) {
		return "", fmt.Errorf("%q is no contact; write a mail address such as ops@example.com, or an https URL", s)
	}
	return s, nil
}

// Contact is whom push services can ask about this server: what the settings name, else the
// sender of mails, else where people reach it; "" if none of them could be used by others.
func (c Config) Contact() string {
	for _, contact := range []string{c.PushContact, c.Email.From.Address, c.PublicURL} {
		if reachable(contact) {
			return contact
		}
	}
	return ""
}

// reachable reports whether push services take a mail address or a URL as a contact. They
// refuse those that nobody elsewhere could use.
func reachable(contact string) bool {
	if u, err := url.Parse(contact); err == nil && u.Scheme == "https" {
		return u.User == nil && elsewhere(u.Hostname())
	}
	a, err := mail.ParseAddress(contact)
	return err == nil && a.Address == contact && ascii(contact) && elsewhere(contact[strings.LastIndexByte(contact, '@')+1:])
}

// elsewhere reports whether a name or an address may mean the same host everywhere (RFC
// 6761, 6762).
func elsewhere(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.IsGlobalUnicast() && !ip.IsPrivate()
	}
	labels := strings.Split(strings.ToLower(strings.TrimSuffix(host, ".")), ".")
	return len(labels) > 1 && !slices.Contains([]string{"local", "localhost", "invalid", "test"}, labels[len(labels)-1])
}

// settleEmail does what needs more than one of the settings of mail.
func (l *loader) settleEmail() {
	c := &l.config
	e := &c.Email
	host, port, _ := net.SplitHostPort(e.Server)
	if c.Place("email.tls") == byDefault && port == implicitPort {
		e.TLS = implicitTLS
	}
	if e.Server != "" && e.From.Address == "" && !l.wrong("email.from") {
		l.problem(c.Place("email.server"), "email.server: also set email.from, whom mails come from, such as Herald <herald@example.com>")
	}
	if e.User == "" && e.Password.Reveal() != "" {
		l.problem(c.Place("email.password"), "email.password: also set email.user, whose password it is")
	}
	if e.Server != "" && e.User != "" && e.TLS == noTLS && !Loopback(net.JoinHostPort(host, port)) {
		l.problem(c.Place("email.tls"), "email.tls: without TLS anybody on the way reads the password; use starttls or tls, or leave email.user empty")
	}
	if given := "email.dkim_key"; (e.DKIMKey == "") != (e.DKIMSelector == "") && !l.wrong("email.dkim_selector") && !l.wrong("email.dkim_key") {
		if e.DKIMKey == "" {
			given = "email.dkim_selector"
		}
		l.problem(c.Place(given), "%s: set both email.dkim_key and email.dkim_selector, or neither", given)
	}
}
