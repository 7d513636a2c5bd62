package email

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wneessen/go-mail/smtp"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/email/smtpfake"
)

// TestReuse holds that mails which come one after the other share a connection.
func TestReuse(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]smtpfake.Options{
		"plain": {}, "STARTTLS": {TLS: smtpfake.StartTLS, User: "u-ser", Password: "pass"}, "TLS": {TLS: smtpfake.Implicit},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := smtpfake.New(t, o)
			c := channel(t, s, func(to *Options) {
				to.User, to.Password = o.User, o.Password
				if o.TLS == smtpfake.Implicit {
					to.TLS = tlsFirst
				}
			})
			for i := range 50 {
				send(t, c, ended(fmt.Sprint("msg_", i), "Shop"))
			}
			ever, open := s.Connections()
			if mails := s.Mails(); ever != 1 || open != 1 || len(mails) != 50 || mails[49].User != o.User || mails[49].TLS != (o.TLS != smtpfake.Plain) {
				t.Errorf("%d connections, %d of them open, %d mails", ever, open, len(mails))
			}
			c.Close()
			gone(t, s)
			send(t, c, ended("msg_last", "Shop"))
			gone(t, s)
		})
	}
}

// gone waits until a server has no connections any more.
func gone(t *testing.T, s *smtpfake.Server) {
	t.Helper()
	for range 1000 {
		if _, open := s.Connections(); open == 0 {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Error("there are connections still")
}

// TestMailsOfAConnection holds that a connection is given up after its hundredth mail.
func TestMailsOfAConnection(t *testing.T) {
	t.Parallel()
	s, c := server(t)
	for i := range mostMails + 1 {
		send(t, c, ended(fmt.Sprint("msg_", i), "Shop"))
	}
	if ever, open := settled(s); ever != 2 || open != 1 {
		t.Errorf("%d connections, %d of them open", ever, open)
	}
}

// settled are a server's connections, ever and open, once it has seen that all but one are closed.
func settled(s *smtpfake.Server) (ever, open int) {
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if ever, open = s.Connections(); open <= 1 {
			break
		}
	}
	return ever, open
}

// TestDeadConnections holds that connections which the server has ended while they were idle
// cost no try and leave no doubt, however many there are.
func TestDeadConnections(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]smtpfake.Options{"plain": {}, "STARTTLS": {TLS: smtpfake.StartTLS}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := smtpfake.New(t, o)
			c := channel(t, s, nil)
			crowd(t, c, 40)
			before := len(s.Mails())
			s.HangUp()
			for i := range 8 {
				send(t, c, ended(fmt.Sprint("msg_", i), "Shop"))
			}
			if mails := s.Mails(); len(mails) != before+8 {
				t.Errorf("%d mails, want %d", len(mails), before+8)
			}
		})
	}
}

// TestDismissed holds that a server's goodbye to an idle connection, which is read only as the
// answer to the next mail, is not about that mail.
func TestDismissed(t *testing.T) {
	t.Parallel()
	s := smtpfake.New(t, smtpfake.Options{})
	c := channel(t, s, nil)
	send(t, c, ended("msg_1", "Shop"))
	s.Fail(smtpfake.Fault{At: smtpfake.AtSender, Code: 421, Text: "4.4.2 idle for too long"})
	send(t, c, ended("msg_2", "Shop"))
	if ever, open := settled(s); ever != 2 || open != 1 || len(s.Mails()) != 2 {
		t.Errorf("%d connections, %d of them open, %d mails", ever, open, len(s.Mails()))
	}
}

// TestBusyServer holds that 421 to a new connection, or later in a conversation, is about us:
// the connection is over, and the mail waits.
func TestBusyServer(t *testing.T) {
	t.Parallel()
	s, c := server(t)
	for i, at := range []smtpfake.Stage{smtpfake.AtSender, smtpfake.AtRecipient, smtpfake.AtData, smtpfake.AtEnd} {
		s.Fail(smtpfake.Fault{At: at, Code: 421, Text: "too busy"})
		_, err := c.Send(t.Context(), ana, ended("msg_1", "Shop"))
		if f := failure(t, err); f.Fate != notify.Limited || f.Doubt || f.After != 0 {
			t.Errorf("at stage %d: %v, doubt %t", at, f, f.Doubt)
		}
		if ever, _ := s.Connections(); ever != i+1 {
			t.Errorf("at stage %d: %d connections", at, ever)
		}
	}
	send(t, c, ended("msg_1", "Shop"))
}

