package slackcard

import (
	"slices"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/words"
)

// How much of a task's output stands in a message, in lines and characters. All of what is
// longer is in a file, and only the end of it in the message.
const (
	mostOutput = 20
	mostPrint  = 2500
	endOutput  = 10
)

// Reply is what the bot says. The first block has the id.
func (l *Layout) Reply(id string, reply *templates.Reply, r templates.Reader) Post {
	p := answer{painter{l.scribe(r), &draft{id: id}}}
	shown := reply.Isolated()
	if shown.Card != nil {
		p.card(shown.Card)
	} else {
		p.say(whole, new(prose).lines(normal, some(templates.Cut(shown.Text, mostDetail))))
	}
	keys, left := rows(pressing(shown.Buttons)), listRoom-detailRoom/2
	for _, b := range keys {
		left -= sizeOf(b)
	}
	p.say(matter, p.sentences(shown.Details))
	p.say(matter, p.items(shown.Items, shown.More, left))
	files := p.output(&shown)
	p.say(detail, p.sentences(shown.After))
	if len(shown.Buttons) == 0 {
		p.say(detail, new(prose).lines(normal, templates.Cut(shown.Hint, mostDetail)))
	}
	if shown.Card == nil {
		p.say(extra, p.page(shown.Link, shown.Opens(p.Tongue)))
	}
	for _, b := range keys {
		p.add(question, b)
	}
	return Post{Text: spoken(reply), Blocks: p.blocks(), Files: files}
}

// spoken is a reply for notifications and for those who hear it.
func spoken(r *templates.Reply) string {
	out := []string{r.Text}
	if r.Card != nil {
		out = r.Card.Spoken()
	}
	out = append(out, r.Details...)
	for _, it := range r.Items {
		out = append(out, itemHead(it)+it.Title+itemTail(it))
	}
	return fallback(append(append(out, r.After...), r.Hint)...)
}

// answer draws a reply.
type answer struct{ painter }

// items are as many as have room, each with the number by which it can be meant.
func (p answer) items(all []templates.Item, more, room int) *prose {
	all = slices.Clone(all)
	for i := range all {
		all[i].Text, all[i].Link = templates.Cut(all[i].Text, mostDetail), web(all[i].Link)
	}
	n := fitting(len(all), room, func(i int) int { it := all[i]; return framed(frame, itemHead(it), it.Title, it.Text, it.Link) })
	out := new(prose)
	for _, it := range all[:n] {
		out.line().text(itemHead(it), normal).link(it.Title, it.Link, normal).text(itemTail(it), normal)
	}
	if more += len(all) - n; more > 0 {
		out.lines(normal, p.plus(more))
	}
	return out
}

// itemHead stands before the title of an item.
func itemHead(it templates.Item) string {
	head := ""
	switch {
	case it.Number > 0:
		head = strconv.Itoa(it.Number) + ". "
	case it.Symbol == "":
		head = "• "
	}
	if it.Symbol != "" {
		head += it.Symbol + " "
	}
	return head
}

// itemTail stands behind it.
func itemTail(it templates.Item) string {
	if it.Text == "" {
		return ""
	}
	return " – " + it.Text
}

// output shows what a task wrote: its end, and all of it as a file, if that is long.
func (p answer) output(r *templates.Reply) []File {
	text := strings.Join(r.Output, "\n")
	if len(r.Output) <= mostOutput && width([]byte(text)) <= mostPrint {
		p.say(matter, new(prose).listing(text))
		return nil
	}
	end := lastLines(r.Output)
	p.say(matter, new(prose).listing(strings.Join(end, "\n")))
	p.say(matter, new(prose).lines(normal, p.Say("card.output.file", words.A("n", len(end)))))
	return []File{{Name: "output.txt", Title: templates.Cut(r.Text, mostHeader), Content: text + "\n"}}
}

// lastLines are as many of the last lines as a message shows, each of bounded length.
func lastLines(all []string) []string {
	end := slices.Clone(all[max(len(all)-endOutput, 0):])
	for i := range end {
		end[i] = templates.Cut(end[i], mostPrint/endOutput-1)
	}
	return end
}

// pressing are the keys of a reply.
func pressing(buttons []templates.Button) []key {
	var out []key
	for i, b := range buttons {
		k := key{id: ActionPress + strconv.Itoa(i), value: b.Press, label: b.Label}
		if b.Press == "" {
			k.id, k.value = ActionSay+strconv.Itoa(i), b.Say
		}
		switch b.Style {
		case "primary", "danger":
			k.style = slack.Style(b.Style)
		}
		if k.value != "" && width([]byte(k.value)) <= mostValue {
			out = append(out, k)
		}
	}
	return out
}
