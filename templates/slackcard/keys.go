package slackcard

import (
	"cmp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/words"
)

// key is a button in the making.
type key struct {
	id, value string
	label     string
	style     slack.Style
	link      string
	sure      *slack.ConfirmationBlockObject
}

// button is the key where there is room for one.
func (k key) button() *slack.ButtonBlockElement {
	b := slack.NewButtonBlockElement(k.id, k.value, plain(k.label, mostLabel)).WithStyle(k.style)
	b.URL, b.Confirm = k.link, k.sure
	return b
}

// option is the key in a menu; ok is false if it cannot stand there: no menu asks once more
// for one of its options only.
func (k key) option() (o *slack.OptionBlockObject, ok bool) {
	value := k.id + " " + some(k.value)
	o = slack.NewOptionBlockObject(value, plain(k.label, mostLabel), nil)
	o.URL = k.link
	return o, k.sure == nil && utf8.RuneCountInString(value) <= mostOption
}

// rows puts keys beside each other, five in a row.
func rows(keys []key) []slack.Block {
	keys = keys[:min(len(keys), mostKeys)]
	var out []slack.Block
	for len(keys) > 0 {
		n := min(len(keys), mostRow)
		out, keys = append(out, row(keys[:n], nil)), keys[n:]
	}
	return out
}

// compact puts keys into one row, those that are left in a menu behind it, if they can stand
// there.
func compact(keys []key) []slack.Block {
	if len(keys) > mostRow {
		if menu := menuOf(keys[mostRow-1:]); menu != nil {
			return []slack.Block{row(keys[:mostRow-1], menu)}
		}
	}
	return rows(keys)
}

func row(keys []key, menu *slack.OverflowBlockElement) slack.Block {
	var all []slack.BlockElement
	for _, k := range keys {
		all = append(all, k.button())
	}
	if menu != nil {
		all = append(all, menu)
	}
	return slack.NewActionBlock("", all...)
}

// menuOf is a menu of keys, nil if one of them cannot stand there. A menu has at least two.
func menuOf(keys []key) *slack.OverflowBlockElement {
	if len(keys) < 2 || len(keys) > mostMenu {
		return nil
	}
	var options []*slack.OptionBlockObject
	for _, k := range keys {
		o, ok := k.option()
		if !ok {
			return nil
		}
		options = append(options, o)
	}
	return slack.NewOverflowBlockElement(ActionMore, options...)
}

// scribe writes in one language.
type scribe struct{ *words.Tongue }

func (l *Layout) scribe(r templates.Reader) scribe { return scribe{l.book.Tongue(r)} }

// keyring is what the keys of a task are made with.
type keyring struct {
	scribe
	task  progress.TaskID
	title string
	ask   *templates.Ask
	link  string
	seal  Seal
}

// deciding are the keys of an approval.
func (k keyring) deciding(step int) []key {
	approve := k.verb(progress.VerbApprove, step, ActionDo, k.Say("verb.approve"), slack.StylePrimary)
	if k.ask != nil && k.ask.High {
		for i := range approve {
			approve[i].sure = k.dangerous(step)
		}
	}
	out := append(approve, k.verb(progress.VerbReject, step, ActionReason, k.Say("card.button.reject"), slack.StyleDanger)...)
	return append(out, k.verb(progress.VerbApprove, step, ActionReason, k.Say("card.button.approve"), slack.StyleDefault)...)
}

// acting is the key of any other verb that is offered.
func (k keyring) acting(o templates.Offer) []key {
	look := slack.StyleDefault
	switch o.Verb {
	case progress.VerbCancel:
		look = slack.StyleDanger
	case progress.VerbResume, progress.VerbRetry:
		look = slack.StylePrimary
	}
	out := k.verb(o.Verb, o.Step, ActionDo, o.Label, look)
	for i := range out {
		out[i].sure = k.sure(o)
	}
	return out
}

// verb is a key that gives a verb, none if it is not sealed.
func (k keyring) verb(v progress.Verb, step int, kind, label string, look slack.Style) []key {
	if k.seal == nil {
		return nil
	}
	value := k.seal(v, step)
	if value == "" || len(value) > mostSeal {
		return nil
	}
	return []key{{id: kind + string(v), value: value, label: label, style: look}}
}

// reading are the keys that change nothing: the output, and the page.
func (k keyring) reading() []key {
	out := []key{{id: ActionLogs + "0", value: string(k.task), label: k.Say("press.logs")}}
	return append(out, k.opening(k.Say("push.open"))...)
}

// opening is the key of a page, none without one.
func (k keyring) opening(label string) []key {
	link := web(k.link)
	if link == "" {
		return nil
	}
	return []key{{id: ActionOpen + "0", label: label, link: link}}
}

// dangerous asks once more before something of high risk is approved.
func (k keyring) dangerous(step int) *slack.ConfirmationBlockObject {
	text := strings.Join(append([]string{cmp.Or(k.ask.Prompt, k.ask.Head)}, k.ask.Effects...), "\n• ")
	return k.dialog(k.Say("card.sure.approve", words.A("step", strconv.Itoa(step))), text, progress.VerbApprove).WithStyle(slack.StylePrimary)
}

// sure asks once more before what cannot be taken back, nil for a verb that can.
func (k keyring) sure(o templates.Offer) *slack.ConfirmationBlockObject {
	after := ""
	switch o.Verb {
	case progress.VerbCancel, progress.VerbRestart:
		after = k.Say("confirm." + string(o.Verb) + ".after")
	case progress.VerbSkip:
		after = k.Say("card.sure.skip.after")
	default:
		return nil
	}
	title := k.Say("card.sure."+string(o.Verb), words.A("step", strconv.Itoa(o.Step)))
	return k.dialog(title, templates.Cut(k.title, mostSure/2)+"\n"+after, o.Verb).WithStyle(slack.StyleDanger)
}

func (k keyring) dialog(title, text string, v progress.Verb) *slack.ConfirmationBlockObject {
	return slack.NewConfirmationBlockObject(plain(title, mostDialog), plain(text, mostSure), plain(k.Say("yes."+string(v)), mostAnswer), plain(k.Say("no"), mostAnswer))
}
