package api

import (
	"cmp"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
	"github.com/taskherald/herald/progress/engine"
)

// flow is how the workflows face names a task.
type flow struct {
	Kind string // workflow_type, or flow
	Name string // session_id, or flow_run
	User string // for whom it runs, "" for who reports it
}

// flowOf is the name of a task on the workflows face. One that was made on
// another face goes by its kind and its id.
func flowOf(t *progress.Task) flow {
	return flow{Kind: cmp.Or(t.Spec.Kind, plainKind), Name: cmp.Or(t.Spec.Session, string(t.ID))}
}

// plainKind is what a task without a kind goes by.
const plainKind = "task"

// tellSession reports on a session, which is begun if there is none, and answers.
func tellSession(c *call, s flow, r progress.Report, body []byte, event string) error {
	r.Aloud = true
	cmd, err := c.keyed(c.command(r), body)
	if err != nil {
		return err
	}
	out, err := reportOn(c, s, cmd)
	if !r.Status.Ended() { // who ends it knows
		direct(c, out.Directive)
	}
	if err != nil {
		return err
	}
	c.reply(http.StatusOK, workflowAnswer{Success: true, Event: event})
	return nil
}

// reportOn gives a report to the session's task: to the one that it began, else
// to the one of another face that goes by its name, else to a new one.
func reportOn(c *call, s flow, cmd progress.Command) (engine.Outcome, error) {
	cmd.Task = progress.SessionID(s.Kind, s.Name)
	out, err := c.Engine.Execute(c.ctx(), cmd)
	if kit.CodeOf(err) != progress.NotFound {
		return out, settled(out, cmd, err)
	}
	if id, ok := named(c, s); ok {
		cmd.Task = id
	} else if err := begin(c, s, cmd); err != nil {
		return out, err
	}
	out, err = c.Engine.Execute(c.ctx(), cmd)
	if kit.CodeOf(err) == progress.NotFound { // it was there all the time, and not for these eyes
		err = &progress.Error{Code: progress.Forbidden, Say: "this session is somebody else's"}
	}
	return out, settled(out, cmd, err)
}

// settled forgives the last word of a session that somebody has said already.
func settled(out engine.Outcome, cmd progress.Command, err error) error {
	r, _ := cmd.Do.(progress.Report)
	if kit.CodeOf(err) == progress.Conflict && r.Status.Ended() && out.Task.Spec != nil && out.Task.Status == r.Status {
		return nil
	}
	return err
}

// named finds a task of another face by its kind and id.
func named(c *call, s flow) (progress.TaskID, bool) {
	id := progress.TaskID(s.Name)
	if !id.Valid() {
		return "", false
	}
	t, err := c.Engine.Task(c.ctx(), id)
	return id, err == nil && t.Spec.Session == "" && flowOf(&t).Kind == s.Kind && progress.Sees(t, c.who.Actor)
}

// begin makes the session's task. That there is one already is as good.
func begin(c *call, s flow, first progress.Command) error {
	r, _ := first.Do.(progress.Report)
	cmd := c.command(progress.Create{Spec: progress.Spec{
		Title: cut(cmp.Or(titleIn(r.Metadata), s.Kind), c.Engine.Limits().Title), Kind: s.Kind, Session: s.Name, Grace: max(c.Grace, 0),
		Labels: map[string]string{sessionLabel: s.Name}, // by which lists and sockets find it
		Owner:  cmp.Or(s.User, string(c.who.Person)),
	}})
	cmd.Task = progress.SessionID(s.Kind, s.Name)
	_, err := c.Engine.Execute(c.ctx(), cmd)
	if kit.CodeOf(err) == progress.Conflict {
		return nil
	}
	return err
}

// sessionLabel is the label that says how its reporter calls a task.
const sessionLabel = "session_id"

// cut is a text of at most so many characters.
func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// titleIn is the title that a session gives itself, "" for none.
func titleIn(m map[string]json.RawMessage) string {
	var title string
	_ = json.Unmarshal(m["title"], &title) // what is no text is no title
	if strings.TrimSpace(title) == "" || strings.ContainsRune(title, 0) {
		return ""
	}
	return title
}
