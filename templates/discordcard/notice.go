package discordcard

import (
	"github.com/taskherald/herald/templates"
)

// Notice is what happened, a digest, a note or a board. Its container has the mark of the id.
func (l *Layout) Notice(id string, n *templates.Notice, r templates.Reader) Post {
	switch n.Kind {
	case "board":
		return l.board(id, n, r, "slack.home.open")
	case "digest":
		return l.board(id, n, r, "digest.link")
	}
	p := painter{l.scribe(r), newDraft(id)}
	p.colour = colour(n.Symbol)
	shown := n.Isolated()
	head := new(prose).line(body).text(some(shown.Text), bold, mostSaid)
	if shown.About != "" {
		head.line(body).link(shown.About, shown.Link, p.Say("push.open"), normal)
	}
	p.say(whole, head)
	p.say(matter, p.sentences(shown.Details, p.left()))
	if shown.About == "" {
		p.say(detail, p.page(shown.Link, p.Say("card.link")))
	}
	return p.post(spoken(append([]string{n.Text, n.About}, n.Details...)...))
}

// sentences are as many as have room, each on a line.
func (p painter) sentences(texts []string, room int) *prose {
	return p.listed(new(prose).lines(normal, texts...), 0, room)
}

// page leads to a page, nothing without one.
func (p painter) page(link, label string) *prose {
	if web(link) == "" {
		return new(prose)
	}
	return new(prose).line(body).link(label, link, p.Say("push.open"), normal)
}
