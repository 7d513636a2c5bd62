package email

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/netip"
	"slices"
	"strings"

	"github.com/wneessen/go-mail/smtp"

	"github.com/taskherald/herald/notify"
)

// The ways of TLS. None of them falls back to another.
const (
	tlsBegun = "starttls" // after the greeting
	tlsFirst = "tls"      // from the first byte
	tlsOff   = "off"
)

// dialer opens conversations with the mail server.
type dialer struct {
	server string // host:port
	host   string
	tls    string
	hello  string
	roots  *x509.CertPool
	signIn func(*smtp.Client) error // nil: nobody signs in
}

func newDialer(o Options) *dialer {
	host, _, err := net.SplitHostPort(o.Server)
	if err != nil {
		host = o.Server
	}
	d := &dialer{server: o.Server, host: host, tls: o.TLS, hello: o.Hello, roots: o.Roots}
	if o.User != "" {
		d.signIn = func(c *smtp.Client) error { return signIn(c, host, o.User, o.Password) }
	}
	return d
}

// open begins a conversation, up to where a mail may be sent. The error is a snag or a
// failure.
func (d *dialer) open(ctx context.Context) (*conn, error) {
	if d.signIn != nil && d.tls == tlsOff && !loopback(d.host) {
		return nil, notify.Fail(notify.Unauthorized, "the password for the mail server %s would be sent in plain text: set TLS, or take the password away", d.server)
	}
	raw, err := (&net.Dialer{Timeout: patience}).DialContext(ctx, "tcp", d.server)
	if err != nil {
		return nil, &snag{atConnect, err}
	}
	c := &conn{raw: &bounded{Conn: raw}}
	at := atConnect
	err = c.during(ctx, patience, func() (err error) {
		at, err = d.greet(ctx, c)
		return err
	})
	if err != nil {
		_ = raw.Close() // it was of no use
		return nil, &snag{at, err}
	}
	return c, nil
}

// greet brings a new connection to where a mail may be sent, and says how far it came.
func (d *dialer) greet(ctx context.Context, c *conn) (stage, error) {
	var wire net.Conn = c.raw
	if d.tls == tlsFirst {
		secure := tls.Client(wire, d.config())
		if err := secure.HandshakeContext(ctx); err != nil {
			return atTLS, err
		}
		wire = secure
	}
	client, err := smtp.NewClient(wire, d.host)
	if err != nil {
		return atConnect, err
	}
	client.SkipSMTPUTF8(true) // all that is sent is ASCII
	c.smtp = client
	if err := client.Hello(d.hello); err != nil {
		return atHello, err
	}
	if d.tls != tlsFirst && d.tls != tlsOff {
		if err := d.secure(client); err != nil {
			return atTLS, err
		}
	}
	if d.signIn != nil {
		return atAuth, d.signIn(client)
	}
	return atAuth, nil
}

// secure begins TLS, without which nothing is said.
func (d *dialer) secure(c *smtp.Client) error {
	if ok, _ := c.Extension("STARTTLS"); !ok {
		return notify.Fail(notify.Unauthorized, "the mail server %s offers no STARTTLS, and nothing is sent without TLS: "+
			"set TLS to \"tls\" where it speaks TLS from the first byte, and to \"off\" where it needs none", d.server)
	}
	return c.StartTLS(d.config())
}

func (d *dialer) config() *tls.Config {
	return &tls.Config{ServerName: d.host, RootCAs: d.roots, MinVersion: tls.VersionTLS12}
}

// signIn says who we are. Whether the connection is secret was looked at before.
func signIn(c *smtp.Client, host, user, password string) error {
	_, offered := c.Extension("AUTH")
	switch ways := strings.Fields(strings.ToUpper(offered)); {
	case slices.Contains(ways, "PLAIN"):
		return c.Auth(smtp.PlainAuth("", user, password, host, true))
	case slices.Contains(ways, "LOGIN"):
		return c.Auth(smtp.LoginAuth(user, password, host, true))
	}
	return notify.Fail(notify.Unauthorized, "the mail server %s takes no password by PLAIN or LOGIN: "+
		"set none if it needs none, or use another server", host)
}

// loopback reports whether a host is this machine.
func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}
