package socketio

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"
)

// The Socket.IO packets, by their first character.
const (
	msgConnect      = '0'
	msgDisconnect   = '1'
	msgEvent        = '2'
	msgAck          = '3'
	msgConnectError = '4'
)

// reserved are names that mean something else to clients and may not be those of events.
const reserved = "connect connect_error disconnect disconnecting newListener removeListener"

// errMalformed is that a peer does not speak the protocol.
var errMalformed = errors.New("malformed packet")

// message is a Socket.IO packet of a client.
type message struct {
	kind  byte
	space string            // the namespace, "/" by default
	id    string            // decimal; "" when no acknowledgement is asked for
	data  json.RawMessage   // nil when there is none
	name  string            // of an event
	args  []json.RawMessage // of an event
}

// decode reads what follows the 4 of an Engine.IO message.
func decode(text []byte) (m message, err error) {
	if len(text) == 0 || !utf8.Valid(text) {
		return m, errMalformed
	}
	m.kind, m.space = text[0], "/"
	rest := text[1:]
	if len(rest) > 0 && rest[0] == '/' {
		space, after, _ := bytes.Cut(rest, []byte{','})
		m.space, rest = string(space), after
	}
	if m.id, rest, err = cutID(rest); err != nil {
		return m, err
	}
	if len(rest) > 0 {
		m.data = json.RawMessage(rest)
	}
	return m, m.check()
}

// maxID is how many digits an id may have: more are no exact number in a client.
const maxID = 15

func cutID(text []byte) (id string, rest []byte, err error) {
	n := 0
	for n < len(text) && text[n] >= '0' && text[n] <= '9' {
		n++
	}
	if n > maxID {
		return "", nil, errMalformed
	}
	return string(text[:n]), text[n:], nil
}

// check looks whether a packet of its kind may be as it is, and reads the
// arguments of an event.
func (m *message) check() error {
	ok := false
	switch m.kind {
	case msgConnect:
		ok = m.id == "" && (m.data == nil || (m.data[0] == '{' && json.Valid(m.data)))
	case msgDisconnect:
		ok = m.id == "" && m.data == nil
	case msgEvent:
		ok = m.event()
	case msgAck:
		ok = m.id != "" && m.data != nil && m.data[0] == '[' && json.Valid(m.data)
	}
	if !ok {
		return errMalformed
	}
	return nil
}

func (m *message) event() bool {
	if json.Unmarshal(m.data, &m.args) != nil || len(m.args) == 0 || m.args[0][0] != '"' {
		return false
	}
	if json.Unmarshal(m.args[0], &m.name) != nil || isReserved(m.name) {
		return false
	}
	m.args = m.args[1:]
	return true
}

func isReserved(name string) bool { return slices.Contains(strings.Fields(reserved), name) }
