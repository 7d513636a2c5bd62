package discordcard

import (
	"slices"
	"strconv"
	"strings"

	"github.com/bwmarrin/discordgo"

	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/words"
)

// How much room is kept for what stands below the lists and the output of a reply.
const (
	belowAll  = 500
	belowSaid = 1500
)

// Reply is what the bot says. Its container has the mark of the id.
func (l *Layout) Reply(id string, reply *templates.Reply, r templates.Reader) Post {
	p := answer{painter{l.scribe(r), newDraft(id)}}
	shown := reply.Isolated()
	if shown.Card != nil {
		p.card(shown.Card, p.ring(shown.Card, nil))
	} else {
		p.say(whole, new(prose).line(body).text(some(shown.Text), normal, mostSaid))
	}
	p.say(matter, p.sentences(shown.Details, p.said(&shown)))
	p.say(matter, p.items(&shown))
	p.output(&shown)
	p.say(detail, p.sentences(shown.After, room))
	if len(shown.Buttons) == 0 {
		p.say(detail, new(prose).each(small, mostSaid, shown.Hint))
	}
	if shown.Card == nil {
		p.say(extra, p.page(shown.Link, shown.Opens(p.Tongue)))
	}
	p.rows(question, pressing(shown.Buttons))
	return p.post(spokenReply(reply))
}

// spokenReply is a reply in plain words.
func spokenReply(r *templates.Reply) string {
	out := []string{r.Text}
	if r.Card != nil {
		out = told(r.Card)
	}
	out = append(out, r.Details...)
	for _, it := range r.Items {
		out = append(out, strings.TrimSpace(strings.Join(append(itemHead(it), it.Title, itemTail(it)), " ")))
	}
	return spoken(append(append(out, r.After...), r.Hint)...)
}

// answer draws a reply.
type answer struct{ painter }

// said is how much room details have.
func (p answer) said(r *templates.Reply) int {
	if len(r.Items)+len(r.Output) > 0 {
		return belowSaid
	}
	return p.left()
}

// items are as many as have room, each with the number by which it can be meant.
func (p answer) items(r *templates.Reply) *prose {
	out := new(prose)
	for _, it := range r.Items {
		out.line(body)
		for _, head := range itemHead(it) {
			out.text(head, normal, mostLabel)
		}
		out.link(it.Title, it.Link, p.Say("push.open"), normal).text(itemTail(it), normal, mostLine)
	}
	return p.listed(out, r.More, p.left()-belowAll)
}

// itemHead stands before the title of an item.
func itemHead(it templates.Item) []string {
	var out []string
	switch {
	case it.Number > 0:
		out = append(out, strconv.Itoa(it.Number)+".")
	case it.Symbol == "":
		out = append(out, "•")
	}
	if it.Symbol != "" {
		out = append(out, it.Symbol)
	}
	return out
}

// itemTail stands behind it.
func itemTail(it templates.Item) string {
	if it.Text == "" {
		return ""
	}
	return "– " + it.Text
}

// output shows what a task wrote: its end, and all of it as a file, if that is long.
func (p answer) output(r *templates.Reply) {
	if len(r.Output) == 0 {
		return
	}
	most := min(mostPrint, max(p.left()-belowAll, leastPrint))
	text := strings.Join(r.Output, "\n")
	if len(r.Output) <= mostOutput && width(code(text)) <= most {
		p.listing(text)
		return
	}
	end := slices.Clone(r.Output[max(len(r.Output)-endOutput, 0):])
	for i := range end {
		end[i] = fit(end[i], most/endOutput-1, code)
	}
	p.fenced(strings.Join(end, "\n"))
	p.say(matter, new(prose).lines(normal, p.Say("card.output.file", words.A("n", len(end)))))
	file := File{Name: "output.txt", Title: templates.Cut(r.Text, mostLabel), Content: text + "\n"}
	p.files = append(p.files, file)
	p.add(question, discordgo.FileComponent{File: discordgo.UnfurledMediaItem{URL: "attachment://" + file.Name}}, 1)
}

// pressing are the keys of a reply.
func pressing(buttons []templates.Button) []key {
	var out []key
	for _, b := range buttons {
		k := key{kind: Press, value: b.Press, label: b.Label, style: discordgo.SecondaryButton}
		if b.Press == "" {
			k.kind, k.value = Say, b.Say
		}
		switch b.Style {
		case "primary":
			k.style = discordgo.PrimaryButton
		case "danger":
			k.style = discordgo.DangerButton
		}
		if k.value != "" && len(k.value) < mostKept {
			out = append(out, k)
		}
	}
	return out
}
