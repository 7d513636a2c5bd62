package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/gorilla/websocket"

	"github.com/taskherald/herald/progress"
)

// Watch says what to watch.
type Watch struct {
	Task   progress.TaskID   // "" for all that the caller may see
	Kind   string            // only with all tasks
	Owner  string            // only with all tasks
	Labels map[string]string // only with all tasks
	Since  *int64            // only with one task: the Seq that the caller has; nil begins with a snapshot
	Logs   bool              // log lines that are written from now on
	Lines  *int64            // only with Logs and one task: the number of the line that the caller has; those after it come first
	Worker string            // only with one task: control frames for the worker of that name
}

// Watch yields frames as they come, in order. A break is mended by itself:
// of one task no milestone and no log line is missed or doubled, and of all tasks
// the snapshots come again.
//
// It ends after the terminal frame of a single task, when ctx ends, or after a
// *[Problem] that waiting cannot mend (401, 403, 404), which is yielded last. An
// error between frames is an *[Away]: the server could not be reached just now,
// and is tried again.
func (c *Client) Watch(ctx context.Context, w Watch) iter.Seq2[Frame, error] {
	return func(yield func(Frame, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		r := &reader{client: c, want: w, line: -1, yield: yield}
		if w.Since != nil {
			r.since = new(*w.Since)
		}
		if w.Lines != nil {
			r.line = *w.Lines
		}
		r.run(ctx)
	}
}

// reader watches for one caller.
type reader struct {
	client *Client
	want   Watch
	yield  func(Frame, error) bool

	since *int64 // the newest seq that the caller has, of one task
	line  int64  // the newest log line that the caller has, -1 if that is not known
	ended bool   // the newest milestone ended the run
	pace  backoff

	behind bool // lines are missing that this socket does not send
}

// errLeft is of a caller who wants no more.
var errLeft = errors.New("the reader has left")

func (r *reader) run(ctx context.Context) {
	for {
		fresh, err := r.read(ctx)
		switch {
		case err == nil, ctx.Err() != nil, errors.Is(err, errLeft), r.ended && fresh:
			return
		case !isAway(err):
			r.yield(Frame{}, err)
			return
		case !fresh && !r.yield(Frame{}, err):
			return
		}
		if !sleep(ctx, r.pace.next(after(err))) {
			return
		}
	}
}

// single reports whether one task is watched.
func (r *reader) single() bool { return r.want.Task != "" }

// read opens a socket and reads it to its end. fresh reports whether a frame
// came; the error is nil when there will be no more.
func (r *reader) read(ctx context.Context) (fresh bool, err error) {
	if err := r.findLine(ctx); err != nil {
		return false, err
	}
	conn, err := r.dial(ctx)
	if err != nil {
		return false, err
	}
	defer conn.Close() //nolint:errcheck // there is nothing to say any more
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	r.behind = r.want.Logs && r.single()
	for {
		_, b, err := conn.ReadMessage()
		if err != nil {
			return fresh, r.broken(err)
		}
		var f Frame
		if err := json.Unmarshal(b, &f); err != nil {
			return fresh, &Away{fmt.Errorf("a frame cannot be read: %w", err)}
		}
		f.Raw = b
		if !fresh {
			fresh = true
			r.pace.reset()
		}
		if err := r.follow(ctx, f); err != nil {
			return fresh, err
		}
	}
}

// follow yields a frame. With the first that shows how the task stands the server
// has begun to send new lines, so those before are read then; and before the end.
func (r *reader) follow(ctx context.Context, f Frame) error {
	if f.Ended() {
		if err := r.catchUp(ctx); err != nil {
			return err
		}
	}
	if !r.give(f) {
		return errLeft
	}
	if f.Type == "snapshot" || f.Type == "progress" {
		return r.catchUp(ctx)
	}
	return nil
}

// broken is the end of a socket: nil if the server has said all.
func (r *reader) broken(err error) error {
	e, ok := errors.AsType[*websocket.CloseError](err)
	if ok && e.Code == websocket.CloseNormalClosure && r.single() {
		return nil
	}
	return &Away{fmt.Errorf("%s has hung up: %w", r.client.URL(), err)}
}

// deadAfter is how long a socket may be silent. A server pings every 20 s.
const deadAfter = 75 * time.Second

// dial opens the socket.
func (r *reader) dial(ctx context.Context) (*websocket.Conn, error) {
	h := http.Header{}
	r.client.http.dress(h)
	conn, res, err := r.client.http.dialer.DialContext(ctx, r.address(), h)
	if err != nil && res != nil {
		defer res.Body.Close()
		body, _ := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
		return nil, refusalOf(res, body)
	}
	if err != nil {
		return nil, r.client.http.unreached(ctx, err)
	}
	conn.SetReadLimit(maxAnswer)
	alive := func() { _ = conn.SetReadDeadline(time.Now().Add(deadAfter)) } // what is broken shows at the next read
	alive()
	conn.SetPingHandler(func(text string) error {
		alive()
		_ = conn.WriteControl(websocket.PongMessage, []byte(text), time.Now().Add(deadAfter/5))
		return nil
	})
	return conn, nil
}

// address is the socket's URL.
func (r *reader) address() string {
	w, v := r.want, values{}
	path := "/ws/tasks"
	if r.single() {
		path += "/" + url.PathEscape(string(w.Task))
		if r.since != nil {
			v.add("since", strconv.FormatInt(*r.since, 10))
		}
		v.add("worker", w.Worker)
	} else {
		v = values(Query{Kind: w.Kind, Owner: w.Owner, Labels: w.Labels}.values())
	}
	v.yes("logs", w.Logs)
	return "ws" + r.client.http.address(request{path: path, query: url.Values(v)})[len("http"):]
}

// give yields a frame, without the log lines that the caller has, and notes what
// they have then.
func (r *reader) give(f Frame) bool {
	switch f.Type {
	case "log":
		if f.Lines = r.newLines(f.Lines); len(f.Lines) == 0 {
			return true
		}
	case "progress", "control":
	default:
		r.ended = r.single() && f.Ended()
	}
	if r.single() && (r.since == nil || f.Type == "snapshot" || f.Seq > *r.since) {
		r.since = new(f.Seq)
	}
	return r.yield(f, nil)
}

// newLines are those that the caller does not have yet.
func (r *reader) newLines(lines []progress.WireLine) []progress.WireLine {
	if !r.single() || len(lines) == 0 {
		return lines
	}
	lines = slices.DeleteFunc(lines, func(l progress.WireLine) bool { return l.N <= r.line })
	if len(lines) > 0 {
		r.line = lines[len(lines)-1].N
	}
	return lines
}

// findLine finds out after which line the output begins that is new.
func (r *reader) findLine(ctx context.Context) error {
	if !r.want.Logs || !r.single() || r.line >= 0 {
		return nil
	}
	lines, _, err := r.client.Logs(ctx, r.want.Task, LogQuery{Tail: 1})
	if err != nil {
		return err
	}
	r.line = 0
	for _, l := range lines {
		r.line = l.N
	}
	return nil
}

// catchUp yields the lines that were written before this socket sent them.
func (r *reader) catchUp(ctx context.Context) error {
	for r.behind {
		lines, next, err := r.client.Logs(ctx, r.want.Task, LogQuery{Since: r.line})
		if err != nil {
			return err
		}
		r.behind = next > 0
		if lines = r.newLines(lines); len(lines) == 0 {
			continue
		}
		at := time.Time(lines[len(lines)-1].At)
		if !r.yield(Frame{Type: "log", ID: r.want.Task, At: at, Lines: lines}, nil) {
			return errLeft
		}
	}
	return nil
}
