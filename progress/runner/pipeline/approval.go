package pipeline

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/taskherald/herald/progress"
)

// approvalInto reads what must be approved: true, a question, or a mapping.
func approvalInto(to **progress.Gate) func(value) {
	return func(v value) {
		g := &progress.Gate{}
		if _, mapping := pairsOf(v.node); mapping {
			readGate(g, v)
			*to = g
			return
		}
		on, word := boolean(v.node)
		if _, flow := v.node.(*ast.SequenceNode); v.null() || flow {
			v.wrong("must be a question, true, or a mapping with prompt:")
			return
		}
		if !word {
			on = true
			g.Prompt = v.prompt()
		}
		if on {
			*to = g
		}
	}
}

// prompt reads a question, which may have several lines.
func (v value) prompt() string {
	s, ok := v.text()
	s = strings.TrimSpace(s)
	most := progress.DefaultLimits().Text
	switch n := len([]rune(s)); {
	case ok && n == 0:
		v.wrong("must not be empty")
	case n > most:
		v.wrong("is %d characters long; at most %d are taken", n, most)
	}
	return s
}

// readGate reads the mapping. The domain judges what its values mean.
func readGate(g *progress.Gate, v value) {
	values := map[string]value{}
	at := func(key string, read func(value)) func(value) {
		return func(v value) {
			values[key] = v
			if !v.null() {
				read(v)
			}
		}
	}
	var byDefault, onReject string
	const name = 200 // more than any of the words that they may be
	v.fields(keys{
		"prompt":        at("prompt", func(v value) { g.Prompt = v.prompt() }),
		"effects":       at("effects", textsInto(&g.Effects)),
		"options":       at("options", textsInto(&g.Options)),
		"approvers":     at("approvers", textsInto(&g.Approvers)),
		"escalate":      at("escalate", func(v value) { g.Escalate = readStages(v, at) }),
		"quorum":        at("quorum", wholeInto(&g.Quorum, 1, progress.DefaultLimits().List)),
		"expires_in":    at("expires_in", secondsInto(&g.ExpiresIn, 0, decade)),
		"default":       at("default", lineInto(&byDefault, name)),
		"on_reject":     at("on_reject", lineInto(&onReject, name)),
		"risk":          at("risk", lineInto(&g.Risk, name)),
		"self_approval": at("self_approval", flagInto(&g.SelfApproval)),
	})
	g.Default, g.OnReject = progress.Default(byDefault), progress.OnReject(onReject)
	judge(*g, v, values)
}

// judge asks the domain what is wrong with a gate, until it finds no more: each
// value that it names is taken away from the copy that it looks at.
func judge(g progress.Gate, v value, values map[string]value) {
	for {
		e, ok := errors.AsType[*progress.Error](g.Check())
		if !ok {
			return
		}
		key := strings.TrimPrefix(e.Field, "approval.")
		if at, given := values[key]; given {
			at.wrong("%s", e.Say)
		} else {
			v.r.problem(v.at, v.under(key), "%s", e.Say)
		}
		switch key {
		case "default":
			g.Default = ""
		case "on_reject":
			g.OnReject = ""
		case "risk":
			g.Risk = ""
		case "quorum":
			g.Quorum = 0
		default:
			if !mend(&g, key) {
				return
			}
		}
	}
}

// textsInto reads a list of texts as the domain bounds it.
func textsInto(to *[]string) func(value) { return listInto(to, progress.DefaultLimits().Text) }

// listInto reads a list of texts of at most so many characters.
func listInto(to *[]string, most int) func(value) {
	limits := progress.DefaultLimits()
	return func(v value) {
		items := v.items()
		if len(items) > limits.List {
			v.wrong("has %d; at most %d are taken", len(items), limits.List)
			return
		}
		for _, item := range items {
			if s, ok := item.line(most); ok {
				*to = append(*to, s)
			}
		}
	}
}

// secondsInto reads a length of time from least to most, or seconds as the API takes
// them.
func secondsInto(to *int, least, most time.Duration) func(value) {
	return func(v value) {
		if _, seconds := v.node.(*ast.IntegerNode); seconds {
			wholeInto(to, int(least/time.Second), int(most/time.Second))(v)
			return
		}
		var d time.Duration
		before := len(v.r.problems)
		durationInto(&d, max(least, time.Second), most)(v)
		*to = int(math.Ceil(d.Seconds()))
		if len(v.r.problems) > before {
			last := &v.r.problems[len(v.r.problems)-1]
			last.Say = fmt.Sprintf("%s; a number alone is seconds", last.Say)
		}
	}
}
