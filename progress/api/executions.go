package api

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
)

// executionRoutes are those of the executions face, but for its socket.
var executionRoutes = []route{
	{method: http.MethodPost, path: executionsBase + "/executions", name: "startExecution", face: executionsFace, do: startExecution},
	{method: http.MethodGet, path: executionsBase + "/executions", name: "listExecutions", face: executionsFace, right: progress.MayRead, do: listExecutions},
	{method: http.MethodGet, path: executionsBase + "/executions/:id", name: "getExecution", face: executionsFace, right: progress.MayRead, do: getExecution},
	{method: http.MethodGet, path: executionsBase + "/executions/:id/progress", name: "getExecutionProgress", face: executionsFace, right: progress.MayRead, do: getExecutionProgress},
	{method: http.MethodPost, path: executionsBase + "/executions/:id/cancel", name: "cancelExecution", face: executionsFace, do: cancelExecution},
}

// executionTypes are the kinds of the tasks that are made here.
var executionTypes = []string{"agent", "pipeline"}

// newExecution is the body that starts an execution.
type newExecution struct {
	Type        string          `json:"type"`
	Target      string          `json:"target_id"`
	Inputs      json.RawMessage `json:"inputs"`
	Config      json.RawMessage `json:"config"`
	CallbackURL string          `json:"callback_url"`
}

// readExecution reads it, and says all at once what is wrong with it.
func readExecution(f *form, limits progress.Limits) (newExecution, error) {
	n := newExecution{
		Type: f.word("type", executionTypes), Target: f.text("target_id"), Inputs: f.object("inputs"),
		Config: f.object("config"), CallbackURL: f.text("callback_url"),
	}
	f.need("type", "target_id", "inputs")
	most := min(limits.Title, limits.Name)
	switch {
	case !f.fine("target_id"):
	case strings.TrimSpace(n.Target) == "":
		f.blame("target_id", "string_too_short", "String should have at least 1 character")
	case utf8.RuneCountInString(n.Target) > most:
		f.blame("target_id", "string_too_long", fmt.Sprintf("String should have at most %d characters", most))
	}
	if f.fine("callback_url") && unfitCallback(n.CallbackURL) != "" {
		f.blame("callback_url", "url_parsing", "Input should be a valid http or https URL, without a user, a password or a fragment")
	}
	return n, f.err()
}

// create is the task that the execution is, with most words of callback_events at
// most.
func (n newExecution) create(most int) progress.Create {
	s := progress.Spec{
		Title: n.Target, Kind: n.Type, Labels: map[string]string{progress.TargetKey: n.Target}, Inputs: n.Inputs,
		Metadata: map[string]json.RawMessage{progress.TargetKey: asJSON(n.Target)}, CallbackURL: n.CallbackURL,
	}
	if n.Config != nil {
		s.Metadata["config"] = n.Config
	}
	s.CallbackEvents = n.callbackEvents(most)
	return progress.Create{Spec: s}
}

// callbackEvents are those that the config names and that mean anything here: the
// config is the runner's, which may know others.
func (n newExecution) callbackEvents(most int) []string {
	var config struct {
		Events json.RawMessage `json:"callback_events"`
	}
	var words []any
	if json.Unmarshal(n.Config, &config) != nil || json.Unmarshal(config.Events, &words) != nil {
		return nil
	}
	var out []string
	for _, w := range words {
		if word, ok := w.(string); ok && progress.CallbackWord(word) && len(out) < most && !slices.Contains(out, word) {
			out = append(out, word)
		}
	}
	return out
}

// newExecutionID makes an id from 48 random bits.
func newExecutionID() progress.TaskID {
	var b [6]byte
	_, _ = rand.Read(b[:]) // never fails
	return progress.TaskID("exec_" + hex.EncodeToString(b[:]))
}

// startedExecution is what is said of an execution when it is accepted.
type startedExecution struct {
	ID        progress.TaskID  `json:"execution_id"`
	Status    progress.Status  `json:"status"` // pending
	Message   string           `json:"message"`
	URL       string           `json:"status_url"` // a path
	CreatedAt progress.Instant `json:"created_at"`
}

