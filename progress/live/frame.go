package live

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"github.com/gorilla/websocket"

	"github.com/taskherald/herald/progress"
)

// frame is one message, encoded once for all who get it. It is never changed.
type frame struct {
	kind    string // its type
	seq     int64
	version int64
	ends    bool    // the run is over
	notice  *notice // of a lifecycle frame: what people are told of it; nil for nothing
	wire    []byte  // as a WebSocket sends it
	json    []byte  // the end of wire: one line of JSON
}

// textHeader is the header of a text message of that many bytes, in one piece
// and not masked, as servers send it (RFC 6455, section 5.2).
func textHeader(size int) []byte {
	const whole = 0x80 | websocket.TextMessage
	switch {
	case size < 126:
		return []byte{whole, byte(size)}
	case size < 1<<16:
		return binary.BigEndian.AppendUint16([]byte{whole, 126}, uint16(size))
	}
	return binary.BigEndian.AppendUint64([]byte{whole, 127}, uint64(size))
}

// head is what every frame has.
type head struct {
	Type    string           `json:"type"`
	ID      progress.TaskID  `json:"task_id"`
	Seq     int64            `json:"seq"` // of the newest event that it reflects
	Version int64            `json:"version"`
	At      progress.Instant `json:"at"`
}

func headOf(kind string, t *progress.Task, at time.Time) head {
	return head{kind, t.ID, t.Seq, t.Version, progress.Instant(at)}
}

func encode(h head, body any) *frame {
	b, err := json.Marshal(body)
	if err != nil {
		panic(fmt.Sprintf("live: %T does not encode: %v", body, err)) // our own types, whose JSON was checked
	}
	header := textHeader(len(b))
	wire := append(header, b...)
	return &frame{kind: h.Type, seq: h.Seq, version: h.Version, wire: wire, json: wire[len(header):]}
}

// snapshot shows a whole task.
func (o *Options) snapshot(t *progress.Task) *frame {
	h := headOf("snapshot", t, t.UpdatedAt)
	return encode(h, struct {
		head
		Task progress.Wire `json:"task"`
	}{h, t.Wire(progress.Whole, o.ETA(t))})
}

// logged shows log lines.
func logged(told *progress.Task, lines []progress.LogLine) *frame {
	shown := make([]progress.WireLine, len(lines))
	for i, l := range lines {
		shown[i] = l.Wire()
	}
	h := headOf("log", told, lines[len(lines)-1].At)
	return encode(h, struct {
		head
		Lines []progress.WireLine `json:"lines"`
	}{h, shown})
}

// order is a directive for a worker, and the execution it is for.
type order struct {
	progress.Directive
	run, attempt int
	wish         int64 // Seq of the wish behind it, 0 if it follows from the task's state
}

func controlled(told *progress.Task, o order, step *progress.StepLine) *frame {
	h := headOf("control", told, told.UpdatedAt)
	return encode(h, struct {
		head
		Control progress.Control   `json:"control"`
		Step    *progress.StepLine `json:"step"`
		Run     int                `json:"run"`
		Attempt int                `json:"attempt"`
	}{h, o.Control, step, o.run, o.attempt})
}
