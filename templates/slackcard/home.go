package slackcard

import (
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/words"
)

// Home is what the App Home of one person shows.
type Home struct {
	Person  progress.Person // that the account is linked to, "" for not to say it
	Linked  bool
	Command string // with which one links an account, "" for "/herald"
	Asks    []Row  // tasks whose Ask this person may decide
	Tasks   []Row  // tasks that run
	More    int    // tasks beyond those
	Link    string // to the dashboard, "" for none
}

// Row is a task on a Home. Without a seal it cannot be decided there.
type Row struct {
	Card *templates.Card
	Seal Seal
}

// How many approvals and tasks a Home shows at most.
const (
	mostAsks  = 10
	mostTasks = 25
)

// Home is the App Home of a person: what waits for them, what runs, and how to link the
// account if that has not been done.
func (l *Layout) Home(h Home, r templates.Reader) slack.HomeTabViewRequest {
	p := lobby{painter{l.scribe(r), &draft{}}}
	if h.Linked {
		p.person(h.Person)
		p.asks(h.Asks)
		p.tasks(h.Tasks, h.More)
	} else {
		p.stranger(h.Command)
	}
	keys := []key{{id: ActionHome, value: "-", label: p.Say("slack.home.refresh")}}
	for _, b := range rows(append(keys, keyring{scribe: p.scribe, link: h.Link}.opening(p.Say("slack.home.open"))...)) {
		p.add(whole, b)
	}
	return slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: p.fitted(mostViewed, viewRoom)}}
}

// lobby draws a Home.
type lobby struct{ painter }

// person says who the account is linked to, if that is known.
func (p lobby) person(who progress.Person) {
	if name := templates.Cut(clean(string(who)), mostHeader); name != "" {
		p.say(whole, new(prose).lines(normal, p.Say("slack.home.you", words.A("who", name))))
	}
}

// stranger says how the account is linked.
func (p lobby) stranger(command string) {
	if command == "" {
		command = "/herald"
	}
	how := p.Say("stranger.how", words.A("say", clean(command)+" link CODE"))
	p.say(whole, new(prose).lines(bold, p.Say("slack.home.stranger")).lines(normal, how))
}

// asks are the approvals that wait, each with its buttons.
func (p lobby) asks(all []Row) {
	all = slices.DeleteFunc(slices.Clone(all), func(r Row) bool { return r.Card == nil || r.Card.Ask == nil })
	p.title("slack.home.asks")
	if len(all) == 0 {
		p.say(whole, new(prose).lines(normal, p.Say("slack.home.none")))
	}
	for _, r := range all[:min(len(all), mostAsks)] {
		c := r.Card.Isolated()
		p.say(question, p.ask(&c))
		ring := keyring{p.scribe, c.Task, c.Title, c.Ask, c.Link, r.Seal}
		for _, b := range compact(append(ring.deciding(c.Ask.Step), ring.reading()...)) {
			p.add(question, b)
		}
	}
	if more := len(all) - mostAsks; more > 0 {
		p.say(question, new(prose).lines(normal, p.plus(more)))
	}
}

// ask is what is asked, in short.
func (p lobby) ask(c *templates.Card) *prose {
	a := c.Ask
	out := new(prose).text("⚠️ ", normal).link(c.Title, c.Link, bold).lines(bold, templates.Cut(a.Head, mostAside))
	out.quote(templates.Cut(a.Prompt, mostAside))
	out.lines(bold, a.Risk).lines(normal, a.Votes)
	if a.Until != nil {
		out.lines(normal, a.Until.Text)
	}
	return out
}

// tasks are those that run, a line each.
func (p lobby) tasks(all []Row, more int) {
	all = slices.DeleteFunc(slices.Clone(all), func(r Row) bool { return r.Card == nil })
	p.title("slack.home.tasks")
	if len(all) == 0 {
		p.say(whole, new(prose).lines(normal, p.Say("tasks.none.running")))
	}
	for _, r := range all[:min(len(all), mostTasks)] {
		c := r.Card.Isolated()
		p.add(detail, p.task(&c))
	}
	if more += max(len(all)-mostTasks, 0); more > 0 {
		p.say(extra, new(prose).lines(normal, p.plus(more)))
	}
}

// task is one that runs, with what can be read of it.
func (p lobby) task(c *templates.Card) slack.Block {
	stands := slices.DeleteFunc([]string{p.Percent(float64(c.Percent)), c.Place, c.Left}, func(text string) bool { return text == "" })
	said := c.Symbol + " " + c.Title + "\n" + strings.Join(stands, " · ")
	keys := keyring{scribe: p.scribe, task: c.Task, link: c.Link}.reading()
	out := slack.NewSectionBlock(plain(said, mostText), nil, slack.NewAccessory(keys[0].button()))
	if menu := menuOf(keys); menu != nil {
		out.Accessory = slack.NewAccessory(menu)
	}
	return out
}

// title stands above a part of the page.
func (p lobby) title(key string) {
	p.add(whole, slack.NewHeaderBlock(plain(p.Say(key), mostHeader)))
}
