package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/taskherald/herald/progress/api/socketio/siotest"
)

// transports are the ways in which Socket.IO is spoken.
var transports = []string{siotest.WebSocket, siotest.Polling, siotest.Upgrade}

// ear is a connected Socket.IO client.
type ear struct {
	t testing.TB
	*siotest.Client
}

// listen connects with the client's token in auth.
func (c client) listen(transport string) ear {
	c.t.Helper()
	return c.connect(siotest.Options{Transport: transport, Auth: o{"token": c.token}})
}

func (c client) connect(options siotest.Options) ear {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	s, err := siotest.Dial(ctx, c.url, options)
	if err != nil {
		c.t.Fatalf("%s: %v", options.Transport, err)
	}
	c.t.Cleanup(s.Drop)
	return ear{c.t, s}
}

// denied is what a CONNECT that must not succeed is told.
func (c client) denied(options siotest.Options) string {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	s, err := siotest.Dial(ctx, c.url, options)
	if err == nil {
		s.Drop()
		c.t.Fatal("the socket was connected")
	}
	no, ok := errors.AsType[*siotest.Refused](err)
	if !ok {
		c.t.Fatalf("not refused by a CONNECT_ERROR: %v", err)
	}
	return no.Message
}

// any is the next event's name and data.
func (e ear) any() (string, doc) {
	e.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	name, args, err := e.Next(ctx)
	if err != nil {
		e.t.Fatalf("no event came: %v", err)
	}
	if len(args) != 1 {
		e.t.Fatalf("%s has %d arguments: %s", name, len(args), args)
	}
	d := doc{e.t, args[0], nil}
	_ = json.Unmarshal(d.raw, &d.v) // who looks into it finds nothing then
	return name, d
}

// next is the data of the next event, which must have the name.
func (e ear) next(name string) doc {
	e.t.Helper()
	got, d := e.any()
	if got != name {
		e.t.Fatalf("the event is %s, not %s: %s", got, name, d.raw)
	}
	return d
}

// silent asks that nothing comes for a while.
func (e ear) silent(because string) {
	e.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), lull)
	defer cancel()
	if name, args, err := e.Next(ctx); err == nil {
		e.t.Fatalf("%s came, although %s: %s", name, because, args)
	} else if !errors.Is(err, context.DeadlineExceeded) {
		e.t.Fatal(err)
	}
}

// ask emits an event and returns its acknowledgement.
func (e ear) ask(name string, args ...any) doc {
	e.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	ack, err := e.Emit(ctx, name, args...)
	if err != nil || len(ack) != 1 {
		e.t.Fatalf("%s is acknowledged %s, %v", name, ack, err)
	}
	d := doc{e.t, ack[0], nil}
	_ = json.Unmarshal(d.raw, &d.v) // who looks into it finds nothing then
	return d
}

// watch narrows what comes.
func (e ear) watch(what o) {
	e.t.Helper()
	e.ask("workflow:watch", what).is("success", true)
}

// bearing is a header with the client's token.
func (c client) bearing() http.Header { return c.header() }

// until waits for an event and passes over others.
func (e ear) until(name string) doc {
	e.t.Helper()
	for from := time.Now(); time.Since(from) < patience; {
		if got, d := e.any(); got == name {
			return d
		}
	}
	e.t.Fatalf("%s did not come", name)
	panic("unreachable")
}
