package webpage

import (
	"strings"

	"github.com/taskherald/herald/progress"
)

// Mute is what somebody is not told of.
type Mute struct {
	ID     string
	Task   progress.TaskID
	Title  string // of the task, "" where it is not known
	Kind   string
	Owner  string
	Labels map[string]string
	Until  progress.Instant // zero is for ever
	All    bool             // approvals and ends too
}

// Name says which tasks are meant.
func (m Mute) Name() string {
	task := string(m.Task)
	if m.Title != "" {
		task = m.Title
	}
	text := which(task, m.Kind, m.Owner, m.Labels)
	if text == "" {
		return "All tasks"
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// Action is where the form that ends it is sent.
func (m Mute) Action() string { return "/notifications/" + m.ID + "/unmute" }

// Muting is the task that the page asks for how long to mute.
type Muting struct {
	ID    progress.TaskID
	Title string
	Mute  *Mute // that it has already, nil for none
}

// Path is where the task's page is.
func (m Muting) Path() string { return path(m.ID) }
