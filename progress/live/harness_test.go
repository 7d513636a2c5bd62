package live

import (
	"bufio"
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/bus"
)

var (
	root   = progress.Actor{Person: "root", Rights: progress.MayAdmin, All: true}
	worker = progress.Actor{Person: "ci", Rights: progress.MayReport, All: true}
	ann    = progress.Actor{Person: "ann", Rights: progress.MayRead | progress.MayOperate | progress.MayApprove}
	bob    = progress.Actor{Person: "bob", Rights: progress.MayRead | progress.MayOperate | progress.MayApprove}
)

// desk is a far side in memory: tasks, their events and lines, and the bell.
type desk struct {
	testing.TB
	*bus.Local
	mu    sync.Mutex
	tasks map[progress.TaskID]*record
	fails error         // of every read, while it is set
	slow  time.Duration // of every load
	loads int
	mute  bool // rings are lost
	far   bool // they come from another process
}

type record struct {
	task   progress.Task
	events []progress.Event
	lines  []progress.LogLine
}

func newDesk(t testing.TB) *desk {
	return &desk{TB: t, Local: bus.NewLocal(), tasks: map[progress.TaskID]*record{}}
}

func (d *desk) options() Options {
	return Options{Bell: d, Task: d.task, Live: d.live, Events: d.events, Lines: d.lines}
}

// hub is a hub on the desk, closed with the test.
func (d *desk) hub(change ...func(*Options)) *Hub {
	o := d.options()
	o.Log = slog.New(slog.NewTextHandler(d.Output(), nil))
	for _, c := range change {
		c(&o)
	}
	h := New(o)
	d.Cleanup(h.Close)
	return h
}

func (d *desk) task(_ context.Context, id progress.TaskID) (progress.Task, error) {
	d.mu.Lock()
	slow := d.slow
	d.mu.Unlock()
	if slow > 0 {
		time.Sleep(slow)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.loads++
	r, ok := d.tasks[id]
	switch {
	case d.fails != nil:
		return progress.Task{}, d.fails
	case !ok:
		return progress.Task{}, &progress.Error{Code: progress.NotFound, Say: "there is no such task"}
	}
	return r.task, nil
}

func (d *desk) live(context.Context) ([]progress.Task, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []progress.Task
	for _, id := range slices.Sorted(maps.Keys(d.tasks)) {
		if t := d.tasks[id].task; !t.Status.Ended() {
			out = append(out, t)
		}
	}
	return out, d.fails
}

func (d *desk) events(_ context.Context, id progress.TaskID, since int64, limit int) ([]progress.Event, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fails != nil {
		return nil, d.fails
	}
	return after(d.tasks[id].events, since, limit, func(e progress.Event) int64 { return e.Seq }), nil
}

func (d *desk) lines(_ context.Context, id progress.TaskID, since int64, limit int) ([]progress.LogLine, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return after(d.tasks[id].lines, since, limit, func(l progress.LogLine) int64 { return l.N }), d.fails
}

func after[T any](all []T, since int64, limit int, number func(T) int64) []T {
	var out []T
	for _, v := range all {
		if number(v) > since && len(out) < limit {
			out = append(out, v)
		}
	}
	return out
}

// do gives a command, keeps what follows and rings.
func (d *desk) do(id string, by progress.Actor, do progress.Change) {
	d.Helper()
	if err := d.try(id, by, do); err != nil {
		d.Fatalf("%s: %v", do.Verb(), err)
	}
}

func (d *desk) try(id string, by progress.Actor, do progress.Change) error {
	d.mu.Lock()
	r := d.tasks[progress.TaskID(id)]
	if r == nil {
		r = &record{}
	}
	before := r.task
	now, events, err := progress.Act(before, progress.Command{Task: progress.TaskID(id), By: by, Via: progress.ViaREST, Do: do}, time.Now())
	if err != nil {
		d.mu.Unlock()
		return err
	}
	r.task = now
	for _, e := range events {
		if e.Seq > 0 {
			r.events = append(r.events, e)
		}
		r.lines = append(r.lines, e.Data.Lines...)
	}
	d.tasks[progress.TaskID(id)] = r
	mute, far := d.mute, d.far
	d.mu.Unlock()
	if !mute && (now.Version != before.Version || now.Lines != before.Lines) {
		m := progress.Moved{Task: now.ID, Kind: now.Spec.Kind, Status: now.Status, Seq: before.Seq}
		if !far {
			m.Path = []progress.Move{{Was: &before, Now: &now, Do: do, By: by.Person, Events: events}}
		}
		d.Ring([]progress.Moved{m})
	}
	return nil
}

func (d *desk) set(change func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	change()
}

// now is a task as it is.
func (d *desk) now(id string) progress.Task {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.tasks[progress.TaskID(id)].task
}

// create makes a task with steps.
func (d *desk) create(id string, names ...string) {
	d.Helper()
	d.do(id, root, created(names...))
}

func created(names ...string) progress.Create {
	c := progress.Create{Spec: progress.Spec{Title: "CRM", Kind: "crm"}}
	for _, n := range names {
		c.Steps = append(c.Steps, progress.Plan{Name: n})
	}
	return c
}

func at(n int, s progress.StepStatus) progress.Report {
	return progress.Report{Step: progress.StepRef{Order: n}, StepStatus: s}
}

func tickTo(n int, p float64) progress.Report {
	return progress.Report{Step: progress.StepRef{Order: n}, StepProgress: &p}
}

// said is a frame as a client reads it.
type said struct {
	Type    string              `json:"type"`
	Task    progress.TaskID     `json:"task_id"`
	Seq     int64               `json:"seq"`
	Version int64               `json:"version"`
	At      string              `json:"at"`
	Percent float64             `json:"percent"`
	Step    *progress.StepLine  `json:"step"`
	Steps   []progress.StepLine `json:"steps"`
	Lines   []map[string]any    `json:"lines"`
	Control string              `json:"control"`
	text    string
}

// client is a reader at the other end of a socket.
type client struct {
	testing.TB
	conn *websocket.Conn
	end  *websocket.CloseError // once it has been closed
	lost error                 // how it broke off otherwise
}

// dial opens a socket on a pipe.
func (d *desk) dial(h *Hub, s Subscription) *client {
	d.Helper()
	server, peer := net.Pipe()
	up := NewUpgrader(nil)
	go func() {
		in := bufio.NewReader(server)
		r, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		if conn, err := up.Upgrade(&hijacked{conn: server, in: in}, r, nil); err == nil {
			h.ServeSocket(conn, s)
		}
	}()
	dialer := websocket.Dialer{
		WriteBufferSize: 2 * mostRead, // a message in one frame
		NetDial:         func(string, string) (net.Conn, error) { return peer, nil },
	}
	conn, _, err := dialer.Dial("ws://herald/", nil)
	if err != nil {
		d.Fatal(err)
	}
	d.Cleanup(func() { conn.Close() })
	return &client{TB: d, conn: conn}
}

// hijacked is the answer of a server whose connection is taken over.
type hijacked struct {
	http.ResponseWriter
	conn net.Conn
	in   *bufio.Reader
}

func (w *hijacked) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return w.conn, bufio.NewReadWriter(w.in, bufio.NewWriter(w.conn)), nil
}

