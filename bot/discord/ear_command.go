package discord

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/bot/chat"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// commanded is what a slash command comes to: a sentence, as somebody would say it. Only who
// gives it sees the answer.
func (e *ear) commanded(i *interaction) *chat.Arrival {
	at, t := i.at().Spot, bot.Turn{ID: i.ID, Via: progress.ViaChat, Text: cmp.Or(i.order().sentence(), chat.AskHelp)}
	return e.first(i, deferral(i), chat.Arrival{
		Who: at.User, Lane: at.Lane(), Busy: e.Apology(at, i.ID),
		Work: chat.Bounded(func(ctx context.Context) { e.Answer(ctx, e.Told(ctx, at, t, false)) }),
	})
}

// The options of the command.
const (
	optionTask = "task" // an id, or words of a title
	optionWhat = "what" // a sentence
	optionCode = "code" // with which one links an account
)

// commandTask is the one command that is ours.
const commandTask = "task"

// sentence is what a command says; "" for one that asks for nothing, or is none of ours.
func (o order) sentence() string {
	if o.name != commandTask || o.group != "" {
		return ""
	}
	switch arg := strings.TrimSpace(cmp.Or(o.arg(optionTask), o.arg(optionWhat), o.arg(optionCode))); o.sub {
	case "ask":
		return arg
	case "show":
		return strings.TrimSpace("status " + arg)
	case "list", "help", "unlink", "link", "logs", "approve", "reject", "pause", "resume", "cancel", "retry", "restart", "skip":
		return strings.TrimSpace(o.sub + " " + arg)
	}
	return "" // a command of another version
}

// How what somebody types is completed.
const (
	typingWithin = 2 * time.Second // is looked for what may be meant; whoever waits is told in time that it is nothing
	mostChoices  = 25
	mostChoice   = 100 // characters of the name of one, and of its value
)

// typing completes the name of a task while somebody types it. Nobody waits for it who is late.
func (e *ear) typing(i *interaction) *chat.Arrival {
	at := i.at().Spot
	began := time.Now()
	return &chat.Arrival{Who: at.User, Lane: at.User + "/typing", Work: func(ctx context.Context) {
		ctx, stop := context.WithDeadline(ctx, began.Add(firstWithin))
		defer stop()
		look, done := context.WithDeadline(ctx, began.Add(typingWithin))
		defer done()
		a := Response{Type: discordgo.InteractionApplicationCommandAutocompleteResult, Choices: e.choices(look, at, i.order())}
		if err := e.o.Client.Callback(ctx, i.ID, i.Token, a); err != nil {
			e.Log.Debug("what somebody types in Discord was not completed", "error", err)
		}
	}}
}

// choices are the tasks that may be meant: those that run and fit, then any others that do.
// Somebody who is not known gets none.
func (e *ear) choices(ctx context.Context, at chat.Spot, o order) (out []*discordgo.ApplicationCommandOptionChoice) {
	who, err := e.Who(ctx, at)
	name, soFar := o.typing()
	if err != nil || !who.Known || name != optionTask {
		return nil
	}
	run, _, err := e.Running(ctx, who.Actor)
	if err != nil {
		return nil
	}
	run = slices.DeleteFunc(run, func(s templates.Subject) bool { return !fits(s.Task, soFar) })
	more, err := e.o.Find(ctx, who.Actor, soFar, mostChoices)
	if err != nil {
		return nil
	}
	for _, s := range append(run, more...) {
		card := e.Book.Card(s, who.Reader)
		out = withChoice(out, &card)
	}
	return out[:min(len(out), mostChoices)]
}

// withChoice adds a task, once.
func withChoice(out []*discordgo.ApplicationCommandOptionChoice, card *templates.Card) []*discordgo.ApplicationCommandOptionChoice {
	id := string(card.Task)
	if len(id) > mostChoice || slices.ContainsFunc(out, func(c *discordgo.ApplicationCommandOptionChoice) bool { return c.Value == id }) {
		return out
	}
	tail := " · " + card.State + " · " + id
	title := templates.Cut(card.Symbol+" "+card.Title, max(mostChoice-len([]rune(tail)), 20))
	return append(out, &discordgo.ApplicationCommandOptionChoice{Name: templates.Cut(title+tail, mostChoice), Value: id})
}

// fits reports whether a task has all words of a text in its title, or begins with it.
func fits(t *progress.Task, text string) bool {
	title := strings.ToLower(t.Spec.Title)
	if strings.HasPrefix(string(t.ID), strings.TrimSpace(text)) {
		return true
	}
	return !slices.ContainsFunc(strings.Fields(strings.ToLower(text)), func(word string) bool { return !strings.Contains(title, word) })
}