// TestAfterANo holds that a connection on which a mail was refused is good for the next one.
func TestAfterANo(t *testing.T) {
	t.Parallel()
	s, c := server(t)
	for _, f := range []smtpfake.Fault{
		{At: smtpfake.AtSender, Code: 451}, {At: smtpfake.AtRecipient, Code: 550}, {At: smtpfake.AtData, Code: 452}, {At: smtpfake.AtEnd, Code: 554},
	} {
		s.Fail(f)
		_, err := c.Send(t.Context(), ana, ended("msg_1", "Shop"))
		failure(t, err)
		send(t, c, ended("msg_2", "Shop"))
	}
	if ever, open := s.Connections(); ever != 1 || open != 1 || len(s.Mails()) != 4 {
		t.Errorf("%d connections, %d of them open, %d mails", ever, open, len(s.Mails()))
	}
}

// crowd sends so many mails at once, to as many addresses.
func crowd(t *testing.T, c *Channel, n int) {
	t.Helper()
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			to := notify.Address{Channel: Name, To: fmt.Sprintf("ana.%d@example.com", i)}
			if _, err := c.Send(t.Context(), to, ended(fmt.Sprint("crowd_", i), "Shop")); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

// TestManyAtOnce holds that however many mails there are at once, they go over a few
// connections and do not see each other.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	s := smtpfake.New(t, smtpfake.Options{TLS: smtpfake.StartTLS})
	c := channel(t, s, func(o *Options) { o.DKIM = edKey(t) })
	crowd(t, c, 60)
	if ever, open := s.Connections(); ever > 4 || open > 4 {
		t.Errorf("%d connections, %d of them open", ever, open)
	}
	seen := map[string]bool{}
	for _, m := range s.Mails() {
		if len(m.To) != 1 || strings.Trim(m.Header.Get("To"), "<>") != m.To[0] || strings.TrimPrefix(m.ID(), "crowd_") != strings.TrimPrefix(m.To[0], "ana.") {
			t.Errorf("to %s came %s for %s", m.To, m.ID(), m.Header.Get("To"))
		}
		seen[m.To[0]] = true
	}
	if len(seen) != 60 {
		t.Errorf("%d of 60 mails came", len(seen))
	}
}

// TestBusyPool holds that who waits for a connection waits no longer than it may.
func TestBusyPool(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPool(func(context.Context) (*conn, error) { return nil, errors.New("one more is opened") })
		for range mostConns {
			p.seats <- struct{}{}
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begun := time.Now()
		err := p.send(ctx, &envelope{})
		if f := (teller{}).failure(err); !errors.Is(err, errBusy) || f.Fate != notify.Transient || f.Doubt || time.Since(begun) != time.Second {
			t.Errorf("after %s: %v", time.Since(begun), f)
		}
	})
}

