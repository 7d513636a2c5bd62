package discordcard

import (
	"strconv"

	"github.com/bwmarrin/discordgo"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/textcard"
	"github.com/taskherald/herald/templates/words"
)

// Modal is a form, as the data of the response that opens it.
type Modal struct {
	Title      string                       `json:"title"`
	CustomID   string                       `json:"custom_id"`
	Components []discordgo.MessageComponent `json:"components"`
}

// Reason is the form that asks for the reason of a verb about a step, 0 for the whole task, which
// may stay empty, and asks once more by that. The verb is "" and the title of the task "" where
// they are not known: a form has to open before anything is looked up. The custom_id, that of the
// button, comes back with what is sent.
func (l *Layout) Reason(v progress.Verb, step int, title, customID string, r templates.Reader) Modal {
	s, d := l.scribe(r), newDraft("")
	about := new(prose).line(body).text(clean(title), bold, mostTitle)
	d.say(whole, about.lines(normal, s.after(v)))
	optional := false
	input := discordgo.TextInput{CustomID: InputReason, Style: discordgo.TextInputParagraph, Required: &optional, MaxLength: mostReason}
	return Modal{templates.Cut(s.sure(v, step), mostHead), customID, append(d.components(), discordgo.Label{
		Label: templates.Cut(s.Say("card.reason.label"), mostName), Description: templates.Cut(s.Say("card.reason.hint"), mostHint), Component: input,
	})}
}

// sure is what a form asks.
func (s scribe) sure(v progress.Verb, step int) string {
	switch v {
	case progress.VerbCancel, progress.VerbRestart:
		return s.Say("card.sure." + string(v))
	case progress.VerbApprove, progress.VerbSkip:
		return s.sureOf(v, step)
	case progress.VerbReject, progress.VerbPause, progress.VerbResume, progress.VerbRetry:
		return s.Say("verb." + string(v))
	}
	return s.Say("discord.sure")
}

// sureOf is what it asks about a step, whose number it says if that is known.
func (s scribe) sureOf(v progress.Verb, step int) string {
	switch {
	case step > 0:
		return s.Say("card.sure."+string(v), words.A("step", strconv.Itoa(step)))
	case v == progress.VerbSkip:
		return s.Say("press.skip")
	}
	return s.Say("verb." + string(v))
}

// after is what a verb does that cannot be taken back, "" for one that can.
func (s scribe) after(v progress.Verb) string {
	switch v {
	case progress.VerbCancel, progress.VerbRestart:
		return s.Say("confirm." + string(v) + ".after")
	case progress.VerbSkip:
		return s.Say("card.sure.skip.after")
	}
	return ""
}

// clean makes a caller's text one line that controls and hides nothing.
func clean(text string) string { return textcard.Screen{Unicode: true}.Clean(text) }
