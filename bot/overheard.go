package bot

import (
	"strings"

	"github.com/taskherald/herald/intents"
	"github.com/taskherald/herald/templates"
)

// idle reports whether something that people say to each other in a thread of ours asks the
// bot for nothing: what it did not understand, what it would only have wondered at, and what
// merely names a task or something that it does not know.
func idle(t *talk) bool {
	r := &t.said
	switch {
	case !t.turn.Overheard:
		return false
	case r.Intent == intents.Unknown, r.Intent == intents.Clarify, r.Assent != "":
		return true
	case r.Doubt != "" && !doubtful(r.Doubt):
		return true
	case r.Named != "":
		return len(nearest(t, r.Named)) == 0
	}
	return r.Intent == intents.Status && !questions(t)
}

// questions reports whether a message about a task asks how it stands, and does not merely
// name it: "is the CRM slow again?", and not "the CRM is slow again". It asks if it would be
// understood as well, or miss something, where there are no tasks.
func questions(t *talk) bool {
	if strings.ContainsAny(t.turn.Text, "?？؟") {
		return true
	}
	bare := t.Parser.Parse(intents.Input{Text: t.turn.Text, Lang: t.said.Lang})
	return bare.Intent != intents.Unknown || bare.Named != ""
}

// quiet says nothing, and leaves all as it was.
func quiet(t *talk) (templates.Answer, error) {
	t.mute, t.note = true, note{still: true}
	return templates.Answer{}, nil
}

// silent reports whether nothing is said to a turn: it was overheard, and asks for nothing, or
// it cannot be known whether it does.
func (t *talk) silent(err error) bool {
	return t.mute || err != nil && t.turn.Overheard && t.said.Intent == ""
}
