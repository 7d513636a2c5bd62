package email

import (
	"bufio"
	"context"
	"errors"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/email/smtpfake"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/mailcard"
)

var (
	noon   = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	book   = sync.OnceValue(func() *templates.Book { return templates.New(templates.Options{}) })
	layout = sync.OnceValue(func() *mailcard.Layout { return mailcard.New(book()) })
	sender = mail.Address{Name: "Herald", Address: "herald@example.com"}
	ana    = notify.Address{Channel: Name, To: "ana@example.com"}
)

// channel is one to a server.
func channel(t testing.TB, s *smtpfake.Server, change func(*Options)) *Channel {
	t.Helper()
	o := Options{Server: s.Addr(), TLS: tlsOff, From: sender, Mails: layout(), Roots: s.Roots()}
	if s.Roots() != nil {
		o.TLS = tlsBegun
	}
	if change != nil {
		change(&o)
	}
	c := New(o)
	t.Cleanup(c.Close)
	return c
}

// server is a mail server without TLS, and a channel to it.
func server(t testing.TB) (*smtpfake.Server, *Channel) {
	t.Helper()
	s := smtpfake.New(t, smtpfake.Options{})
	return s, channel(t, s, nil)
}

// ended is a letter that a task of that title has ended, with an id.
func ended(id, title string) notify.Message {
	task := &progress.Task{
		ID: "t1", Run: 1, Attempt: 1, Status: progress.Completed, Version: 7, Seq: 5, CreatedAt: noon, UpdatedAt: noon, StartedAt: noon, EndedAt: noon,
		Spec: &progress.Spec{Title: title, Kind: "agent", Owner: "ana"},
	}
	e := &progress.Event{Seq: 5, Version: 7, Kind: progress.TaskCompleted, At: noon}
	said := book().Notice(templates.Subject{Task: task, Now: noon}, e, templates.Reader{})
	return notify.Message{ID: id, Class: notify.ClassOf(e.Kind), Sub: "sub_1", Task: task, Event: e, Notice: &said}
}

// note is a letter about no task.
func note(id string, kind notify.NoteKind) notify.Message {
	n := &notify.Note{Kind: kind, Channel: Name, To: ana.To, At: noon}
	said := book().Note(templates.Note{Kind: string(kind), Channel: n.Channel, To: n.To, At: n.At}, templates.Reader{})
	return notify.Message{ID: id, Sub: "sub_1", Until: noon.Add(time.Hour), Note: n, Notice: &said}
}

// failure is what a send came to.
func failure(t testing.TB, err error) *notify.Failure {
	t.Helper()
	f, ok := errors.AsType[*notify.Failure](err)
	if !ok {
		t.Fatalf("it gives %v", err)
	}
	return f
}

// send sends a mail that has to be taken.
func send(t testing.TB, c *Channel, m notify.Message) {
	t.Helper()
	if _, err := c.Send(t.Context(), ana, m); err != nil {
		t.Fatal(err)
	}
}

// script is a server that says what a test wants, by the verb of what it hears.
type script struct {
	addr string

	mu    sync.Mutex
	heard []string
}

// play starts a server with answers. One that is "" ends the connection; where there is none
// it says yes. The greeting is the answer to "", and "." that to a mail.
func play(t testing.TB, answers map[string]string) *script {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &script{addr: l.Addr().String()}
	var all sync.WaitGroup
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(func() {
		cancel()
		l.Close()
		all.Wait()
	})
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			context.AfterFunc(ctx, func() { c.Close() })
			all.Go(func() { s.talk(c, answers) })
		}
	})
	return s
}

func (s *script) talk(c net.Conn, answers map[string]string) {
	defer c.Close()
	lines, verb := bufio.NewScanner(c), ""
	for {
		answer, ok := answers[verb]
		switch {
		case ok && answer == "":
			return
		case !ok:
			answer = map[string]string{"": "220 hello", "DATA": "354 go on"}[verb]
		}
		if answer == "" {
			answer = "250 ok"
		}
		if _, err := c.Write([]byte(strings.ReplaceAll(answer, "\n", "\r\n") + "\r\n")); err != nil || !lines.Scan() {
			return
		}
		for strings.HasPrefix(answer, "354") && lines.Text() != "." {
			if !lines.Scan() {
				return
			}
		}
		verb, _, _ = strings.Cut(lines.Text(), " ")
		s.mu.Lock()
		s.heard = append(s.heard, lines.Text())
		s.mu.Unlock()
	}
}

// lines are what it has heard.
func (s *script) lines() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.heard, "\n")
}

// to is a channel to the script.
func (s *script) to(t testing.TB, change func(*Options)) *Channel {
	t.Helper()
	o := Options{Server: s.addr, TLS: tlsOff, From: mail.Address{Address: "herald@example.com"}, Mails: layout()}
	if change != nil {
		change(&o)
	}
	c := New(o)
	t.Cleanup(c.Close)
	return c
}
