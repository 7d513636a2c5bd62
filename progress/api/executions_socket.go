package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"time"

	"github.com/gorilla/websocket"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
	"github.com/taskherald/herald/progress/live"
)

// executionsBase is where the executions face begins.
const executionsBase = "/api/v1"

// watchRoute is the socket of the executions face.
var watchRoute = route{
	method: http.MethodGet, path: executionsBase + "/executions/:id/progress/ws", name: "watchExecution",
	right: progress.MayRead, face: executionsFace, do: watchExecution,
}

// watchExecution is WS /executions/{id}/progress/ws. Who asks for an execution
// that there is not is told so on the socket.
func watchExecution(c *call) error {
	t, err := c.task()
	missing := kit.CodeOf(err) == progress.NotFound
	if err != nil && !missing {
		return err
	}
	conn, err := upgrade(c)
	if conn == nil {
		return err
	}
	script := executionScript{now: c.now}
	if missing {
		sayMissing(conn, script.Trouble("Execution not found"))
		return nil
	}
	c.Hub.ServeSocket(conn, still(c, live.Subscription{Task: t.ID, Script: script}))
	return nil
}

// patienceFarewell is how long the last words to a socket may take.
const patienceFarewell = 3 * time.Second

// sayMissing sends one message and closes the socket. Whether it arrives is the
// peer's trouble.
func sayMissing(conn *websocket.Conn, m live.Message) {
	until := time.Now().Add(patienceFarewell)
	_ = conn.SetWriteDeadline(until)
	_ = conn.WriteMessage(websocket.TextMessage, m.JSON)
	_ = conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.ClosePolicyViolation, "there is no such execution"), until)
	_ = conn.SetReadDeadline(until)
	for {
		if _, _, err := conn.NextReader(); err != nil { // until the peer has answered
			break
		}
	}
	_ = conn.Close()
}

// executionScript tells of a task in the frames of the executions face.
type executionScript struct {
	now func() time.Time
}

// executionFrame is one frame. Which fields it has follows from its type.
type executionFrame struct {
	Type      string           `json:"type"`
	ID        progress.TaskID  `json:"execution_id,omitempty"`
	Status    progress.Status  `json:"status,omitempty"`
	Progress  any              `json:"progress,omitempty"` // *progress.WireExecutionProgress, null in a status frame while there is none
	Outputs   any              `json:"outputs,omitempty"`
	Error     any              `json:"error,omitempty"`
	Message   string           `json:"message,omitempty"`
	Timestamp progress.Instant `json:"timestamp"`
}

// message encodes a frame about a task, at the time of its newest change.
func (executionScript) message(f executionFrame, t *progress.Task) live.Message {
	f.ID, f.Status, f.Timestamp = t.ID, t.Status.Execution(), progress.Instant(t.UpdatedAt)
	return live.Message{JSON: asJSON(f), Ticks: f.Type == "progress"}
}

// asJSON is a value of ours as JSON.
func asJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("api: %T does not encode: %v", v, err))
	}
	return b
}

// Begin shows how the execution stands, and how it ended if it has.
func (s executionScript) Begin(now *progress.Task) []live.Message {
	out := []live.Message{s.message(executionFrame{Type: "status", Progress: progress.ExecutionProgressOf(*now)}, now)}
	if now.Status.Ended() {
		out = append(out, s.ended(now))
	}
	return out
}

// Then tells what has changed, and nothing where nothing has.
func (s executionScript) Then(was, now *progress.Task) []live.Message {
	var out []live.Message
	ran := *now
	if now.Status.Ended() {
		ran.Status = progress.Running // it was, in between
	}
	if began(was, now) {
		out = append(out, s.message(executionFrame{Type: "started"}, &ran))
	}
	if p := progress.ExecutionProgressOf(*now); p != nil && !reflect.DeepEqual(p, progress.ExecutionProgressOf(*was)) && now.Status != progress.Completed {
		out = append(out, s.message(executionFrame{Type: "progress", Progress: p}, &ran))
	}
	if now.Status.Ended() {
		out = append(out, s.ended(now))
	}
	return out
}

// began reports whether a worker has taken up a task that waited. One that is
// tried again knows still when it started the first time.
func began(was, now *progress.Task) bool {
	if was.Status != progress.Pending || now.Status == progress.Pending || now.StartedAt.IsZero() {
		return false
	}
	return !now.Status.Ended() || !now.StartedAt.Equal(was.StartedAt)
}

// ended tells how the execution ended.
func (s executionScript) ended(now *progress.Task) live.Message {
	f := executionFrame{Type: string(now.Status)}
	switch now.Status {
	case progress.Completed:
		f.Outputs = progress.OutputsOf(*now)
	case progress.Failed:
		f.Error = progress.ExecutionErrorOf(*now)
	}
	return s.message(f, now)
}

// Trouble says why the socket is closed.
func (s executionScript) Trouble(text string) live.Message {
	return live.Message{JSON: asJSON(executionFrame{Type: "error", Message: text, Timestamp: progress.Instant(s.now())})}
}
