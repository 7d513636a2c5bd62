package webhook

import "github.com/taskherald/herald/progress"

// maxBody is the most bytes of a body: what a receiver of ours takes, too.
const maxBody = 1 << 20

// cuts take away from what is too large, the least needed first. After the last
// what is left has texts of limited length only.
var cuts = [...]func(*data){cutDocuments, cutPlans, cutEvent}

// cutDocuments leaves out what its worker and its caller wrote as JSON.
func cutDocuments(d *data) {
	if t := d.Task; t != nil {
		t.Inputs, t.Metadata, t.Metrics, t.Result = nil, nil, nil, nil
		if t.Error != nil {
			t.Error = &progress.WireFault{Fault: *plain(&t.Error.Fault), Step: t.Error.Step}
		}
		for i := range t.Steps {
			t.Steps[i].Error = plain(t.Steps[i].Error)
		}
	}
	if x := d.Execution; x != nil {
		x.Outputs = nil
		if x.Error != nil {
			x.Error = &progress.WireExecutionError{Type: x.Error.Type, Message: x.Error.Message}
		}
	}
	if e := d.Event; e != nil {
		e.Data.Inputs, e.Data.Result, e.Data.Error = nil, nil, plain(e.Data.Error)
		if s := e.Data.Spec; s != nil {
			few := *s
			few.Inputs, few.Metadata = nil, nil
			e.Data.Spec = &few
		}
	}
}

// plain is a fault without its details.
func plain(f *progress.Fault) *progress.Fault {
	if f == nil || f.Details == nil {
		return f
	}
	return &progress.Fault{Type: f.Type, Message: f.Message}
}

// cutPlans leaves out the steps.
func cutPlans(d *data) {
	if t := d.Task; t != nil {
		d.LeftOut += len(t.Steps)
		t.Steps = []progress.WireStep{}
	}
	if e := d.Event; e != nil {
		e.Data.Steps = nil
	}
}

// cutEvent leaves out all that the event says beyond its kind and step, and the
// approval.
func cutEvent(d *data) {
	if d.Task != nil {
		d.Task.Approval = nil
	}
	if e := d.Event; e != nil {
		e.Data = progress.WireEvent{}.Data
	}
}
