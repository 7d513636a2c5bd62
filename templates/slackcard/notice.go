package slackcard

import (
	"github.com/taskherald/herald/templates"
)

// How much room lists have, as JSON, and a line of one.
const (
	listRoom   = 10_000
	detailRoom = 6_000
	mostLine   = 300
)

// Notice is what happened, a digest, a note or a board. The first block has the id.
func (l *Layout) Notice(id string, n *templates.Notice, r templates.Reader) Post {
	shown := n.Isolated()
	switch n.Kind {
	case "board":
		return l.Board(id, Board{n.Text, n.Tasks, n.More, n.Link}, r)
	case "digest":
		return l.board(id, Board{n.Text, n.Tasks, n.More, n.Link}, r, "digest.link")
	}
	p := painter{l.scribe(r), &draft{id: id}}
	head := new(prose).text(templates.Cut(shown.Text, mostDetail), bold)
	if shown.About != "" {
		head.line().link(shown.About, shown.Link, normal)
	}
	p.say(whole, head)
	p.say(matter, p.sentences(shown.Details))
	if shown.About == "" {
		p.say(detail, p.page(shown.Link, p.Say("card.link")))
	}
	return Post{Text: fallback(append([]string{n.Text, n.About}, n.Details...)...), Blocks: p.blocks()}
}

// sentences are as many as have room, each on a line.
func (p painter) sentences(texts []string) *prose {
	cut := make([]string, len(texts))
	for i, text := range texts {
		cut[i] = templates.Cut(text, mostDetail)
	}
	n := fitting(len(cut), detailRoom, func(i int) int { return framed(frame, cut[i]) })
	out := new(prose).lines(normal, cut[:n]...)
	if n < len(cut) {
		out.lines(normal, p.plus(len(cut)-n))
	}
	return out
}

// page leads to a page, nothing without one.
func (p painter) page(link, label string) *prose {
	if web(link) == "" {
		return new(prose)
	}
	return new(prose).link(label, link, normal)
}
