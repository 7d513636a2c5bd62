package webhook

import (
	"encoding/json"
	"errors"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
)

const (
	contentType = "application/cloudevents+json"
	specVersion = "1.0"
	typePrefix  = "herald."
	cardKind    = "task.progress" // of a picture, which is about no one event
)

// maxSteps is how many steps of a task are shown.
const maxSteps = 200

// envelope is a CloudEvents event.
type envelope struct {
	SpecVersion     string           `json:"specversion"`
	ID              string           `json:"id"`
	Source          string           `json:"source"`
	Type            string           `json:"type"`
	Subject         string           `json:"subject,omitempty"` // the task's id
	Time            progress.Instant `json:"time,omitzero"`
	DataContentType string           `json:"datacontenttype"`
	Data            data             `json:"data"`
}

// data is what happened.
type data struct {
	Text      string                  `json:"text"`            // in a sentence
	Event     *progress.WireEvent     `json:"event,omitempty"` // none for a picture
	Task      *progress.Wire          `json:"task,omitempty"`
	LeftOut   int                     `json:"steps_left_out,omitempty"`
	Execution *progress.WireExecution `json:"execution,omitempty"` // the task once more
	Note      *wireNote               `json:"note,omitempty"`
	Link      string                  `json:"link,omitempty"`
	Truncated bool                    `json:"truncated,omitempty"` // something was left out to keep it small
}

// wireNote is a note with its time as the wire has it.
type wireNote struct {
	notify.Note
	At progress.Instant `json:"at"`
}

// encode writes a message, in at most maxBody bytes.
func encode(source string, m *notify.Message) ([]byte, error) {
	e := envelopeOf(source, m)
	body, err := json.Marshal(e)
	for _, cut := range cuts {
		if err != nil || len(body) <= maxBody {
			break
		}
		e.Data.Truncated = true
		cut(&e.Data)
		body, err = json.Marshal(e)
	}
	if err == nil && len(body) > maxBody {
		err = errTooLarge
	}
	return body, err
}

var errTooLarge = errors.New("it is too large, whatever is left out")

// envelopeOf is the event that says the message.
func envelopeOf(source string, m *notify.Message) *envelope {
	e := &envelope{SpecVersion: specVersion, ID: m.ID, Source: source, DataContentType: "application/json", Data: data{Text: textOf(m), Link: m.Link}}
	if t := m.Task; t != nil {
		e.Subject, e.Type, e.Time = string(t.ID), typePrefix+cardKind, progress.Instant(t.UpdatedAt)
		e.Data.Task, e.Data.LeftOut = taskOf(t, m.ETA)
		shown := progress.ExecutionOf(*t)
		e.Data.Execution = &shown
	}
	if m.Event != nil {
		e.Type, e.Time = typePrefix+string(m.Event.Kind), progress.Instant(m.Event.At)
		shown := m.Event.Wire()
		e.Data.Event = &shown
	}
	if n := m.Note; n != nil {
		e.Type, e.Time = typePrefix+string(n.Kind), progress.Instant(n.At)
		e.Data.Note = &wireNote{*n, progress.Instant(n.At)}
	}
	return e
}

// textOf is the message in a sentence.
func textOf(m *notify.Message) string {
	switch {
	case m.Notice != nil:
		return m.Notice.Text
	case m.Card != nil:
		return m.Card.Head
	}
	return ""
}

// taskOf shows a task, and says how many of its steps are left out: of a long one
// those around the present step are shown, at the price of a short one.
func taskOf(t *progress.Task, eta *progress.ETA) (*progress.Wire, int) {
	n := t.Steps.Len()
	if n <= maxSteps {
		w := t.Wire(progress.Brief, eta)
		return &w, 0
	}
	bare := *t
	bare.Steps = progress.Steps{}
	w := bare.Wire(progress.Brief, eta)
	w.CurrentStep, w.TotalSteps = t.Current(), n
	from := min(max(w.CurrentStep-maxSteps/2, 1), n-maxSteps+1)
	for order := from; order < from+maxSteps; order++ {
		w.Steps = append(w.Steps, stepOf(t.Steps.At(order)))
	}
	if at := t.Steps.First(progress.StepWaiting); at > 0 {
		s := t.Steps.At(at)
		w.Approval = s.Approval.Wire(s.Order, s.Name)
	}
	return &w, n - maxSteps
}

// stepOf shows a step as a brief task does.
func stepOf(s progress.Step) progress.WireStep {
	return progress.WireStep{
		StepLine: s.Line(), Weight: s.Weight, AllowFailure: s.AllowFailure,
		StartedAt: progress.Instant(s.StartedAt), EndedAt: progress.Instant(s.EndedAt), Error: s.Error,
	}
}
