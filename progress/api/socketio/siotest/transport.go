package siotest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// patience is how long what is asked of the server without the test's own
// context may take.
const patience = 10 * time.Second

// separator stands between the packets of a payload.
const separator = "\x1e"

// address is that of a transport, with the session's id once there is one.
func (c *Client) address(scheme, transport string) string {
	u := *c.base
	u.Scheme = scheme + strings.TrimPrefix(u.Scheme, "http")
	u.RawQuery = "EIO=4&transport=" + transport
	if c.session != "" {
		u.RawQuery += "&sid=" + c.session
	}
	return u.String()
}

// call makes a request of the polling transport.
func (c *Client) call(ctx context.Context, method, body string) (string, error) {
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

func (c *Client) openPolling(ctx context.Context) error {
	text, err := c.call(ctx, http.MethodGet, "")
	if err != nil {
		return err
	}
	first, rest, more := strings.Cut(text, separator)
	if err := c.greeted(first); err != nil {
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
func (c *Client) poll() {
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

func (c *Client) payload(text string) error {
	for packet := range strings.SplitSeq(text, separator) {
		if err := c.packet(packet); err != nil {
			return err
		}
	}
	return nil
}

// packet takes in an Engine.IO packet.
func (c *Client) packet(text string) error {
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
func (c *Client) greeted(text string) error {
	var open struct {
		SID string `json:"sid"`
	}
	if err := json.Unmarshal([]byte(strings.TrimPrefix(text, "0")), &open); err != nil || open.SID == "" {
		return fmt.Errorf("no packet that opens a session: %.80q", text)
	}
	c.session = open.SID
	return nil
}

func (c *Client) dialSocket(ctx context.Context) (*websocket.Conn, error) {
	conn, answer, err := websocket.DefaultDialer.DialContext(ctx, c.address("ws", WebSocket), c.options.Header)
	if errors.Is(err, websocket.ErrBadHandshake) {
		text, _ := io.ReadAll(answer.Body) // as much of it as gorilla kept
		return nil, &Status{answer.StatusCode, answer.Header, string(text)}
	}
	return conn, err
}

func (c *Client) openSocket(ctx context.Context) error {
	conn, err := c.dialSocket(ctx)
	if err != nil {
		return err
	}
	text, err := readNow(conn)
	if err == nil {
		err = c.greeted(text)
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
func (c *Client) read(conn *websocket.Conn) {
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

// Upgrade goes on over a WebSocket, as the stock client does: a probe, an end of
// the polls, and what is written meanwhile waits. Not to be called twice.
func (c *Client) Upgrade(ctx context.Context) error {
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

func (c *Client) probe(ctx context.Context, conn *websocket.Conn) error {
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
func (c *Client) write(ctx context.Context, packet string) error {
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
func (c *Client) part(ctx context.Context) {
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
