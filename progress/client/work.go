package client

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/taskherald/herald/progress"
)

// Work is the worker's side of the server: it creates tasks, reports on them
// and claims them. Each method is one call; a [Reporter] makes them for you.
type Work struct{ http *caller }

// Draft is a task to be created.
type Draft struct {
	ID          progress.TaskID            `json:"id,omitempty"`
	Title       string                     `json:"title"`
	Kind        string                     `json:"kind,omitempty"`
	Owner       string                     `json:"owner,omitempty"` // a person or "group:NAME"; "" for everyone
	Labels      map[string]string          `json:"labels,omitempty"`
	Metadata    map[string]json.RawMessage `json:"metadata,omitempty"`
	Inputs      json.RawMessage            `json:"inputs,omitempty"`
	Complexity  *float64                   `json:"complexity,omitempty"`
	Steps       []DraftStep                `json:"steps,omitempty"`
	Parent      progress.TaskID            `json:"parent,omitempty"`
	CallbackURL string                     `json:"callback_url,omitempty"`
	Callback    []string                   `json:"callback_events,omitempty"` // what else is sent to CallbackURL: progress, kinds such as task.paused, beginnings such as approval.*
	Controls    []progress.Verb            `json:"controls,omitzero"`         // what the worker obeys; nil: everything
	StallAfter  *int64                     `json:"stall_after,omitempty"`     // seconds without a word before the task says so; 0 is for ever, nil as the server is set
}

// DraftStep is a step of its plan.
type DraftStep struct {
	Name         string         `json:"name"`
	Weight       float64        `json:"weight,omitempty"`
	Substeps     []string       `json:"substeps,omitempty"`
	Approval     *progress.Gate `json:"approval,omitempty"`
	AllowFailure bool           `json:"allow_failure,omitempty"`
}

// Answer is what a worker is told after a report or heartbeat.
type Answer struct {
	Task    progress.TaskID  `json:"task_id"`
	Status  progress.Status  `json:"status"`
	Version int64            `json:"version"`
	Control progress.Control `json:"control"` // "" means carry on
	Step    int              `json:"step"`    // that Control is about, 0 for none
	Run     int              `json:"run"`     // the task's present one
	Attempt int              `json:"attempt"`
}

// Line is one report among many.
type Line struct {
	Task    progress.TaskID `json:"task_id"`
	Run     int             `json:"run,omitempty"` // 0 means the present one
	Attempt int             `json:"attempt,omitempty"`
	progress.Report
}

// LineAnswer is the answer to one of them. Where Code is neither 200 nor 409 the
// answer holds no more than the task's id.
type LineAnswer struct {
	Answer
	Code   int    `json:"code"` // the HTTP status that it would have had alone
	Detail string `json:"detail"`
}

// Create makes a task. A draft without an id gets one. The same draft may be
// sent again within 24 h and gets the same answer.
func (w Work) Create(ctx context.Context, d Draft) (t Task, err error) {
	if d.ID == "" {
		d.ID = NewTaskID()
	}
	err = w.http.post(ctx, "/api/tasks", "create-"+string(d.ID), d, &t)
	return t, err
}

// Report gives one report. A zero fence means the present run and attempt.
func (w Work) Report(ctx context.Context, id progress.TaskID, f progress.Fence, r progress.Report) (Answer, error) {
	return w.tell(ctx, id, "/progress", Line{id, f.Run, f.Attempt, r})
}

// beat is a heartbeat as the wire has it.
type beat struct {
	Worker  string `json:"worker,omitempty"`
	Lease   string `json:"lease,omitempty"`
	Run     int    `json:"run,omitempty"`
	Attempt int    `json:"attempt,omitempty"`
}

// Heartbeat says that the worker is alive.
func (w Work) Heartbeat(ctx context.Context, id progress.TaskID, f progress.Fence, h progress.Heartbeat) (Answer, error) {
	return w.tell(ctx, id, "/heartbeat", beat{h.Worker, h.Lease, f.Run, f.Attempt})
}

func (w Work) tell(ctx context.Context, id progress.TaskID, what string, body any) (a Answer, err error) {
	if err = w.http.post(ctx, taskPath(id)+what, "", body, &a); err == nil && a.Status == "" {
		err = &Away{errors.New("the answer says nothing of the task; is the URL that of a Herald server?")}
	}
	return a, err
}

// Reports gives many reports in one request, up to 100,000 and 16 MiB, and
// returns their answers in order. Fewer answers than reports come with an
// error: what became of the others is not known.
func (w Work) Reports(ctx context.Context, lines []Line) ([]LineAnswer, error) {
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	for i, l := range lines {
		if err := enc.Encode(l); err != nil {
			return nil, fmt.Errorf("report %d cannot be sent: %w", i+1, err)
		}
	}
	return w.reports(ctx, body.Bytes(), len(lines))
}

