package socketio

import (
	"bytes"
	"encoding/binary"
)

// separator stands between the packets of a poll.
const separator = 0x1e

// The Engine.IO packets that say nothing but what they are.
const (
	engineClose  = "1"
	enginePing   = "2"
	enginePong   = "3"
	engineNoop   = "6"
	probePing    = "2probe"
	probePong    = "3probe"
	probeUpgrade = "5"
)

// packet is an Engine.IO packet as it is sent, encoded once for all who get it.
type packet struct {
	wire []byte // a WebSocket frame
	text []byte // what is in the frame, as a poll gets it
}

// The first byte of a final frame, by what it holds.
const (
	frameText = 0x81
	framePong = 0x8a
)

func newPacket(parts ...string) *packet {
	var text []byte
	for _, p := range parts {
		text = append(text, p...)
	}
	return framed(frameText, text)
}

// framed puts a text into a frame as a server sends it, which is not masked.
func framed(kind byte, text []byte) *packet {
	wire := make([]byte, 0, len(text)+10)
	wire = append(wire, kind)
	switch n := len(text); {
	case n < 126:
		wire = append(wire, byte(n))
	case n < 1<<16:
		wire = binary.BigEndian.AppendUint16(append(wire, 126), uint16(n))
	default:
		wire = binary.BigEndian.AppendUint64(append(wire, 127), uint64(n))
	}
	head := len(wire)
	wire = append(wire, text...)
	return &packet{wire: wire, text: wire[head:]}
}

// payload is what a poll is answered with.
func payload(packets []*packet) []byte {
	texts := make([][]byte, len(packets))
	for i, p := range packets {
		texts[i] = p.text
	}
	return bytes.Join(texts, []byte{separator})
}

// queue is what waits for a peer. The zero queue is empty and holds nothing.
type queue struct {
	packets []*packet
	bytes   int
}

// fits reports whether one more is within the bounds. The first always is: what
// is too large for any queue would never arrive, however often the client
// comes back.
func (q *queue) fits(p *packet, o *Options) bool {
	return len(q.packets) == 0 || (len(q.packets) < o.Packets && q.bytes+len(p.text) <= o.Bytes)
}

func (q *queue) put(p *packet) {
	q.packets = append(q.packets, p)
	q.bytes += len(p.text)
}

// take takes the oldest packets: one, and more while they have at most that many
// bytes together. It returns nil when none wait.
func (q *queue) take(most int) []*packet {
	if len(q.packets) == 0 {
		return nil
	}
	n, size := 0, 0
	for n < len(q.packets) && (n == 0 || size+len(q.packets[n].text) <= most) {
		size += len(q.packets[n].text)
		n++
	}
	out := q.packets[:n:n]
	q.packets = q.packets[n:]
	q.bytes -= size
	if len(q.packets) == 0 {
		q.packets = nil
	}
	return out
}
