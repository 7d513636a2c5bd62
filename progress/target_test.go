package progress

import (
	"encoding/json"
	"testing"
)

// TestRunKind holds that runs are compared with those of the same kind and
// target, as the task says it and as it is shown.
func TestRunKind(t *testing.T) {
	t.Parallel()
	text := func(v string) map[string]json.RawMessage {
		return map[string]json.RawMessage{TargetKey: json.RawMessage(v)}
	}
	for _, c := range []struct {
		spec         Spec
		want         string
		kind, target string
	}{
		{Spec{}, "", "", ""},
		{Spec{Labels: map[string]string{TargetKey: "sum"}}, "", "", ""},
		{Spec{Kind: "crm"}, "crm", "crm", ""},
		{Spec{Kind: "agent", Labels: map[string]string{TargetKey: "sum"}, Metadata: text(`"other"`)}, "agent: sum", "agent", "sum"},
		{Spec{Kind: "agent", Metadata: text(`"a: b"`)}, "agent: a: b", "agent", "a: b"},
		{Spec{Kind: "agent", Metadata: text(`{"a": 1}`)}, "agent", "agent", ""},
	} {
		task := Task{Spec: &c.spec}
		w := task.Wire(Brief, nil)
		if got := c.spec.RunKind(); got != c.want || w.RunKind() != c.want {
			t.Errorf("%+v is of %q, and shown as of %q; want %q", c.spec, got, w.RunKind(), c.want)
		}
		if kind, target := CutRunKind(c.want); kind != c.kind || target != c.target {
			t.Errorf("%q is %q and %q", c.want, kind, target)
		}
	}
}
