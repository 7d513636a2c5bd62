package socketio

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// Event is an event for clients, encoded once for all sockets that get it. It
// never changes.
type Event struct{ packet *packet }

// NewEvent makes an event of a name and what json.Marshal makes of its
// arguments; a json.RawMessage goes as it is. It returns an error for what is
// no JSON, and for the few names that clients keep for themselves.
func NewEvent(name string, args ...any) (*Event, error) {
	if isReserved(name) {
		return nil, fmt.Errorf("an event cannot be called %q", name)
	}
	data, err := array(append([]any{name}, args...))
	if err != nil {
		return nil, fmt.Errorf("event %q: %w", name, err)
	}
	return &Event{newPacket("4", string(msgEvent), data)}, nil
}

// ackPacket acknowledges the event with that id.
func ackPacket(id string, args []any) (*packet, error) {
	data, err := array(args)
	if err != nil {
		return nil, err
	}
	return newPacket("4", string(msgAck), id, data), nil
}

// array encodes values as a JSON array. Raw messages may hold what is no UTF-8,
// which a WebSocket does not carry.
func array(values []any) (string, error) {
	if len(values) == 0 {
		return "[]", nil
	}
	data, err := json.Marshal(values)
	if err != nil {
		return "", err
	}
	if !utf8.Valid(data) {
		data = bytes.ToValidUTF8(data, []byte("\ufffd"))
	}
	return string(data), nil
}

// object encodes a value that always can be.
func object(v any) string {
	data, _ := json.Marshal(v)
	return string(data)
}
