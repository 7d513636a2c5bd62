package bot

import (
	"strings"

	"github.com/taskherald/herald/intents"
	"github.com/taskherald/herald/templates"
)

// idle reports whether something that people say to each other in a thread of ours asks the
// bot for nothing: what it did not understand, what it would only have wondered at, and what
// merely names a task or something that it does not know. Who asks for help, or to be kept
// posted, means whoever they talk with; and a position is none in a list that nobody was shown.
// What is to be done it has to be told as an order (ordered), and what is asked has to be about
// tasks and nothing else (meant).
func idle(t *talk) bool {
	r := &t.said
	switch {
	case !t.turn.Overheard:
		return false
	case r.Intent == intents.Unknown, r.Intent == intents.Clarify, r.Assent != "":
		return true
	case r.Intent == intents.Help, toldMore(*r), r.How == intents.ByPosition && t.offered() == nil:
		return true
	case r.Doubt != "" && !doubtful(r.Doubt):
		return true
	case r.Verb != "":
		return !ordered(r)
	case !meant(r):
		return true
	case r.Named != "":
		return len(nearest(t, r.Named)) == 0
	}
	return r.Intent == intents.Status && !questions(t)
}

// ordered reports whether a message is nothing but an order, about a task that it names, or about
// the one that the thread is about.
func ordered(r *intents.Reading) bool {
	return r.Orders && r.Named == "" && (named(r) || r.How == intents.ByThread)
}

// meant reports whether a question can be for the bot: it is not about people, and has no
// words that are not understood, but a few beside a task's name.
func meant(r *intents.Reading) bool {
	most := 0
	if named(r) {
		most = mostStrange
	}
	return !r.People && r.Strange <= most
}

// mostStrange is how many words beside the name of a task need not be understood.
const mostStrange = 1

// named reports whether a message names the task that it is about, or its place in a list.
func named(r *intents.Reading) bool {
	switch r.How {
	case intents.ByID, intents.ByPosition, intents.ByTitle, intents.ByWords, intents.BySpelling:
		return true
	}
	return false
}

// questions reports whether a message about a task asks how it stands, and does not merely
// name it: "is the CRM slow again?", and not "the CRM is slow again". It asks if it would be
// understood as well, or miss something, where there are no tasks.
func questions(t *talk) bool {
	if marksQuestion(t.turn.Text) {
		return true
	}
	bare := t.Parser.Parse(intents.Input{Text: t.turn.Text, Lang: t.said.Lang})
	return bare.Intent != intents.Unknown || bare.Named != ""
}

// marksQuestion reports whether a text has the mark of a question.
func marksQuestion(text string) bool { return strings.ContainsAny(text, "?？؟") }

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
