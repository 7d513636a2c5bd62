package socketio

import (
	"cmp"
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Options are what a server asks, and its bounds. All may be left out.
type Options struct {
	// Connect decides on a CONNECT to the default namespace. r is the request
	// that opened the session, without its body; auth is what the client gave,
	// an object, or nil. What it emits to s is sent after the acceptance. An
	// error refuses: of a progress.Error the client hears what it says and its
	// code, of any other only that it was refused. nil accepts everyone.
	Connect func(ctx context.Context, r *http.Request, s *Socket, auth json.RawMessage) error

	// Event is called for each event of a client. ack acknowledges it, once; it
	// does nothing if the client asked for no acknowledgement.
	Event func(s *Socket, name string, args []json.RawMessage, ack func(args ...any))

	// Gone is called once for each socket that Connect has accepted, after its
	// last Event.
	Gone func(s *Socket)

	// Still is asked with each ping, and by Recheck, whether a socket may stay;
	// an error disconnects it, unless ctx has ended. nil means for ever.
	Still func(ctx context.Context, s *Socket) error

	// Origin refuses requests that would open a session, with 403.
	Origin func(r *http.Request) error

	// Address is whom a request is counted for. nil means the host that it came from.
	Address func(r *http.Request) string

	Log *slog.Logger // nil means slog.Default

	PingInterval   time.Duration // between pings; 0 means 25 s. A poll is held no longer
	PingTimeout    time.Duration // how long a ping may stay unanswered; 0 means 20 s
	ConnectTimeout time.Duration // how long a session may be without a CONNECT; 0 means 10 s

	MaxPayload int64 // bytes of what a peer may send at a time; 0 means 64 KiB
	Packets    int   // that may wait for one peer; 0 means 4096
	Bytes      int   // that may wait for one peer; 0 means 4 MiB. One packet may always wait, of any size

	Sessions   int // without a CONNECT, in all; 0 means 1000
	PerAddress int // without a CONNECT, of one address; 0 means 50
}

func (o Options) defaults() Options {
	o.PingInterval = cmp.Or(o.PingInterval, 25*time.Second)
	o.PingTimeout = cmp.Or(o.PingTimeout, 20*time.Second)
	o.ConnectTimeout = cmp.Or(o.ConnectTimeout, 10*time.Second)
	o.MaxPayload = cmp.Or(o.MaxPayload, 64<<10)
	o.Packets = cmp.Or(o.Packets, 4096)
	o.Bytes = cmp.Or(o.Bytes, 4<<20)
	o.Sessions = cmp.Or(o.Sessions, 1000)
	o.PerAddress = cmp.Or(o.PerAddress, 50)
	o.Log = cmp.Or(o.Log, slog.Default())
	if o.Address == nil {
		o.Address = host
	}
	o.callbacks()
	return o
}

// callbacks puts something that does nothing where nothing is to be done.
func (o *Options) callbacks() {
	if o.Connect == nil {
		o.Connect = func(context.Context, *http.Request, *Socket, json.RawMessage) error { return nil }
	}
	if o.Event == nil {
		o.Event = func(*Socket, string, []json.RawMessage, func(...any)) {}
	}
	if o.Gone == nil {
		o.Gone = func(*Socket) {}
	}
	if o.Still == nil {
		o.Still = func(context.Context, *Socket) error { return nil }
	}
	if o.Origin == nil {
		o.Origin = func(*http.Request) error { return nil }
	}
}

// host is the address of a request without its port.
func host(r *http.Request) string {
	if h, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		return h
	}
	return r.RemoteAddr
}
