package pipeline

import (
	"fmt"
	"slices"
	"time"

	"github.com/taskherald/herald/progress"
)

// noting keeps where the value of a key stands, as the domain calls it, and reads it.
type noting func(key string, read func(value)) func(value)

// readStages reads who is told while nobody decides. What is wrong with a stage does not
// move the others: the domain names them by their place.
func readStages(v value, at noting) []progress.Escalation {
	items := v.items()
	if len(items) > progress.MaxStages {
		v.wrong("has %d stages; at most %d are taken", len(items), progress.MaxStages)
		return nil
	}
	out := make([]progress.Escalation, len(items))
	for i, item := range items {
		out[i] = readStage(item, func(key string, read func(value)) func(value) { return at(stageKey(i, key), read) })
	}
	return out
}

// stageKey is a key of a stage as the domain calls it.
func stageKey(i int, key string) string { return fmt.Sprintf("escalate[%d].%s", i, key) }

// readStage reads one stage.
func readStage(v value, at noting) progress.Escalation {
	const least, most = progress.MinAfter * time.Second, progress.MaxAfter * time.Second
	var e progress.Escalation
	problems, said := len(v.r.problems), false
	v.fields(keys{
		"after": func(v value) { said = !v.null(); secondsInto(&e.After, least, most)(v) },
		"tell":  at("tell", textsInto(&e.Tell)),
		"by":    at("by", listInto(&e.By, progress.DefaultLimits().Name)),
	})
	if !said && len(v.r.problems) == problems {
		v.wrong("does not say when; write after: 5m")
	}
	e.After = max(e.After, progress.MinAfter) // what is wrong with it is said already
	return e
}

// mend takes from a copy of a gate what is wrong with a stage of it, and tells
// whether it knows that.
func mend(g *progress.Gate, key string) bool {
	for i := range g.Escalate {
		if key == stageKey(i, "by") {
			g.Escalate = slices.Clone(g.Escalate)
			g.Escalate[i].By = nil
			return true
		}
	}
	return false
}
