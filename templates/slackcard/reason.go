package slackcard

import (
	"unicode/utf8"

	"github.com/slack-go/slack"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// Reason is the form that asks for the reason of a verb, which may stay empty. Title is the
// task's, "" if it is not known: a form has to open before anything is looked up. Meta, at
// most 3,000 characters, comes back with what is sent; longer it is left out.
func (l *Layout) Reason(v progress.Verb, title, meta string, r templates.Reader) slack.ModalViewRequest {
	s, d := l.scribe(r), &draft{}
	d.say(whole, new(prose).lines(bold, templates.Cut(clean(title), mostAside)))
	d.add(whole, s.input())
	if utf8.RuneCountInString(meta) > mostMeta {
		meta = ""
	}
	label := s.verb(v)
	return slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: CallbackReason, PrivateMetadata: meta,
		Title: plain(label, mostForm), Submit: plain(label, mostForm), Close: plain(s.Say("card.reason.back"), mostForm),
		Blocks: slack.Blocks{BlockSet: d.fitted(mostViewed, viewRoom)},
	}
}

// input is where the reason is written.
func (s scribe) input() *slack.InputBlock {
	field := slack.NewPlainTextInputBlockElement(nil, InputReason)
	field.Multiline, field.MaxLength, field.FocusOnLoad = true, mostInput, true
	return slack.NewInputBlock(BlockReason, plain(s.Say("card.reason.label"), mostText), plain(s.Say("card.reason.hint"), mostText), field).WithOptional(true)
}

// verb is what a verb is called.
func (s scribe) verb(v progress.Verb) string {
	if v == progress.VerbSkip {
		return s.Say("press.skip")
	}
	return s.Say("verb." + string(v))
}
