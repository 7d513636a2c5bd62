package email

import (
	"cmp"
	"context"
	"crypto/x509"
	"fmt"
	"net/mail"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates/mailcard"
)

// Name is that of the channel in addresses.
const Name = notify.Email

// Options are what a channel needs. Its funcs are called from many goroutines.
type Options struct {
	Server string // host:port
	TLS    string // "starttls", which "" is too, "tls" from the first byte, or "off"

	User     string // "" for a server that asks for none
	Password string // goes into no error, no log and no print

	From  mail.Address // of the mails; its domain is that of their ids and signatures
	DKIM  *DKIM        // nil: not signed here
	Hello string       // who calls, in EHLO; "" is the domain of From
	Mails *mailcard.Layout

	// The links of a mail; nil, or none of what one gives, for none.
	Invite  func(m *notify.Message, via progress.Via) *notify.Invite
	Leave   func(m *notify.Message, to string) string
	Confirm func(sub notify.SubscriptionID, to string, until time.Time) string

	Now   func() time.Time // nil is time.Now
	Roots *x509.CertPool   // that sign the server's certificate; nil is the system's
}

// Format prints the options, with any verb, without what is secret.
func (o Options) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "mail by %s from %s", o.Server, &o.From) }

// Channel sends mails. It may be used from any goroutine.
type Channel struct {
	author *author
	dialer *dialer
	pool   *pool
	teller teller
}

// New makes the channel. It connects when it is first needed.
func New(o Options) *Channel {
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Hello = cmp.Or(o.Hello, domainOf(o.From.Address))
	d := newDialer(o)
	c := &Channel{author: newAuthor(o), dialer: d, pool: newPool(d.open)}
	c.teller = teller{server: o.Server, from: o.From.Address, hello: o.Hello, hidden: hidden(o.User, o.Password)}
	return c
}

// Format prints the channel, with any verb, without what is secret.
func (c *Channel) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "mail by %s", c.dialer.server) }

// Close ends the connections that are open and not in use. Others end after their mail.
func (c *Channel) Close() { c.pool.close() }

// Send sends a message as a mail. Every error is a [notify.Failure]. The far side knows the
// mail by its Message-ID.
func (c *Channel) Send(ctx context.Context, to notify.Address, m notify.Message) (notify.Receipt, error) {
	if !notify.Mailbox(to.To) {
		return notify.Receipt{}, notify.Fail(notify.Rejected, "the address is no mail address")
	}
	e, err := c.author.write(&m, to.To)
	if err != nil {
		return notify.Receipt{}, notify.Fail(notify.Rejected, "the mail cannot be written: %w", err)
	}
	if err := c.pool.send(ctx, e); err != nil {
		t := c.teller
		t.to, t.hidden = e.to, append(e.secrets, t.hidden...)
		return notify.Receipt{}, t.failure(err)
	}
	return notify.Receipt{Far: e.id}, nil
}

// Calls is one for each connection.
func (c *Channel) Calls() int { return mostConns }

// Pace gives a server the time to look into a mail before it answers (RFC 5321, 4.5.3.2.6).
// One whose answer got lost is sent again, but not for ever: people see each.
func (c *Channel) Pace(notify.Address) notify.Pace {
	return notify.Pace{Call: 2*patience + 2*ruling, Doubts: mostDoubts}
}

// mostDoubts is how many tries may have brought a mail before it is given up.
const mostDoubts = 3

// Probe says whether the server can be reached and takes our name and password. No mail is
// sent. The error is a [notify.Failure].
func (c *Channel) Probe(ctx context.Context) error {
	l, err := c.dialer.open(ctx)
	if err != nil {
		return c.teller.failure(err)
	}
	defer l.quit()
	if err := l.during(ctx, patience, l.smtp.Noop); err != nil {
		return c.teller.failure(err)
	}
	return nil
}
