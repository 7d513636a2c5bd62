package siotest

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
)

type event struct {
	name string
	args []json.RawMessage
}

// inbox is what has come and was not asked for yet.
type inbox struct {
	fresh chan struct{} // that there is something new
	hello chan string   // the id of the socket, once it is connected
	ended chan struct{}

	mu     sync.Mutex
	events []event
	last   int // id of the last packet that was to be acknowledged
	acks   map[int]chan []json.RawMessage
	err    error // why it ended
}

func newInbox() *inbox {
	return &inbox{
		fresh: make(chan struct{}, 1), hello: make(chan string, 1), ended: make(chan struct{}),
		acks: map[int]chan []json.RawMessage{},
	}
}

// end says why nothing more comes; the first reason counts.
func (b *inbox) end(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err == nil {
		b.err = err
		close(b.ended)
	}
}

func (b *inbox) why() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.err
}

// connected waits for the answer to the CONNECT.
func (b *inbox) connected(ctx context.Context) (id string, err error) {
	select {
	case id = <-b.hello:
		return id, nil
	case <-b.ended:
		return "", b.why()
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func (b *inbox) next(ctx context.Context) (event, error) {
	for {
		if e, ok, err := b.take(); ok || err != nil {
			return e, err
		}
		select {
		case <-b.fresh:
		case <-b.ended:
		case <-ctx.Done():
			return event{}, ctx.Err()
		}
	}
}

func (b *inbox) take() (e event, ok bool, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.events) == 0 {
		return e, false, b.err
	}
	e, b.events = b.events[0], b.events[1:]
	return e, true, nil
}

// expect gives the id for the next packet that is to be acknowledged.
func (b *inbox) expect() (id int, answer <-chan []json.RawMessage) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.last++
	ch := make(chan []json.RawMessage, 1)
	b.acks[b.last] = ch
	return b.last, ch
}

// message takes in a Socket.IO packet.
func (b *inbox) message(text string) error {
	if text == "" {
		return fmt.Errorf("an empty message")
	}
	kind, rest := text[0], text[1:]
	switch kind {
	case '0':
		return b.welcome(rest)
	case '1':
		return ErrDisconnected
	case '2':
		return b.event(rest)
	case '3':
		return b.ack(rest)
	case '4':
		return refused(rest)
	}
	return fmt.Errorf("a message of an unknown kind: %.80q", text)
}

func (b *inbox) welcome(text string) error {
	var hello struct {
		SID string `json:"sid"`
	}
	if err := json.Unmarshal([]byte(text), &hello); err != nil || hello.SID == "" {
		return fmt.Errorf("a CONNECT without a sid: %.80q", text)
	}
	b.hello <- hello.SID
	return nil
}

func (b *inbox) event(text string) error {
	var args []json.RawMessage
	var name string
	if err := json.Unmarshal([]byte(text), &args); err != nil || len(args) == 0 {
		return fmt.Errorf("an event that is no array: %.80q", text)
	}
	if err := json.Unmarshal(args[0], &name); err != nil {
		return fmt.Errorf("an event without a name: %.80q", text)
	}
	b.mu.Lock()
	b.events = append(b.events, event{name, args[1:]})
	b.mu.Unlock()
	select {
	case b.fresh <- struct{}{}:
	default:
	}
	return nil
}

func (b *inbox) ack(text string) error {
	var id int
	var args []json.RawMessage
	at := strings.IndexByte(text, '[')
	if at < 1 {
		return fmt.Errorf("an acknowledgement without an id: %.80q", text)
	}
	if _, err := fmt.Sscan(text[:at], &id); err != nil {
		return fmt.Errorf("an acknowledgement without an id: %.80q", text)
	}
	if err := json.Unmarshal([]byte(text[at:]), &args); err != nil {
		return fmt.Errorf("an acknowledgement that is no array: %.80q", text)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	answer, ok := b.acks[id]
	if !ok {
		return fmt.Errorf("an acknowledgement that nobody asked for, or the second: %.80q", text)
	}
	delete(b.acks, id)
	answer <- args
	return nil
}

func refused(text string) error {
	if strings.HasPrefix(text, "/") {
		_, text, _ = strings.Cut(text, ",")
	}
	var r Refused
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return fmt.Errorf("a CONNECT_ERROR that is no object: %.80q", text)
	}
	return &r
}
