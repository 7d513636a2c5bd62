package siotest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"

	"github.com/gorilla/websocket"
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
	options Options
	base    *url.URL
	web     *http.Client
	ctx     context.Context // of the connection
	cancel  context.CancelFunc
	session string
	id      string
	tasks   sync.WaitGroup

	out    sync.Mutex      // one writes at a time; an upgrade holds it
	conn   *websocket.Conn // nil while polling
	pause  chan struct{}   // closed when no poll should follow
	paused chan struct{}   // closed when none is under way

	inbox inbox
}

// Dial opens a session at a server's base address, http://host:port, and
// connects to the default namespace.
func Dial(ctx context.Context, base string, o Options) (*Client, error) {
	c, err := newClient(base, o)
	if err != nil {
		return nil, err
	}
	if err := c.dial(ctx); err != nil {
		c.Drop()
		return nil, err
	}
	return c, nil
}

func newClient(base string, o Options) (*Client, error) {
	u, err := url.Parse(base)
	if err != nil {
		return nil, err
	}
	if o.Path == "" {
		o.Path = "/socket.io/"
	}
	c := &Client{
		options: o, base: u.JoinPath(o.Path), web: &http.Client{Transport: &http.Transport{}},
		pause: make(chan struct{}), paused: make(chan struct{}), inbox: newInbox(),
	}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	return c, nil
}

func (c *Client) dial(ctx context.Context) error {
	if err := c.open(ctx); err != nil {
		return err
	}
	connect := "40"
	if c.options.Auth != nil {
		auth, err := json.Marshal(c.options.Auth)
		if err != nil {
			return err
		}
		connect += string(auth)
	}
	if err := c.write(ctx, connect); err != nil {
		return err
	}
	id, err := c.inbox.connected(ctx)
	if err != nil {
		return err
	}
	c.id = id
	if c.options.Transport == Upgrade {
		return c.Upgrade(ctx)
	}
	return nil
}

// open opens the session and begins to read.
func (c *Client) open(ctx context.Context) error {
	if c.options.Transport == Polling || c.options.Transport == Upgrade {
		return c.openPolling(ctx)
	}
	return c.openSocket(ctx)
}

// ID is the socket's id as the server told it.
func (c *Client) ID() string { return c.id }

// Session is the id of the Engine.IO session.
func (c *Client) Session() string { return c.session }

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
	if err := c.emit(ctx, fmt.Sprint(id), name, args); err != nil {
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
	return c.write(ctx, "42"+id+string(data))
}

// Raw sends an Engine.IO packet as it is, for what no client should send.
func (c *Client) Raw(ctx context.Context, packet string) error { return c.write(ctx, packet) }

// Close leaves as the stock client does: with a DISCONNECT, and the end of the
// session. It waits until nothing of the client is left.
func (c *Client) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if c.write(ctx, "41") == nil {
		c.part(ctx)
	}
	c.Drop()
}

// Drop cuts the connection without a word.
func (c *Client) Drop() {
	c.fail(ErrClosed)
	c.tasks.Wait()
	c.web.CloseIdleConnections()
}

// fail ends the client; the first reason counts.
func (c *Client) fail(err error) {
	c.inbox.end(err)
	c.cancel()
}
