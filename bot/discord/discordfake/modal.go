package discordfake

import (
	"cmp"
	"encoding/json"
	"fmt"

	"github.com/taskherald/herald/templates/discordcard/componenttest"
)

// Modal is a modal as the person sees it.
type Modal struct {
	CustomID, Title string
	Fields          []Field
	Shows           string // all that it says
}

// Field is one that can be filled.
type Field struct {
	CustomID, Label string
	Value           string // that stands there already
	Required        bool
	Min, Max        int // characters
}

// modal is one that somebody sees.
type modal struct {
	Modal
	from   *Interaction
	labels []object // as the app is told of them
	inputs []object // in them
}

// shows shows a modal to the person.
func (c *reaction) shows() *refusal {
	if bad := broken(componenttest.CheckModal(raw(c.args))); bad != nil {
		return bad
	}
	var said struct {
		CustomID   string `json:"custom_id"`
		Title      string
		Components []struct {
			Type, ID  int
			Label     string
			Component *struct {
				Type, ID int
				CustomID string `json:"custom_id"`
				Value    string
				Required *bool
				Min      int `json:"min_length"`
				Max      int `json:"max_length"`
			}
		}
	}
	_ = json.Unmarshal(raw(c.args), &said) // it was looked at
	m := &modal{from: c.i, Modal: Modal{CustomID: said.CustomID, Title: said.Title, Shows: componenttest.Read(raw(c.args)).Text}}
	for n, part := range said.Components {
		input := part.Component
		if input == nil || input.Type != typeInput {
			continue
		}
		m.Fields = append(m.Fields, Field{
			CustomID: input.CustomID, Label: part.Label, Value: input.Value, Required: input.Required == nil || *input.Required, Min: input.Min, Max: cmp.Or(input.Max, 4000),
		})
		o := object{"type": typeInput, "id": cmp.Or(input.ID, 2*n+2), "custom_id": input.CustomID}
		m.inputs = append(m.inputs, o)
		m.labels = append(m.labels, object{"type": typeLabel, "id": cmp.Or(part.ID, 2*n+1), "component": o})
	}
	c.modals[c.i.user] = m
	return nil
}

// filled is what the app is told of a modal.
func (m *modal) filled(values map[string]string) (object, error) {
	for n, f := range m.Fields {
		size := componenttest.Length(values[f.CustomID])
		if size == 0 && f.Required || size > 0 && size < f.Min || size > f.Max {
			return nil, fmt.Errorf("discordfake: the field %s does not take %d characters", f.CustomID, size)
		}
		m.inputs[n]["value"] = values[f.CustomID]
	}
	return object{"custom_id": m.CustomID, "components": m.labels}, nil
}
