package templates

import (
	"slices"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates/words"
)

// newcomer speaks with somebody whose chat account nobody has linked, and says what came of
// linking it.
type newcomer struct{ replier }

// What one says in chat to link an account, with the code that Herald gives, and to undo it.
const (
	linkSay   = "/herald link CODE"
	unlinkSay = "/herald unlink"
)

func (p newcomer) say(out *Reply) {
	switch {
	case p.a.About == TopicLinked:
		out.Text, out.Hint = p.Say("linked.text", words.A("who", p.who(p.a.You))), p.Say("linked.undo", words.A("say", unlinkSay))
	case p.a.About == TopicUnlinked && p.a.Stranger:
		out.Text = p.Say("unlinked.none")
	case p.a.About == TopicUnlinked:
		out.Text = p.Say("unlinked.text")
	case p.a.Refusal != nil:
		out.Text = p.Say(p.unlinkable())
	case p.verb() == "" && slices.Contains([]string{"status", "list", "eta", "logs", "history", "help", "unknown", "clarify"}, p.a.Intent):
		out.Text = p.Say("stranger.told")
	default:
		out.Text = p.Say("stranger.act")
	}
}

// unlinkable is the key of why an account could not be linked.
func (p newcomer) unlinkable() string {
	switch p.a.Refusal.Code {
	case progress.Limited:
		return "stranger.limited"
	case progress.Conflict:
		return "stranger.full"
	}
	return "stranger.code"
}

// how says how to link the account, where that is what helps.
func (p newcomer) how(out *Reply) {
	switch p.a.About {
	case TopicStranger, TopicHelp, TopicUnknown, TopicMissing, TopicNothing:
		out.Link = p.a.Accounts
	default:
		return
	}
	if p.a.Refusal == nil || p.a.Refusal.Code != progress.Conflict { // no code makes room
		out.After = append(out.After, p.Say("stranger.how", words.A("say", linkSay)))
	}
}
