package discordcard

import (
	"slices"

	"github.com/taskherald/herald/templates"
)

// board is a list of tasks, a line each; open is what leads to all of them.
func (l *Layout) board(id string, n *templates.Notice, r templates.Reader, open string) Post {
	p := painter{l.scribe(r), newDraft(id)}
	p.colour = blue
	if slices.ContainsFunc(n.Tasks, waits) {
		p.colour = amber
	}
	lines, said := n.Isolated().Tasks, []string{n.Text}
	for _, t := range n.Tasks {
		said = append(said, t.Symbol+" "+t.Title+" – "+t.Text)
	}
	p.say(whole, new(prose).line(heading).text(some(n.Text), normal, mostSaid))
	foot := p.page(n.Link, p.Say(open))
	p.say(whole, p.tasks(lines, n.More, p.left()-width(foot.print(room))-1))
	p.say(whole, foot)
	return p.post(spoken(said...))
}

// waits reports whether a task needs somebody.
func waits(t templates.Brief) bool { return t.Symbol == "⚠" }

// tasks are as many as have room, in a line each; what waits for somebody stands out.
func (p painter) tasks(all []templates.Brief, more, room int) *prose {
	out := new(prose)
	for _, t := range all {
		look := normal
		if waits(t) {
			look = bold
		}
		out.line(body).text(t.Symbol, normal, mostLabel).link(t.Title, t.Link, p.Say("push.open"), look).text("– "+t.Text, normal, mostLine)
	}
	return p.listed(out, more, room)
}

// listed is a list with as many of its lines as have room, and how many more there are.
func (p painter) listed(list *prose, more, room int) *prose {
	end := new(prose).lines(normal, p.plus(more+len(list.rows)))
	n := len(list.rows)
	if more > 0 || fitting(list.rows, room) < n {
		n = fitting(list.rows, room-width(end.print(room))-1)
	}
	if more += len(list.rows) - n; more > 0 {
		return new(prose).add(list.rows[:n]...).lines(normal, p.plus(more))
	}
	return list
}
