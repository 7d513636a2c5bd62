package slackcard

import (
	"slices"

	"github.com/taskherald/herald/templates"
)

// Board is a list of tasks, a line each.
type Board struct {
	Title string
	Lines []templates.Brief // those that matter most first
	More  int               // tasks beyond those
	Link  string            // to all of them, "" for none
}

// Board is the list of a room in which many tasks run. The first block has the id.
func (l *Layout) Board(id string, b Board, r templates.Reader) Post {
	return l.board(id, b, r, "slack.home.open")
}

func (l *Layout) board(id string, b Board, r templates.Reader, label string) Post {
	p := painter{l.scribe(r), &draft{id: id}}
	lines := templates.Notice{Tasks: b.Lines}.Isolated().Tasks
	said := []string{b.Title}
	for _, t := range b.Lines {
		said = append(said, t.Symbol+" "+t.Title+" – "+t.Text)
	}
	p.say(whole, new(prose).text(some(templates.Cut(clean(b.Title), mostHeader)), bold))
	p.say(matter, p.tasks(lines, b.More))
	p.say(detail, p.page(b.Link, p.Say(label)))
	return Post{Text: fallback(said...), Blocks: p.blocks()}
}

// tasks are as many as have room, in a line each; what waits for somebody stands out.
func (p painter) tasks(all []templates.Brief, more int) *prose {
	all = slices.Clone(all)
	for i := range all {
		all[i].Text, all[i].Link = templates.Cut(all[i].Text, mostLine), web(all[i].Link)
	}
	n := fitting(len(all), listRoom, func(i int) int { t := all[i]; return framed(frame, t.Symbol, t.Title, t.Text, t.Link) })
	out := new(prose)
	for _, t := range all[:n] {
		look := normal
		if t.Symbol == "⚠" {
			look = bold
		}
		out.line().text(t.Symbol+" ", normal).link(t.Title, t.Link, look).text(" – "+t.Text, look)
	}
	if more += len(all) - n; more > 0 {
		out.lines(normal, p.plus(more))
	}
	return out
}
