package socketio

import (
	"slices"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"github.com/taskherald/herald/progress/api/socketio/siotest"
)

// nonsense is what ends a session. The first packets of each are in order.
var nonsense = []struct {
	name    string
	packets []string
}{
	{"nothing", []string{""}},
	{"an unknown packet", []string{"9"}},
	{"an open", []string{"0"}},
	{"a ping", []string{"2"}},
	{"a probe", []string{"2probe"}},
	{"an upgrade", []string{"5"}},
	{"a pong with something", []string{"3x"}},
	{"binary as base64", []string{"bAQID"}},
	{"an empty message", []string{"4"}},
	{"an unknown message", []string{"47"}},
	{"a binary event", []string{"40", `451-["x",{"_placeholder":true,"num":0}]`}},
	{"a binary acknowledgement", []string{"40", `461-1[{"_placeholder":true,"num":0}]`}},
	{"a CONNECT_ERROR", []string{"40", `44{"message":"x"}`}},
	{"a CONNECT with an id", []string{"401"}},
	{"a CONNECT with an array", []string{"40[]"}},
	{"a CONNECT with a half", []string{`40{"token":`}},
	{"a second CONNECT", []string{"40", "40"}},
	{"an event before the CONNECT", []string{`42["x"]`}},
	{"an acknowledgement before the CONNECT", []string{`431[]`}},
	{"a DISCONNECT before the CONNECT", []string{`41`}},
	{"a DISCONNECT with something", []string{"40", `41{}`}},
	{"an event without a name", []string{"40", `42[]`}},
	{"an event without anything", []string{"40", `42`}},
	{"an event that is null", []string{"40", `42null`}},
	{"an event that is an object", []string{"40", `42{"x":1}`}},
	{"an event whose name is a number", []string{"40", `42[1]`}},
	{"an event with a reserved name", []string{"40", `42["disconnect"]`}},
	{"an event and more", []string{"40", `42["x"]]`}},
	{"an event with too long an id", []string{"40", `421234567890123456["x"]`}},
	{"an event that is no UTF-8", []string{"40", "42[\"\xff\"]"}},
	{"an acknowledgement without an id", []string{"40", `43[]`}},
	{"an acknowledgement that is no array", []string{"40", `431{}`}},
	{"an event elsewhere", []string{"40", `42/other,["x"]`}},
	{"a DISCONNECT elsewhere", []string{"40", `41/other,`}},
	{"a CONNECT after the DISCONNECT", []string{"40", "41", "40"}},
	{"an event after the DISCONNECT", []string{"40", "41", `42["x"]`}},
}

func TestNonsenseEndsSessions(t *testing.T) {
	t.Parallel()
	s := newSite(t, Options{PerAddress: 1000})
	for _, c := range nonsense {
		conn := s.socket("")
		for _, packet := range c.packets {
			say(t, conn, packet)
		}
		var err error
		for err == nil {
			_, _, err = conn.ReadMessage()
		}
		if !websocket.IsUnexpectedCloseError(err) {
			t.Errorf("%s over a WebSocket: %v", c.name, err)
		}
		query := s.open()
		if status, _, text := s.ask("POST", query, strings.Join(c.packets, "\x1e")); status != 400 || text != `{"code":3,"message":"Bad request"}` {
			t.Errorf("%s in a POST: %d %s", c.name, status, text)
		}
		if status, _, text := s.ask("GET", query, ""); status != 400 || text != `{"code":1,"message":"Session ID unknown"}` {
			t.Errorf("after %s in a POST: %d %s", c.name, status, text)
		}
	}
	s.empty()
	if len(s.heard) > 0 {
		t.Errorf("heard %q", s.heard)
	}
}