// next is the next frame; ok is false at the end, or when nothing has come for
// long.
func (c *client) next() (f said, ok bool) {
	c.Helper()
	return c.within(10 * time.Minute)
}

func (c *client) within(d time.Duration) (f said, ok bool) {
	c.Helper()
	_ = c.conn.SetReadDeadline(time.Now().Add(d))
	_, text, err := c.conn.ReadMessage()
	if err != nil {
		end, closed := err.(*websocket.CloseError)
		if closed && end.Code != websocket.CloseAbnormalClosure {
			c.end = end
		} else {
			c.lost = err
		}
		return f, false
	}
	return parse(c, string(text)), true
}

func parse(t testing.TB, text string) said {
	t.Helper()
	f := said{text: text}
	if err := json.Unmarshal([]byte(text), &f); err != nil {
		t.Errorf("%v in %s", err, text)
	}
	if f.Type == "" || f.Task == "" || f.At == "" || f.Version == 0 {
		t.Errorf("a frame without its head: %s", text)
	}
	return f
}

// want reads frames of these types, and no others.
func (c *client) want(types ...string) (last said) {
	c.Helper()
	for _, want := range types {
		f, ok := c.next()
		if !ok {
			c.Fatalf("closed (%v, %v), want %s", c.end, c.lost, want)
		}
		if f.Type != want {
			c.Fatalf("got %s, want %s", f.text, want)
		}
		last = f
	}
	return last
}

// closed reads the close frame.
func (c *client) closed(code int) {
	c.Helper()
	if f, ok := c.next(); ok {
		c.Fatalf("got %s, want the end", f.text)
	}
	if c.end == nil || c.end.Code != code {
		c.Fatalf("closed with %v, %v, want %d", c.end, c.lost, code)
	}
}

// silent holds that nothing comes; under synctest, with all else at rest.
func (c *client) silent(d time.Duration) {
	c.Helper()
	if f, ok := c.within(d); ok {
		c.Fatalf("got %s, want nothing", f.text)
	}
	if c.lost == nil {
		c.Fatalf("closed with %v, want nothing", c.end)
	}
}
