package discordcard

import (
	"github.com/bwmarrin/discordgo"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/words"
)

// key is a button in the making.
type key struct {
	kind  byte
	value string
	label string
	style discordgo.ButtonStyle
	link  string // of a button that does nothing else
}

// rows appends keys, five beside each other; each thing that can be done once.
func (d *draft) rows(r rank, keys []key) {
	var now []discordgo.MessageComponent
	end := func() {
		if len(now) > 0 {
			d.add(r, discordgo.ActionsRow{Components: now}, 1+len(now))
			now = nil
		}
	}
	for _, k := range keys[:min(len(keys), mostKeys)] {
		if b, ok := d.button(k); ok {
			if now = append(now, b); len(now) == mostRow {
				end()
			}
		}
	}
	end()
}

// button is a key as it is sent; ok is false if there is the same already.
func (d *draft) button(k key) (b discordgo.Button, ok bool) {
	b = discordgo.Button{Label: some(templates.Cut(k.label, mostLabel)), Style: k.style, URL: k.link}
	if k.link != "" {
		return b, true
	}
	full := string(k.kind) + k.value
	customID, by := short(full)
	if d.seen[customID] {
		return b, false
	}
	d.seen[customID] = true
	if by != "" {
		d.kept[by] = full
	}
	b.CustomID = customID
	return b, true
}

// scribe writes in one language.
type scribe struct{ *words.Tongue }

func (l *Layout) scribe(r templates.Reader) scribe { return scribe{l.book.Tongue(r)} }

// keyring is what the keys of a task are made with.
type keyring struct {
	scribe
	task progress.TaskID
	ask  *templates.Ask
	link string
	seal Seal
}

// deciding are the keys of an approval. One of high risk is asked once more, which the form
// for a reason does.
func (k keyring) deciding(step int) []key {
	reject := k.verb(Reason, progress.VerbReject, step, k.Say("card.button.reject"), discordgo.DangerButton)
	if k.ask != nil && k.ask.High {
		return append(k.verb(Reason, progress.VerbApprove, step, asks(k.Say("verb.approve")), discordgo.SuccessButton), reject...)
	}
	out := append(k.verb(Do, progress.VerbApprove, step, k.Say("verb.approve"), discordgo.SuccessButton), reject...)
	return append(out, k.verb(Reason, progress.VerbApprove, step, k.Say("card.button.approve"), discordgo.SecondaryButton)...)
}

// acting is the key of any other verb that is offered. What cannot be taken back is asked
// once more.
func (k keyring) acting(o templates.Offer) []key {
	switch o.Verb {
	case progress.VerbCancel:
		return k.verb(Reason, o.Verb, o.Step, asks(o.Label), discordgo.DangerButton)
	case progress.VerbSkip, progress.VerbRestart:
		return k.verb(Reason, o.Verb, o.Step, asks(o.Label), discordgo.SecondaryButton)
	case progress.VerbResume, progress.VerbRetry:
		return k.verb(Do, o.Verb, o.Step, o.Label, discordgo.PrimaryButton)
	}
	return k.verb(Do, o.Verb, o.Step, o.Label, discordgo.SecondaryButton)
}

// asks is the label of a button that opens a form.
func asks(label string) string { return label + "…" }

// verb is a key that gives a verb, none if it is not sealed.
func (k keyring) verb(kind byte, v progress.Verb, step int, label string, look discordgo.ButtonStyle) []key {
	if k.seal == nil {
		return nil
	}
	value := k.seal(v, step)
	if value == "" || len(value) > mostKept {
		return nil
	}
	return []key{{kind: kind, value: value, label: label, style: look}}
}

// reading are the keys that change nothing: the output, and the page.
func (k keyring) reading() []key {
	out := []key{{kind: Logs, value: string(k.task), label: k.Say("press.logs"), style: discordgo.SecondaryButton}}
	return append(out, k.opening()...)
}

// opening is the key of the task's page, none without one.
func (k keyring) opening() []key {
	link := pressable(k.link)
	if link == "" {
		return nil
	}
	return []key{{label: k.Say("push.open"), style: discordgo.LinkButton, link: link}}
}
