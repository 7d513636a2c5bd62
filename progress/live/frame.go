package live

import (
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/taskherald/herald/progress"
)

// frame is one message, encoded once for all who get it. It is never changed.
type frame struct {
	kind    string // its type
	seq     int64
	version int64
	ends    bool   // the run is over
	json    []byte // on one line

	once     sync.Once
	prepared *websocket.PreparedMessage
}

// message is the frame as a WebSocket sends it.
func (f *frame) message() (*websocket.PreparedMessage, error) {
	var err error
	f.once.Do(func() { f.prepared, err = websocket.NewPreparedMessage(websocket.TextMessage, f.json) })
	return f.prepared, err
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
	return &frame{kind: h.Type, seq: h.Seq, version: h.Version, json: b}
}

// snapshot shows a whole task.
func snapshot(t *progress.Task) *frame {
	h := headOf("snapshot", t, t.UpdatedAt)
	return encode(h, struct {
		head
		Task progress.Wire `json:"task"`
	}{h, t.Wire(progress.Whole)})
}

// logged shows log lines. It reflects no event that its reader has not been
// told of: whoever resumes after it must miss none.
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
	wish         int64 // Seq of the wish behind it
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
