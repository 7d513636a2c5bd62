package siotest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
)

// The transports that [Options] may ask for.
const (
	Polling   = "polling"
	WebSocket = "websocket"
	Upgrade   = "upgrade" // polling first, and a WebSocket by the time Dial returns
)

// Options say how to connect.
type Options struct {
	Transport string      // one of the transports; "" means WebSocket
	Auth      any         // payload of the CONNECT; nil means none
	Header    http.Header // of every request
	Path      string      // "" means /socket.io/
}

// Refused is what a server said to a CONNECT that it did not accept.
type Refused struct {
	Message string          `json:"message"`
	Data    json.RawMessage `json:"data"` // nil when there is none
}

// Error returns the message.
func (r *Refused) Error() string { return "CONNECT refused: " + r.Message }

// Status is an answer to a request that is not 200, or 101 for a WebSocket.
type Status struct {
	Code   int
	Header http.Header
	Body   string
}

// Error returns the status and the body.
func (s *Status) Error() string { return fmt.Sprintf("status %d: %s", s.Code, s.Body) }

// ErrDisconnected is that the server has sent a DISCONNECT.
var ErrDisconnected = errors.New("the server has disconnected the socket")

// ErrClosed is that the connection has ended, or was closed here.
var ErrClosed = errors.New("the connection is closed")

// Client is a connected socket. Its methods may be called from any goroutine.
type Client struct {
	link  *link
	inbox *inbox
	id    string
}

// Dial opens a session at a server's base address, http://host:port, and
// connects to the default namespace.
func Dial(ctx context.Context, base string, o Options) (*Client, error) {
	l, err := newLink(base, o)
	if err != nil {
		return nil, err
	}
	c := &Client{link: l, inbox: l.inbox}
	if err := c.dial(ctx); err != nil {
		c.Drop()
		return nil, err
	}
	return c, nil
}

func (c *Client) dial(ctx context.Context) error {
	o := c.link.options
	if err := c.link.open(ctx); err != nil {
		return err
	}
	connect := "40"
	if o.Auth != nil {
		auth, err := json.Marshal(o.Auth)
		if err != nil {
			return err
		}
		connect += string(auth)
	}
	if err := c.Raw(ctx, connect); err != nil {
		return err
	}
	var err error
	if c.id, err = c.inbox.connected(ctx); err == nil && o.Transport == Upgrade {
		err = c.Upgrade(ctx)
	}
	return err
}

// ID is the socket's id as the server told it.
func (c *Client) ID() string { return c.id }

// Session is the id of the Engine.IO session.
func (c *Client) Session() string { return c.link.session }

// Next waits for an event and returns it; each once, in the order in which they
// came. When the connection has ended it returns what has come before, and then
// why it ended.
func (c *Client) Next(ctx context.Context) (name string, args []json.RawMessage, err error) {
	e, err := c.inbox.next(ctx)
	if err != nil {
		return "", nil, err
	}
	return e.name, e.args, nil
}

// Emit sends an event and waits for its acknowledgement.
func (c *Client) Emit(ctx context.Context, name string, args ...any) (ack []json.RawMessage, err error) {
	id, answer := c.inbox.expect()
	if err := c.emit(ctx, strconv.Itoa(id), name, args); err != nil {
		return nil, err
	}
	select {
	case ack = <-answer:
		return ack, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-c.inbox.ended:
		return nil, c.inbox.why()
	}
}

// Send sends an event and asks for no acknowledgement.
func (c *Client) Send(ctx context.Context, name string, args ...any) error {
	return c.emit(ctx, "", name, args)
}

func (c *Client) emit(ctx context.Context, id, name string, args []any) error {
	data, err := json.Marshal(append([]any{name}, args...))
	if err != nil {
		return err
	}
	return c.Raw(ctx, "42"+id+string(data))
}

// Raw sends an Engine.IO packet as it is, for what no client should send.
func (c *Client) Raw(ctx context.Context, packet string) error { return c.link.write(ctx, packet) }

// Upgrade goes on over a WebSocket, as the stock client does: a probe, an end of
// the polls, and what is emitted meanwhile waits. It may be tried again if it
// fails before the server has answered the probe.
func (c *Client) Upgrade(ctx context.Context) error { return c.link.upgrade(ctx) }

// Close leaves as the stock client does: with a DISCONNECT, and the end of the
// session. It waits until nothing of the client is left.
func (c *Client) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if c.Raw(ctx, "41") == nil {
		c.link.part(ctx)
	}
	c.Drop()
}

// Drop cuts the connection without a word.
func (c *Client) Drop() {
	c.link.fail(ErrClosed)
	c.link.tasks.Wait()
	c.link.web.CloseIdleConnections()
}
