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
	linkSay   = "link CODE"
	unlinkSay = "unlink"
)

func (p newcomer) say(out *Reply) {
	switch {
	case p.a.About == TopicLinked:
		out.Text, out.Hint = p.Say("linked.text", words.A("who", p.who(p.a.You))), p.Say("linked.undo", words.A("say", unlinkSay))
		if p.a.Aloud {
			out.After = append(out.After, p.Say("linked.aloud", words.A("say", linkSay)))
		}
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
	if !p.a.About.links() {
		return
	}
	out.Link = p.a.Accounts
	if p.a.Refusal == nil || p.a.Refusal.Code != progress.Conflict { // no code makes room
		out.After = append(out.After, p.Say("stranger.how", words.A("say", linkSay)))
	}
}

// links reports whether an answer leads to the page of chat accounts, if it leads anywhere.
func (t Topic) links() bool {
	return slices.Contains([]Topic{TopicStranger, TopicHelp, TopicUnknown, TopicMissing, TopicNothing}, t)
}

// Opens is what the reply's link says: where it leads.
func (r *Reply) Opens(t *words.Tongue) string {
	if r.About.links() {
		return t.Say("stranger.link")
	}
	return t.Say("card.link")
}
