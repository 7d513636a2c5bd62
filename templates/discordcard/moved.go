package discordcard

import (
	"github.com/taskherald/herald/templates"
)

// Moved is what is left of a card that goes on in another message, to which the link leads;
// title is the task's.
func (l *Layout) Moved(id, link, title string, r templates.Reader) Post {
	p := painter{l.scribe(r), newDraft(id)}
	p.colour = grey
	said := p.Say("discord.moved")
	p.say(whole, new(prose).line(small).text(some(clean(title)), normal, mostTitle))
	p.say(whole, new(prose).line(small).link(said, link, p.Say("push.open"), normal))
	return p.post(spoken(clean(title), said))
}