// TestBrokenOff holds that a mail which is broken off before its end was not sent, and that
// its connection is given up.
func TestBrokenOff(t *testing.T) {
	t.Parallel()
	s := play(t, map[string]string{"RCPT": "250-wait"}) // for ever
	c := s.to(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(time.Millisecond, func() {
		for !strings.Contains(s.lines(), "RCPT") {
			time.Sleep(time.Millisecond)
		}
		cancel()
	})
	_, err := c.Send(ctx, ana, ended("msg_1", "Shop"))
	if f := failure(t, err); f.Fate != notify.Transient || f.Doubt || !errors.Is(f, context.Canceled) || !strings.Contains(f.Error(), "broken off by us") {
		t.Errorf("it gives %v, doubt %t", f, f.Doubt)
	}
	if len(c.pool.seats) != 0 || len(c.pool.idle) != 0 {
		t.Errorf("%d connections are in use, %d are kept", len(c.pool.seats), len(c.pool.idle))
	}
}

// piped opens conversations that go over no network, with a server that says yes to all.
func piped(opened *int) func(context.Context) (*conn, error) {
	return func(context.Context) (*conn, error) {
		*opened++
		ours, theirs := net.Pipe()
		go agree(theirs)
		client, err := smtp.NewClient(&bounded{Conn: ours, left: mostHeard}, "localhost")
		return &conn{raw: &bounded{Conn: ours}, smtp: client}, err
	}
}

func agree(c net.Conn) {
	defer c.Close()
	fmt.Fprint(c, "220 hello\r\n")
	lines, letter := bufio.NewScanner(c), false
	for lines.Scan() {
		switch line := lines.Text(); {
		case letter && line != ".":
			continue
		case line == "DATA":
			letter = true
			fmt.Fprint(c, "354 go on\r\n")
			continue
		case line == "QUIT":
			fmt.Fprint(c, "221 bye\r\n")
			return
		}
		letter = false
		fmt.Fprint(c, "250 ok\r\n")
	}
}

// TestIdle holds that a connection is kept for half a minute after its last mail.
func TestIdle(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		opened := 0
		p := newPool(piped(&opened))
		e := &envelope{from: "herald@example.com", to: ana.To, raw: []byte("Subject: x\r\n\r\nx\r\n")}
		for i, wait := range []time.Duration{0, idleFor - time.Second, idleFor - time.Second, idleFor + time.Second, time.Hour} {
			time.Sleep(wait)
			synctest.Wait()
			if idle, want := len(p.idle), min(i, 1); wait < idleFor && idle != want || wait > idleFor && idle != 0 {
				t.Errorf("after %s %d connections are idle", wait, idle)
			}
			if err := p.send(t.Context(), e); err != nil {
				t.Fatal(err)
			}
		}
		if opened != 3 {
			t.Errorf("%d connections were opened, want 3", opened)
		}
		p.close()
		if kept, err := len(p.idle), p.send(t.Context(), e); err != nil || opened != 4 || kept+len(p.idle) != 0 {
			t.Errorf("after it was closed: %v, %d, %d", err, opened, kept+len(p.idle))
		}
	})
}

// TestDoubt holds that a mail is in doubt from its last line on, and not before.
func TestDoubt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lines int
		want  stage
	}{"in the middle": {1000, atData}, "at the end": {1, atEnd}} {
		ours, theirs := net.Pipe()
		client := &conn{raw: &bounded{Conn: ours, left: mostHeard}}
		go func() {
			fmt.Fprint(theirs, "220 hello\r\n")
			for lines := bufio.NewScanner(theirs); lines.Scan() && lines.Text() != "DATA"; {
				fmt.Fprint(theirs, "250 ok\r\n")
			}
			fmt.Fprint(theirs, "354 go on\r\n")
			theirs.Close()
		}()
		var err error
		if client.smtp, err = smtp.NewClient(client.raw, "localhost"); err != nil {
			t.Fatal(err)
		}
		e := &envelope{from: "herald@example.com", to: ana.To, raw: []byte(strings.Repeat("a line\r\n", c.lines))}
		s, ok := errors.AsType[*snag](client.send(t.Context(), e))
		if !ok || s.at != c.want || !client.broken {
			t.Errorf("%s: it ended with %+v", name, s)
		}
		if f := (teller{}).failure(s); f.Fate != notify.Transient || f.Doubt != (c.want == atEnd) {
			t.Errorf("%s: %v, doubt %t", name, f, f.Doubt)
		}
		client.quit()
	}
}

// TestPatience holds that a server which says nothing is waited for as long as a try may take
// at the most, whatever its caller's patience.
func TestPatience(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		defer theirs.Close()
		c := &conn{raw: &bounded{Conn: ours}}
		begun := time.Now()
		err := c.during(t.Context(), patience, func() error {
			_, err := smtp.NewClient(c.raw, "localhost")
			return err
		})
		if took := time.Since(begun); took != patience || !c.broken {
			t.Errorf("it took %s, broken %t", took, c.broken)
		}
		if f := (teller{server: "a.test:25"}).failure(&snag{atConnect, err}); f.Error() != "transient: the mail server a.test:25 has not answered in time" {
			t.Error(f)
		}
	})
}