// startExecution is POST /executions.
func startExecution(c *call) error {
	f, body, err := readForm(c)
	if err != nil {
		return err
	}
	if f.all == nil {
		return unfit(misfit{Loc: []any{"body"}, Msg: required, Type: "missing"})
	}
	limits := c.Engine.Limits()
	n, err := readExecution(f, limits)
	if err != nil {
		return err
	}
	cmd, err := c.keyed(c.command(n.create(limits.List)), body)
	if err != nil {
		return err
	}
	cmd.Task = newExecutionID()
	out, err := c.Engine.Execute(c.ctx(), cmd)
	if err != nil {
		return ofConfig(err)
	}
	id := out.Task.ID
	c.reply(http.StatusAccepted, startedExecution{
		ID: id, Status: progress.Pending, Message: "Execution accepted", URL: executionsBase + "/executions/" + string(id),
		CreatedAt: progress.Instant(out.Task.CreatedAt),
	})
	return nil
}

// ofConfig gives an error about the metadata of a task, which are the config of
// its execution, the name that the caller knows.
func ofConfig(err error) error {
	e, ok := errors.AsType[*progress.Error](err)
	if !ok || e.Field != "metadata" {
		return err
	}
	out := *e
	out.Field = "config"
	return &out
}

// asked is the task that the path names, if the caller may see it.
func asked(c *call) (progress.Task, error) {
	t, err := c.task()
	return t, unknown(c, err)
}

// unknown says in the words of this face that there is no such task.
func unknown(c *call, err error) error {
	if kit.CodeOf(err) != progress.NotFound {
		return err
	}
	return &progress.Error{Code: progress.NotFound, Say: fmt.Sprintf("Execution '%s' not found", c.taskID())}
}

// getExecution is GET /executions/{id}.
func getExecution(c *call) error {
	t, err := asked(c)
	if err != nil {
		return err
	}
	c.reply(http.StatusOK, progress.ExecutionOf(t))
	return nil
}

// getExecutionProgress is GET /executions/{id}/progress.
func getExecutionProgress(c *call) error {
	t, err := asked(c)
	if err != nil {
		return err
	}
	p := progress.ExecutionProgressOf(t)
	if p == nil {
		c.Writer.Header()["Cache-Control"] = noStore
		c.Status(http.StatusNoContent)
		c.Writer.WriteHeaderNow()
		return nil
	}
	c.reply(http.StatusOK, p)
	return nil
}

// cancelledExecution is the answer to whoever cancelled one.
type cancelledExecution struct {
	Message string        `json:"message"`
	Data    cancelledData `json:"data"`
}

type cancelledData struct {
	ID          progress.TaskID  `json:"execution_id"`
	Status      progress.Status  `json:"status"` // cancelled
	CancelledAt progress.Instant `json:"cancelled_at"`
}

// cancelExecution is POST /executions/{id}/cancel. One that has ended is 400
// here, which is no fault in the form of the request.
func cancelExecution(c *call) error {
	f, body, err := readForm(c)
	if err != nil {
		return err
	}
	reason := f.text("reason")
	if err := f.err(); err != nil {
		return err
	}
	cmd, err := c.keyed(c.command(progress.Cancel{Reason: reason}), body)
	if err != nil {
		return err
	}
	out, err := c.Engine.Execute(c.ctx(), cmd)
	t := out.Task
	switch {
	case kit.CodeOf(err) == progress.Conflict && t.Status.Ended():
		c.reply(http.StatusBadRequest, executionRefusal{fmt.Sprintf("Cannot cancel execution with status '%s'", t.Status)})
	case err != nil:
		return unknown(c, err)
	default:
		c.reply(http.StatusOK, cancelledExecution{
			"Execution cancelled successfully", cancelledData{t.ID, t.Status, progress.Instant(t.EndedAt)},
		})
	}
	return nil
}