func TestBinaryEndsSessions(t *testing.T) {
	t.Parallel()
	s := newSite(t, Options{})
	conn := s.socket("")
	read(t, conn)
	if err := conn.WriteMessage(websocket.BinaryMessage, []byte("40")); err != nil {
		t.Fatal(err)
	}
	if _, text, err := conn.ReadMessage(); err == nil {
		t.Errorf("a binary message was answered %q", text)
	}
	d := &desk{t: t, Server: s.server}
	q := d.connect()
	r := httptestPost(q, "40")
	r.Header.Set("Content-Type", "application/octet-stream")
	if w := d.record(r); w.Code != 400 {
		t.Errorf("a binary POST: %d", w.Code)
	}
	s.empty()
}

func TestHarmlessPackets(t *testing.T) {
	t.Parallel()
	s := newSite(t, Options{})
	c, _ := s.dial(siotest.Options{})
	for _, packet := range []string{"3", "6", "431[1]", `42["plain"]`, `42/,["rooted"]`, `420["zero",1]`} {
		if err := c.Raw(soon(t), packet); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.Emit(soon(t), "echo"); err != nil {
		t.Fatal(err)
	}
	if want := []string{"plain", "rooted", "zero"}; !slices.Equal(s.heard, want) {
		t.Errorf("heard %q", s.heard)
	}
}

func TestOtherNamespaces(t *testing.T) {
	t.Parallel()
	s := newSite(t, Options{})
	conn := s.socket("")
	read(t, conn)
	say(t, conn, `40/admin,{"token":"x"}`)
	if got := read(t, conn); got != `44/admin,{"message":"Invalid namespace"}` {
		t.Errorf("another namespace: %s", got)
	}
	say(t, conn, "40/")
	if got := read(t, conn); !strings.HasPrefix(got, `40{"sid":"`) {
		t.Errorf("then the default one: %s", got)
	}
}

func TestAcknowledgements(t *testing.T) {
	t.Parallel()
	s := newSite(t, Options{})
	conn := s.socket("")
	say(t, conn, "40")
	read(t, conn)
	read(t, conn)
	say(t, conn, `42999["echo",{"a": "ü"},null]`)
	if got := read(t, conn); got != `43999[{"a":"ü"},null]` {
		t.Errorf("the acknowledgement is %s", got)
	}
	say(t, conn, `42["echo","nobody asked"]`)
	say(t, conn, `420["echo"]`)
	if got := read(t, conn); got != "430[]" {
		t.Errorf("the next is %s, want 430[]: once each, and only if asked for", got)
	}
}

// TestEarlyEvents emits before the client is accepted.
func TestEarlyEvents(t *testing.T) {
	t.Parallel()
	bubble(t, Options{Packets: 2, Connect: emitting(1)}, func(d *desk) {
		conn := d.socket("")
		read(t, conn)
		say(t, conn, "40")
		if a, b := read(t, conn), read(t, conn); !strings.HasPrefix(a, "40{") || b != `42["early",0]` {
			t.Errorf("%s, then %s", a, b)
		}
	})
	bubble(t, Options{Packets: 2, Connect: emitting(3)}, func(d *desk) {
		conn := d.socket("")
		read(t, conn)
		say(t, conn, "40")
		if _, text, err := conn.ReadMessage(); err == nil {
			t.Errorf("more than fits was emitted, and %s came", text)
		}
	})
}

func TestEvents(t *testing.T) {
	t.Parallel()
	e := event("x", []byte(nil), []int{1}, "\xff", rawJSON(`{ "a" : "`+"\xfe"+`" }`))
	if got, want := string(e.packet.text), `42["x",null,[1],"�",{"a":"�"}]`; got != want && got != strings.ReplaceAll(want, `"�",`, `"\ufffd",`) {
		t.Errorf("%s, want %s", got, want)
	}
	if got := string(event("x").packet.text); got != `42["x"]` {
		t.Error(got)
	}
	for _, arg := range []any{make(chan int), rawJSON(`{"half":`), rawJSON("")} {
		if e, err := NewEvent("x", arg); err == nil {
			t.Errorf("%v became %s", arg, e.packet.text)
		}
	}
	for name := range strings.FieldsSeq(reserved) {
		if _, err := NewEvent(name); err == nil {
			t.Errorf("an event is called %s", name)
		}
	}
}
