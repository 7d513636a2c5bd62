package client

import (
	"crypto/rand"
	"net/http"
	"time"

	"github.com/taskherald/herald/progress"
)

// DefaultURL is where a server listens that nobody told otherwise.
const DefaultURL = "http://127.0.0.1:8080"

// DefaultTimeout is how long a call that does not wait may take.
const DefaultTimeout = 15 * time.Second

// Options say which server to talk to, and how.
type Options struct {
	URL       string            // of the server, "" means DefaultURL
	Token     string            // "" for none
	Timeout   time.Duration     // of one call that does not wait; 0 means DefaultTimeout
	Transport http.RoundTripper // nil means a clone of http.DefaultTransport
	Agent     string            // User-Agent, "" means herald-client
}

// Client talks to one server.
type Client struct{ http *caller }

// New makes a client. It does not talk to the server yet. The error says what
// is wrong with the URL or the token, without showing the token.
func New(o Options) (*Client, error) {
	h, err := newCaller(o)
	if err != nil {
		return nil, err
	}
	return &Client{h}, nil
}

// URL is the address of the server, without a slash at its end.
func (c *Client) URL() string { return c.http.base.String() }

// Work is the worker's side of the server.
func (c *Client) Work() Work { return Work{c.http} }

// Access is about people and tokens.
func (c *Client) Access() Access { return Access{c.http} }

// NewTaskID makes an id for a task of one's own; it sorts by time.
func NewTaskID() progress.TaskID {
	var entropy [5]byte
	_, _ = rand.Read(entropy[:]) // never fails
	return progress.NewTaskID(time.Now(), entropy)
}
