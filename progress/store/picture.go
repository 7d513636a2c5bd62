package store

import (
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db/table"
)

// picture is a whole task as one JSON text, for what is put away: old runs, and
// the outcomes of keyed commands.
type picture struct {
	ID        progress.TaskID `json:"id"`
	Spec      *progress.Spec  `json:"spec"`
	Run       int             `json:"run"`
	Attempt   int             `json:"attempt"`
	Status    progress.Status `json:"status"`
	Seq       int64           `json:"seq"`
	Version   int64           `json:"version"`
	Percent   float64         `json:"percent"`
	CreatedAt int64           `json:"created_at"`
	RunAt     int64           `json:"run_at"`
	StartedAt int64           `json:"started_at,omitempty"`
	EndedAt   int64           `json:"ended_at,omitempty"`
	UpdatedAt int64           `json:"updated_at"`
	Lease     int64           `json:"lease_until,omitempty"`
	End       *progress.End   `json:"end,omitempty"`
	Pulse     string          `json:"pulse,omitempty"`
	Steps     []pictureStep   `json:"steps,omitempty"`
}

type pictureStep struct {
	Name    string              `json:"name"`
	Status  progress.StepStatus `json:"status"`
	Percent float64             `json:"percent"`
	Updated int64               `json:"updated_at,omitempty"`
	Detail  detail              `json:"detail"`
}

// Picture is the task as one JSON text; Restore reads it.
func Picture(t progress.Task) string {
	p := picture{
		ID: t.ID, Spec: t.Spec, Run: t.Run, Attempt: t.Attempt, Status: t.Status, Seq: t.Seq, Version: t.Version,
		Percent: t.Percent, CreatedAt: table.Micros(t.CreatedAt), RunAt: table.Micros(t.RunAt), StartedAt: table.Micros(t.StartedAt),
		EndedAt: table.Micros(t.EndedAt), UpdatedAt: table.Micros(t.UpdatedAt), Lease: table.Micros(t.LeaseUntil), End: t.End, Pulse: pulseOf(&t),
	}
	for s := range t.Steps.All() {
		p.Steps = append(p.Steps, pictureStep{s.Name, s.Status, s.Percent, table.Micros(s.UpdatedAt), detailOf(s)})
	}
	return encode(p)
}

// Restore is the task that Picture wrote.
func Restore(text string) (progress.Task, error) {
	var p picture
	var beat pulse
	if err := decode(text, &p); err != nil {
		return progress.Task{}, err
	}
	if err := decode(p.Pulse, &beat); err != nil {
		return progress.Task{}, err
	}
	t := progress.Task{
		ID: p.ID, Spec: p.Spec, Run: p.Run, Attempt: p.Attempt, Status: p.Status, Seq: p.Seq, Version: p.Version,
		CreatedAt: table.Time(p.CreatedAt), RunAt: table.Time(p.RunAt), StartedAt: table.Time(p.StartedAt), EndedAt: table.Time(p.EndedAt),
		UpdatedAt: table.Time(p.UpdatedAt), End: p.End,
	}
	t.Percent, t.LeaseUntil = p.Percent, table.Time(p.Lease)
	beat.restore(&t)
	list := make([]progress.Step, len(p.Steps))
	for i, s := range p.Steps {
		list[i] = progress.Step{Order: i + 1, Status: s.Status, Percent: s.Percent, UpdatedAt: table.Time(s.Updated)}
		list[i].Name = s.Name
		s.Detail.restore(&list[i])
	}
	t.Steps = progress.SetSteps(list)
	return t, nil
}
