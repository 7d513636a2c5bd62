package api

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
)

// workflowsBase is where the workflows face begins.
const workflowsBase = "/api/workflows"

// workflowRoutes are those of the workflows face.
var workflowRoutes = []route{
	{method: http.MethodPost, path: workflowsBase + "/progress", name: "reportWorkflow", face: workflowsFace, do: reportWorkflow},
	{method: http.MethodPost, path: workflowsBase + "/callback/progress", name: "callbackProgress", face: workflowsFace, do: callbackProgress},
	{method: http.MethodPost, path: workflowsBase + "/callback/state", name: "callbackState", face: workflowsFace, do: callbackState},
}

// workflowsFace has one form for all that goes wrong.
var workflowsFace = &face{refuseWorkflow, map[int]string{
	http.StatusBadRequest: "WorkflowRefused", http.StatusUnauthorized: "WorkflowRefused", http.StatusForbidden: "WorkflowRefused",
	http.StatusRequestEntityTooLarge: "WorkflowRefused", http.StatusTooManyRequests: "WorkflowRefused",
	http.StatusInternalServerError: "WorkflowRefused", http.StatusServiceUnavailable: "WorkflowRefused",
}}

// workflowRefusal is what goes wrong on the workflows face.
type workflowRefusal struct {
	Success bool   `json:"success"` // false
	Error   string `json:"error"`
}

// refuseWorkflow answers as the workflows face does.
func refuseWorkflow(c *call, _ string, err error) {
	p := kit.ProblemOf(err)
	if missing, ok := missingOf(err); ok {
		p.Detail = missing
	}
	kit.Head(c.Writer.Header(), err)
	c.reply(p.Status, workflowRefusal{Error: p.Detail})
}

// workflowAnswer is what a reporter is told.
type workflowAnswer struct {
	Success bool   `json:"success"` // true
	Event   string `json:"event,omitempty"`
}

// The headers in which a reporter is told what it should do now, and the order
// of the step that this is about. The bodies of this face have no room for it.
const (
	controlHeader = "Herald-Control"
	stepHeader    = "Herald-Step"
)

// direct tells a reporter what it should do now, if anything.
func direct(c *call, d progress.Directive) {
	if d.Control == progress.ControlNone {
		return
	}
	c.Header(controlHeader, string(d.Control))
	if d.Step > 0 {
		c.Header(stepHeader, strconv.Itoa(d.Step))
	}
}

// reportWorkflow is POST /api/workflows/progress.
func reportWorkflow(c *call) error {
	f, body, err := readFields(c)
	if err != nil {
		return err
	}
	if err := f.need("session_id", "workflow_type", "step", "progress"); err != nil {
		return err
	}
	s := flow{Kind: f.text("workflow_type"), Name: f.text("session_id")}
	r := progress.Report{Step: progress.StepRef{Name: f.text("step")}, StepProgress: f.percent("progress"), Metadata: f.object("metadata")}
	if f.err != nil {
		return f.err
	}
	return tellSession(c, s, r, body, progressEvent+s.Kind)
}

// callbackProgress is POST /api/workflows/callback/progress: the word for the
// status is the step.
func callbackProgress(c *call) error {
	f, body, err := readFields(c)
	if err != nil {
		return err
	}
	if err := f.need("flow", "flow_run", "status", "progress"); err != nil {
		return err
	}
	s := flow{Kind: f.text("flow"), Name: f.text("flow_run"), User: f.person("user_id")}
	r := progress.Report{Step: progress.StepRef{Name: f.text("status")}, StepProgress: f.percent("progress")}
	if message := f.maybe("message"); message != "" {
		r.Message = &message
		r.Metadata = set(r.Metadata, "message", f.all["message"])
	}
	if s.User != "" {
		r.Metadata = set(r.Metadata, userKey, f.all[userKey])
	}
	if f.err != nil {
		return f.err
	}
	return tellSession(c, s, r, body, "")
}

// callbackState is POST /api/workflows/callback/state.
func callbackState(c *call) error {
	f, body, err := readFields(c)
	if err != nil {
		return err
	}
	if err := f.need("flow", "flow_run", "state"); err != nil {
		return err
	}
	s := flow{Kind: f.text("flow"), Name: f.text("flow_run"), User: f.person("user_id")}
	r := progress.Report{Result: f.value("result")}
	r.Word, r.Status = stateOf(f.text("state"))
	if s.User != "" {
		r.Metadata = set(nil, userKey, f.all[userKey])
	}
	if r.Status == progress.Failed {
		r.Error = faultOfResult(r.Word, r.Result, c.Engine.Limits().Text)
	}
	if f.err != nil {
		return f.err
	}
	return tellSession(c, s, r, body, "")
}

// userKey is the metadata that says for whom a session runs.
const userKey = "user_id"

// set adds a value to metadata.
func set(m map[string]json.RawMessage, name string, value json.RawMessage) map[string]json.RawMessage {
	if m == nil {
		m = map[string]json.RawMessage{}
	}
	m[name] = value
	return m
}
