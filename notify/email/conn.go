package email

import (
	"context"
	"errors"
	"io"
	"net"
	"net/textproto"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

const (
	patience  = 30 * time.Second // to begin a conversation, or to hand over a mail, if the caller's is longer
	ruling    = 5 * time.Minute  // for what is said to a mail once it is there: servers look into it before
	farewell  = time.Second      // for a goodbye
	mostHeard = 1 << 20          // bytes that a server may say meanwhile
)

// codeBye is said by a server that ends the connection.
const codeBye = 421

// conn is a conversation with the mail server. One goroutine uses it at a time: the library's
// client is not made for more.
type conn struct {
	raw    *bounded
	smtp   *smtp.Client
	mails  int         // that were begun on it
	broken bool        // it is of no use any more
	expiry *time.Timer // while it is idle
}

// bounded is a connection that is not read for ever.
type bounded struct {
	net.Conn
	left int // bytes
}

var errTalkative = errors.New("the server says too much")

// Read reads what may still be read.
func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTalkative
	}
	n, err := b.Conn.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// snag is what ended a conversation early.
type snag struct {
	at  stage
	err error
}

func (s *snag) Error() string { return s.err.Error() }

func (s *snag) Unwrap() error { return s.err }

// during does something with the connection, which is over when ctx is, or when it takes
// longer than most.
func (c *conn) during(ctx context.Context, most time.Duration, do func() error) error {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	c.raw.left = mostHeard
	stop := context.AfterFunc(ctx, func() { _ = c.raw.Close() }) // what it breaks off says so
	err := do()
	if !stop() || mute(err) {
		c.broken = true
	}
	if mute(err) {
		err = errors.Join(err, ctx.Err())
	}
	return err
}

// mute reports whether an error is anything but a server's no.
func mute(err error) bool {
	_, answered := errors.AsType[*textproto.Error](err)
	return err != nil && !answered
}

// errStale is that a connection had ended before anything was asked of it.
var errStale = errors.New("the connection had ended while it was idle")

// send hands over a mail. The error is a snag, or errStale.
func (c *conn) send(ctx context.Context, e *envelope) error {
	c.mails++
	at, last := atSender, io.Closer(nil)
	err := c.during(ctx, patience, func() (err error) {
		at, last, err = c.hand(e)
		return err
	})
	if err == nil {
		err = c.during(ctx, ruling, last.Close)
	}
	switch r, answered := replyOf(err); {
	case err == nil:
		return nil
	case !answered, r.code == codeBye:
		c.broken = true
		if at == atSender && c.mails > 1 {
			return errStale
		}
	case at < atEnd && c.during(ctx, patience, c.smtp.Reset) != nil:
		c.broken = true
	}
	return &snag{at, err}
}

// hand hands over a mail, but for its last line, which last sends, and says how far it
// came.
func (c *conn) hand(e *envelope) (at stage, last io.Closer, err error) {
	if err := c.smtp.Mail("<" + e.from + ">"); err != nil {
		return atSender, nil, err
	}
	if err := c.smtp.Rcpt("<" + e.to + ">"); err != nil {
		return atRecipient, nil, err
	}
	w, err := c.smtp.Data()
	if err != nil {
		return atData, nil, err
	}
	if _, err := w.Write(e.raw); err != nil {
		return atData, nil, err
	}
	return atEnd, w, nil
}

// quit ends the conversation.
func (c *conn) quit() {
	if !c.broken {
		_ = c.raw.SetDeadline(time.Now().Add(farewell)) // without one, the goodbye fails
		_ = c.smtp.Quit()                               // nobody needs the answer
	}
	_ = c.raw.Close() // nothing is lost by it
}