// reports sends n lines that are encoded.
func (w Work) reports(ctx context.Context, body []byte, n int) ([]LineAnswer, error) {
	if n == 0 {
		return nil, nil
	}
	var got []byte
	_, err := w.http.do(ctx, request{method: http.MethodPost, path: "/api/reports", body: body, lines: true}, &got)
	if err != nil {
		return nil, err
	}
	out := make([]LineAnswer, 0, n)
	for line := range bytes.Lines(got) {
		var a LineAnswer
		if len(out) == n || json.Unmarshal(line, &a) != nil || a.Code == 0 {
			break
		}
		out = append(out, a)
	}
	if len(out) < n {
		return out, &Away{fmt.Errorf("the answer breaks off after %d of %d reports", len(out), n)}
	}
	return out, nil
}

// sentLine is a log line as the wire takes it.
type sentLine struct {
	At    time.Time `json:"at,omitzero"`
	Level string    `json:"level,omitempty"`
	Step  string    `json:"step,omitempty"`
	Line  string    `json:"line"`
}

// Log appends lines to a task's output, up to 100,000 and 16 MiB.
func (w Work) Log(ctx context.Context, id progress.TaskID, lines []progress.LogLine) error {
	if len(lines) == 0 {
		return nil
	}
	return w.log(ctx, id, rand.Text(), logBody(lines))
}

func logBody(lines []progress.LogLine) []byte {
	body, _ := json.Marshal(sentLines(lines)) // of plain values: cannot fail
	return body
}

func sentLines(lines []progress.LogLine) []sentLine {
	out := make([]sentLine, len(lines))
	for i, l := range lines {
		out[i] = sentLine{l.At, l.Level, l.Step, l.Line}
	}
	return out
}

func logLines(sent []sentLine) []progress.LogLine {
	out := make([]progress.LogLine, len(sent))
	for i, l := range sent {
		out[i] = progress.LogLine{At: l.At, Level: l.Level, Step: l.Step, Line: l.Line}
	}
	return out
}

// log sends lines that are encoded; under one key they count once.
func (w Work) log(ctx context.Context, id progress.TaskID, key string, body []byte) error {
	var taken struct {
		Status progress.Status `json:"status"`
	}
	return w.http.post(ctx, taskPath(id)+"/logs", key, body, &taken)
}

// Claimed is a task and the lease on it.
type Claimed struct {
	Task
	Lease string `json:"lease"` // a secret, to report with
}

// Claim takes a pending task of one of the kinds for the worker of that name,
// and waits for one up to wait, at most 60 s. It reports whether there was one.
func (w Work) Claim(ctx context.Context, kinds []string, worker string, wait time.Duration) (t Claimed, ok bool, err error) {
	body := struct {
		Kinds  []string `json:"kinds"`
		Worker string   `json:"worker"`
		Wait   int      `json:"wait_seconds,omitempty"`
	}{kinds, worker, int(wait / time.Second)}
	status, err := w.http.do(ctx, request{method: http.MethodPost, path: "/api/tasks/claim", body: body, wait: wait}, &t)
	return t, err == nil && status == http.StatusOK, err
}

// Decision is where an approval stands, and what its worker does now.
type Decision struct {
	progress.WireApproval
	Task    progress.TaskID  `json:"task_id"`
	Control progress.Control `json:"control"`
	Version int64            `json:"version"`
}

// Ask asks for an approval of a step. The same question again is the same
// approval.
func (w Work) Ask(ctx context.Context, id progress.TaskID, step int, g progress.Gate) (d Decision, err error) {
	err = w.http.post(ctx, stepPath(id, step)+"/approval", "", g, &d)
	return d, err
}

// ApprovalQuery says who asks, and how long to wait.
type ApprovalQuery struct {
	Wait    time.Duration // at most 60 s
	Run     int           // 0 means the present one
	Attempt int
	Worker  string
}

// Approval reads where the approval of a step stands; with a Wait it waits for
// the decision. Control is "wait" while there is none.
func (w Work) Approval(ctx context.Context, id progress.TaskID, step int, q ApprovalQuery) (d Decision, err error) {
	v := values{}
	v.number("wait_seconds", int64(q.Wait/time.Second))
	v.number("run", int64(q.Run))
	v.number("attempt", int64(q.Attempt))
	v.add("worker", q.Worker)
	_, err = w.http.do(ctx, request{method: http.MethodGet, path: stepPath(id, step) + "/approval", query: url.Values(v), wait: q.Wait}, &d)
	return d, err
}
