package siotest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// patience is how long what is asked of the server without the test's own
// context may take.
const patience = 10 * time.Second

// separator stands between the packets of a payload.
const separator = "\x1e"

// link is the Engine.IO session of a client, over either transport.
type link struct {
	options Options
	base    *url.URL
	web     *http.Client
	ctx     context.Context // of the connection
	cancel  context.CancelFunc
	session string
	tasks   sync.WaitGroup
	inbox   *inbox

	out    sync.Mutex      // one writes at a time; an upgrade holds it
	conn   *websocket.Conn // nil while polling
	pause  chan struct{}   // closed when no poll should follow
	paused chan struct{}   // closed when none is under way
}

func newLink(base string, o Options) (*link, error) {
	u, err := url.Parse(base)
	if err != nil {
		return nil, err
	}
	if o.Path == "" {
		o.Path = "/socket.io/"
	}
	c := &link{
		options: o, base: u.JoinPath(o.Path), web: &http.Client{Transport: &http.Transport{}},
		pause: make(chan struct{}), paused: make(chan struct{}), inbox: newInbox(),
	}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	return c, nil
}

// open opens the session and begins to read.
func (c *link) open(ctx context.Context) error {
	if c.options.Transport == Polling || c.options.Transport == Upgrade {
		return c.openPolling(ctx)
	}
	return c.openSocket(ctx)
}

// fail ends the session; the first reason counts.
func (c *link) fail(err error) {
	c.inbox.end(err)
	c.cancel()
}

// address is that of a transport, with the session's id once there is one.
func (c *link) address(scheme, transport string) string {
	u := *c.base
	u.Scheme = scheme + strings.TrimPrefix(u.Scheme, "http")
	u.RawQuery = "EIO=4&transport=" + transport
	if c.session != "" {
		u.RawQuery += "&sid=" + c.session
	}
	return u.String()
}

// call makes a request of the polling transport.
func (c *link) call(ctx context.Context, method, body string) (string, error) {
	r, err := http.NewRequestWithContext(ctx, method, c.address("http", Polling), strings.NewReader(body))
	if err != nil {
		return "", err
	}
	r.Header = c.options.Header.Clone()
	if r.Header == nil {
		r.Header = http.Header{}
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "text/plain;charset=UTF-8")
	}
	answer, err := c.web.Do(r)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = &Status{answer.StatusCode, answer.Header, string(text)}
	}
	return string(text), err
}

func (c *link) openPolling(ctx context.Context) error {
	text, err := c.call(ctx, http.MethodGet, "")
	if err != nil {
		return err
	}
	first, rest, more := strings.Cut(text, separator)
	if c.session, err = greeted(first); err != nil {
		return err
	}
	if more {
		if err := c.payload(rest); err != nil {
			return err
		}
	}
	c.tasks.Go(c.poll)
	return nil
}

// poll asks for packets until it is told to pause.
func (c *link) poll() {
	defer close(c.paused)
	for {
		text, err := c.call(c.ctx, http.MethodGet, "")
		if err == nil {
			err = c.payload(text)
		}
		if err != nil {
			c.fail(err)
			return
		}
		select {
		case <-c.pause:
			return
		default:
		}
	}
}

func (c *link) payload(text string) error {
	for packet := range strings.SplitSeq(text, separator) {
		if err := c.packet(packet); err != nil {
			return err
		}
	}
	return nil
}

// packet takes in an Engine.IO packet.
func (c *link) packet(text string) error {
	switch {
	case text == "1":
		return ErrClosed
	case text == "2":
		// Not here: the answer to a poll must not wait for a writer that waits for it.
		c.tasks.Go(func() { _ = c.write(c.ctx, "3") }) // what is broken shows to the reader
		return nil
	case text == "6":
		return nil
	case strings.HasPrefix(text, "4"):
		return c.inbox.message(text[1:])
	}
	return fmt.Errorf("a packet of an unknown kind: %.80q", text)
}

