package slackfake

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/gorilla/websocket"

	"github.com/taskherald/herald/bot/faketest"
)

// sockets are the connections of Socket Mode. The lock of its hub guards them.
type sockets struct {
	hub     *hub
	tickets map[string]bool
	open    []*conn
	turn    int  // whose it is next
	off     bool // Socket Mode is switched off
	large   int  // acknowledgements that were dropped for their size
	broken  int  // and those that came in several frames
}

// openConnection hands out where a socket can be opened, once.
func openConnection(c *call) (answer, *refusal) {
	ticket := c.id("ticket-")
	c.ticket(ticket)
	return answer{"url": c.at.url(socketHost, "/link/?ticket="+ticket+"&app_id="+App)}, nil
}

var upgrader = websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}

// serve takes a socket and reads what the app acknowledges.
func (k *sockets) serve(w http.ResponseWriter, r *http.Request) {
	ticket := r.URL.Query().Get("ticket")
	k.hub.s.mu.Lock()
	good := k.tickets[ticket] && !k.hub.closed
	delete(k.tickets, ticket)
	k.hub.s.mu.Unlock()
	if !good {
		http.Error(w, "the ticket is no good", http.StatusUnauthorized)
		return
	}
	watched := &watcher{ResponseWriter: w}
	ws, err := upgrader.Upgrade(watched, r, nil)
	if err != nil {
		return
	}
	c := &conn{Line: faketest.NewLine(ws, k.hub.s.opts.Ping), ws: ws, frames: watched.frames}
	k.join(c)
	k.listen(c)
}

// join says hello, or that there are too many.
func (k *sockets) join(c *conn) {
	k.hub.s.mu.Lock()
	defer k.hub.s.mu.Unlock()
	switch {
	case k.off:
		k.leave(c, "link_disabled")
		return
	case len(k.open) >= mostOpen:
		k.leave(c, "too_many_websockets")
		return
	}
	k.open = append(k.open, c)
	if life := k.hub.s.opts.Refresh; life > 0 {
		k.hub.timers.After(life, func() { k.refresh(c, "refresh_requested") })
	}
	c.Say(answer{
		"type": "hello", "num_connections": len(k.open), "connection_info": answer{"app_id": App},
		"debug_info": answer{"host": "applink-fake", "build_number": 1, "approximate_connection_time": 18060},
	})
}

// listen reads until the connection ends.
func (k *sockets) listen(c *conn) {
	for {
		_, text, err := c.ws.ReadMessage()
		if err != nil {
			break
		}
		if !c.Frozen() {
			k.heard(text, c.frames.parted())
		}
	}
	c.Cut()
	k.hub.s.mu.Lock()
	defer k.hub.s.mu.Unlock()
	k.open = slices.DeleteFunc(k.open, func(other *conn) bool { return other == c })
	for _, t := range k.flying(c) {
		k.hub.missed(t, "connection_failed")
	}
}

// flying are the tries that a connection was given, in their order.
func (k *sockets) flying(c *conn) []*try {
	var found []*try
	for _, t := range k.hub.flights {
		if t.conn == c {
			found = append(found, t)
		}
	}
	slices.SortFunc(found, func(a, b *try) int {
		return slices.Index(k.hub.sent, a.delivery) - slices.Index(k.hub.sent, b.delivery)
	})
	return found
}

// heard takes an acknowledgement.
func (k *sockets) heard(text []byte, parted bool) {
	var a struct {
		Envelope string          `json:"envelope_id"`
		Payload  json.RawMessage `json:"payload"`
	}
	k.hub.s.mu.Lock()
	defer k.hub.s.mu.Unlock()
	if len(text) > tooLarge {
		k.large++
		return
	}
	if parted {
		k.broken++
		return
	}
	if json.Unmarshal(text, &a) == nil {
		if string(a.Payload) == "null" {
			a.Payload = nil
		}
		k.hub.acknowledged(a.Envelope, a.Payload)
	}
}

// next is the connection whose turn it is. One that was asked to go has a turn only if
// there is no other.
func (k *sockets) next() *conn {
	stay := slices.DeleteFunc(slices.Clone(k.open), func(c *conn) bool { return c.leaving })
	if len(stay) == 0 {
		stay = k.open
	}
	if len(stay) == 0 {
		return nil
	}
	k.turn++
	return stay[k.turn%len(stay)]
}

// overlap is how long a socket lives that was asked to reconnect.
const overlap = 10 * time.Second

// refresh asks a socket to reconnect, and ends it a little later. A warning comes as long
// before that.
func (k *sockets) refresh(c *conn, reason string) {
	if !slices.Contains(k.open, c) {
		return
	}
	c.disconnect(reason)
	if reason == "warning" {
		k.hub.timers.After(overlap, func() { k.refresh(c, "refresh_requested") })
		return
	}
	c.leaving = true
	k.hub.timers.After(overlap, func() { k.leave(c, "") })
}

// leave ends a socket politely, with the reason if there is one.
func (k *sockets) leave(c *conn, reason string) {
	k.open = slices.DeleteFunc(k.open, func(other *conn) bool { return other == c })
	if reason != "" {
		c.disconnect(reason)
	}
	c.End(websocket.CloseNormalClosure, "")
}
