package api

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
)

// inputs are a JSON value, null for none.
type inputs json.RawMessage

// UnmarshalJSON keeps the value.
func (i *inputs) UnmarshalJSON(b []byte) error {
	*i = append((*i)[:0], b...)
	return nil
}

func (i inputs) raw() json.RawMessage {
	if string(i) == "null" {
		return nil
	}
	return json.RawMessage(i)
}

// newTask is the body that makes a task.
type newTask struct {
	ID          progress.TaskID            `json:"id"`
	Title       string                     `json:"title"`
	Kind        string                     `json:"kind"`
	Owner       string                     `json:"owner"`
	Labels      map[string]string          `json:"labels"`
	Metadata    map[string]json.RawMessage `json:"metadata"`
	Inputs      inputs                     `json:"inputs"`
	Complexity  *float64                   `json:"complexity"`
	Steps       []newStep                  `json:"steps"`
	Parent      progress.TaskID            `json:"parent"`
	CallbackURL string                     `json:"callback_url"`
	Callback    []string                   `json:"callback_events"`
	Controls    []progress.Verb            `json:"controls"`
	StallAfter  *int64                     `json:"stall_after"` // seconds, 0 for never
}

// newStep is a step of its plan.
type newStep struct {
	Name         string         `json:"name"`
	Weight       float64        `json:"weight"`
	Substeps     []string       `json:"substeps"`
	Approval     *progress.Gate `json:"approval"`
	AllowFailure bool           `json:"allow_failure"`
}

func (n newTask) create() progress.Create {
	out := progress.Create{Spec: progress.Spec{
		Title: n.Title, Kind: n.Kind, Owner: n.Owner, Labels: n.Labels, Metadata: n.Metadata, Inputs: n.Inputs.raw(),
		Complexity: n.Complexity, Parent: n.Parent, CallbackURL: n.CallbackURL, CallbackEvents: n.Callback, Controls: n.Controls,
		StallAfter: n.patience(),
	}}
	for _, s := range n.Steps {
		p := progress.Plan{Name: s.Name, Weight: s.Weight, Gate: s.Approval, AllowFailure: s.AllowFailure}
		for _, sub := range s.Substeps {
			p.Substeps = append(p.Substeps, progress.Substep{Name: sub})
		}
		out.Steps = append(out.Steps, p)
	}
	return out
}

// patience is for how long its worker may be quiet: 0 for as long as the server
// says, less for ever.
func (n newTask) patience() time.Duration {
	if s := n.StallAfter; s != nil && *s > 0 {
		return time.Duration(*s) * time.Second
	} else if s != nil {
		return -1
	}
	return 0
}

// check refuses what the domain takes as it comes.
func (n newTask) check() error {
	const least, most = int64(progress.LeastStallAfter / time.Second), int64(progress.MostStallAfter / time.Second)
	if s := n.StallAfter; s != nil && *s != 0 && (*s < least || *s > most) {
		return kit.Invalid("stall_after", "must be %d to %d seconds, or 0 for never", least, most)
	}
	if why := unfitCallback(n.CallbackURL); why != "" {
		return kit.Invalid("callback_url", "%s", why)
	}
	return nil
}

// unfitCallback says what is wrong with the form of a callback's URL, "" for
// nothing, or none. Where it leads is judged when it is called.
func unfitCallback(raw string) string {
	if raw == "" {
		return ""
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "":
		return "must be an http or https URL"
	case u.User != nil:
		return "must not hold a user or a password"
	case strings.Contains(raw, "#"):
		return "must not have a fragment: what follows # is never sent"
	}
	return ""
}

// createTask is POST /api/tasks.
func createTask(c *call) error {
	var n newTask
	body, err := c.body()
	if err != nil {
		return err
	}
	if err := kit.Decode(body, &n); err != nil {
		return err
	}
	if err := n.check(); err != nil {
		return err
	}
	cmd, err := c.keyed(c.command(n.create()), body)
	if err != nil {
		return err
	}
	cmd.Task = n.ID
	out, err := c.Engine.Execute(c.ctx(), cmd)
	if err != nil {
		return err
	}
	c.Header("Location", "/api/tasks/"+string(out.Task.ID))
	c.reply(http.StatusCreated, c.whole(out.Task))
	return nil
}

// wholeTask is a task and what its reader may do with it.
type wholeTask struct {
	progress.Wire
	Offers []progress.Verb `json:"offers"`
}

// whole shows a task to the caller; who may not read gets no contents.
func (c *call) whole(t progress.Task) wholeTask {
	offers := progress.Offers(t, c.who.Actor)
	if offers == nil {
		offers = []progress.Verb{}
	}
	w := wholeTask{t.Wire(progress.Whole, c.ETA(&t)), offers}
	if !c.who.Has(progress.MayRead) {
		w.Inputs, w.Result, w.Metadata = nil, nil, nil
	}
	return w
}

// task is the task that the path names, if the caller may see it.
func (c *call) task() (progress.Task, error) {
	t, err := c.Engine.Task(c.ctx(), c.taskID())
	if err == nil && !progress.Sees(t, c.who.Actor) {
		err = &progress.Error{Code: progress.NotFound, Say: "there is no task \"" + string(c.taskID()) + "\""}
	}
	return t, err
}

// getTask is GET /api/tasks/{id}.
func getTask(c *call) error {
	t, err := c.task()
	if err != nil {
		return err
	}
	c.reply(http.StatusOK, c.whole(t))
	return nil
}

// getProgress is GET /api/tasks/{id}/progress.
func getProgress(c *call) error {
	t, err := c.task()
	if err != nil {
		return err
	}
	w := t.Wire(progress.Whole, c.ETA(&t))
	w.Inputs = nil
	c.reply(http.StatusOK, w)
	return nil
}