// greeted reads the packet that opens a session.
func greeted(text string) (session string, err error) {
	var open struct {
		SID string `json:"sid"`
	}
	if err := json.Unmarshal([]byte(strings.TrimPrefix(text, "0")), &open); err != nil || open.SID == "" {
		return "", fmt.Errorf("no packet that opens a session: %.80q", text)
	}
	return open.SID, nil
}

func (c *link) dialSocket(ctx context.Context) (*websocket.Conn, error) {
	conn, answer, err := websocket.DefaultDialer.DialContext(ctx, c.address("ws", WebSocket), c.options.Header) //nolint:bodyclose // gorilla has closed the connection; the body is bytes
	if errors.Is(err, websocket.ErrBadHandshake) {
		text, _ := io.ReadAll(answer.Body) // as much of it as gorilla kept
		return nil, &Status{answer.StatusCode, answer.Header, string(text)}
	}
	return conn, err
}

func (c *link) openSocket(ctx context.Context) error {
	conn, err := c.dialSocket(ctx)
	if err != nil {
		return err
	}
	text, err := readNow(conn)
	if err == nil {
		c.session, err = greeted(text)
	}
	if err != nil {
		return errors.Join(err, conn.Close())
	}
	c.read(conn)
	return nil
}

// readNow reads a message that should be under way.
func readNow(conn *websocket.Conn) (string, error) {
	if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return "", err
	}
	_, text, err := conn.ReadMessage()
	return string(text), errors.Join(err, conn.SetReadDeadline(time.Time{}))
}

// read makes a WebSocket the transport.
func (c *link) read(conn *websocket.Conn) {
	c.conn = conn
	stop := context.AfterFunc(c.ctx, func() { _ = conn.Close() })
	c.tasks.Go(func() {
		defer stop()
		for {
			_, text, err := conn.ReadMessage()
			if err == nil {
				err = c.packet(string(text))
			}
			if err != nil {
				c.fail(err)
				_ = conn.Close()
				return
			}
		}
	})
}

// upgrade makes a WebSocket the transport.
func (c *link) upgrade(ctx context.Context) error {
	conn, err := c.dialSocket(ctx)
	if err != nil {
		return err
	}
	c.out.Lock()
	defer c.out.Unlock()
	if err := c.probe(ctx, conn); err != nil {
		return errors.Join(err, conn.Close())
	}
	c.read(conn)
	return nil
}

func (c *link) probe(ctx context.Context, conn *websocket.Conn) error {
	if err := conn.WriteMessage(websocket.TextMessage, []byte("2probe")); err != nil {
		return err
	}
	if text, err := readNow(conn); err != nil {
		return err
	} else if text != "3probe" {
		return fmt.Errorf("no answer to the probe: %.80q", text)
	}
	close(c.pause)
	select {
	case <-c.paused:
	case <-ctx.Done():
		return ctx.Err()
	}
	return conn.WriteMessage(websocket.TextMessage, []byte("5"))
}

// write sends a packet over the transport.
func (c *link) write(ctx context.Context, packet string) error {
	c.out.Lock()
	defer c.out.Unlock()
	if c.conn != nil {
		return c.conn.WriteMessage(websocket.TextMessage, []byte(packet))
	}
	answer, err := c.call(ctx, http.MethodPost, packet)
	if err == nil && answer != "ok" {
		err = fmt.Errorf("a POST was answered %.80q", answer)
	}
	return err
}

// part ends the session.
func (c *link) part(ctx context.Context) {
	if c.conn == nil {
		_ = c.write(ctx, "1") // it may have ended already
		return
	}
	end := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	if c.conn.WriteControl(websocket.CloseMessage, end, time.Now().Add(patience)) == nil {
		select {
		case <-c.inbox.ended: // the server has answered
		case <-ctx.Done():
		}
	}
}
