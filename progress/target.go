package progress

import (
	"encoding/json"
	"strings"
)

// TargetKey is the label, or else the metadata, that says what a task runs whose
// kind runs many things: an execution's target.
const TargetKey = "target_id"

// Target is what the task runs, "" if it does not say.
func (s *Spec) Target() string { return target(s.Labels, s.Metadata) }

// RunKind is what the task's runs are remembered by, and compared with: its kind
// and, if it says one, its target. "" for a task without a kind, whose runs are
// not remembered.
func (s *Spec) RunKind() string { return runKind(s.Kind, s.Target()) }

// RunKind is that of the task that is shown.
func (w Wire) RunKind() string { return runKind(w.Kind, target(w.Labels, w.Metadata)) }

// between stands between a kind and a target.
const between = ": "

// CutRunKind is the kind and the target that a RunKind is made of, "" for no
// target.
func CutRunKind(of string) (kind, target string) {
	kind, target, _ = strings.Cut(of, between)
	return kind, target
}

func target(labels map[string]string, metadata map[string]json.RawMessage) string {
	if l := labels[TargetKey]; l != "" {
		return l
	}
	raw, ok := metadata[TargetKey]
	if !ok {
		return "" // as nearly all; to ask for a text that is not there costs
	}
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return ""
	}
	return text
}

func runKind(kind, target string) string {
	if kind == "" || target == "" {
		return kind
	}
	return kind + between + target
}
