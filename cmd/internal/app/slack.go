package app

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/bot/slack"
	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/ledger"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
	"github.com/taskherald/herald/progress/store"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/slackcard"
)

// chat is what this server has of chat platforms: each is nil where it is in none of that name.
type chat struct {
	slackClient *slack.Client
	slackCards  *slackcard.Layout
	slackRoad   *slack.Channel
	slackEars   ears
}

// slackChannel is the road out to Slack; nil where this server is not in it.
func (a paver) slackChannel() *slack.Channel {
	s := a.config.Slack
	if s.BotToken.Reveal() == "" {
		return nil
	}
	a.chat.slackClient = a.slackClient(s.AppToken.Reveal())
	a.chat.slackCards = slackcard.New(a.book)
	a.chat.slackRoad = slack.NewChannel(slack.ChannelOptions{Client: a.chat.slackClient, Cards: a.chat.slackCards, Sealer: a.sealer, Log: a.log})
	return a.chat.slackRoad
}

// slackClient calls Slack, with an app token to listen by Socket Mode.
func (a paver) slackClient(appToken string) *slack.Client {
	s := a.config.Slack
	return slack.NewClient(slack.ClientOptions{BotToken: s.BotToken.Reveal(), AppToken: appToken, API: s.APIURL})
}

// slackPlatform is the road in from Slack, on what the road out stands on too.
func (a host) slackPlatform(index *store.Index) (err error) {
	if a.chat.slackClient == nil {
		return nil
	}
	o := slack.Options{
		Client: a.chat.slackClient, SigningSecret: a.config.Slack.SigningSecret.Reveal(), Groups: a.config.Slack.Groups,
		Bot: hearer{a.bot}, Accounts: a.accounts, Rooms: rooms{a.ledger}, Book: a.book, Cards: a.chat.slackCards,
		Person: a.grouped, Reader: a.readerOf, Default: a.reader(), Say: a.notifier.Say, Spoke: a.spoke,
		Running: running{index, a.subjectOf}.of, Seal: a.chat.slackRoad.Seal, Link: a.base(), Page: a.base() + "/accounts", Log: a.log,
	}
	a.chat.slackEars, err = listening(o, a.config.Slack.AppToken.Reveal() != "", a.slackClient(""))
	return err
}

// close lets go of connections to Slack.
func (c *chat) close() {
	if c.slackClient != nil {
		c.slackClient.Close()
	}
	c.slackEars.close()
}

// hearer is the bot for who does not ask how it understood something.
type hearer struct{ bot *bot.Bot }

func (h hearer) Hear(ctx context.Context, t bot.Turn) (templates.Reply, error) {
	reply, _, err := h.bot.Hear(ctx, t)
	return reply, err
}

// rooms are what the ledger knows of places in Slack.
type rooms struct{ *ledger.Ledger }

// Shown are the tasks that were told of at addresses.
func (r rooms) Shown(ctx context.Context, to []notify.Address) ([]progress.TaskID, error) {
	lanes := make([]notify.LaneID, len(to))
	for i, a := range to {
		lanes[i] = a.Lane()
	}
	return r.Ledger.Shown(ctx, lanes)
}

// TaskAt is the task that a message in Slack is about.
func (r rooms) TaskAt(ctx context.Context, far string) (progress.TaskID, bool, error) {
	return r.Ledger.TaskAt(ctx, slack.Name, far)
}

// grouped is somebody with their rights, who beside their own groups is in others.
func (a host) grouped(ctx context.Context, who progress.Person, groups []string) (progress.Actor, bool, error) {
	actor, ok, err := a.access.Person(ctx, who)
	for _, g := range groups {
		if !slices.Contains(actor.Groups, g) {
			actor.Groups = append(slices.Clip(actor.Groups), g) // those of its own are shared
		}
	}
	return actor, ok, err
}

// spoke reports whether a task was spoken of in a thread.
func (a host) spoke(ctx context.Context, room, thread string) (bool, error) {
	_, ok, err := a.memory.Recall(ctx, bot.Place{Room: room, Thread: thread})
	return ok, err
}

// subjectOf is a task as layouts have it.
func (a host) subjectOf(t *progress.Task) templates.Subject {
	return templates.Subject{Task: t, ETA: a.outlook.ETA(t), Now: time.Now(), Link: a.linkTo(t.ID)}
}

// mostRunning is how many tasks a Home shows.
const mostRunning = 20

// running are the tasks that have not ended.
type running struct {
	index   *store.Index
	subject func(*progress.Task) templates.Subject
}

// of are those that somebody may see, those first that wait for a decision, and how many
// there are beyond them.
func (r running) of(ctx context.Context, who progress.Actor) (out []templates.Subject, more int, err error) {
	all := 0
	counts, err := r.index.Count(ctx, store.Query{Eyes: who})
	for _, s := range []progress.Status{progress.Waiting, progress.Running, progress.Paused, progress.Pending} {
		if all += counts[s]; err != nil || len(out) == mostRunning || counts[s] == 0 {
			continue
		}
		var page []progress.Task
		page, _, err = r.index.Find(ctx, store.Query{Eyes: who, Status: []progress.Status{s}, Limit: mostRunning - len(out)})
		for i := range page {
			out = append(out, r.subject(&page[i]))
		}
	}
	return out, max(all-len(out), 0), err // more may have begun since they were counted
}

// slackGuests are the routes that Slack calls where it does not keep a connection. Each call
// is signed.
func (a host) slackGuests() []kit.Guest {
	signed := a.chat.slackEars.signed
	if signed == nil {
		return nil
	}
	route := func(path, name string, h http.Handler) kit.Route {
		return kit.Route{Method: http.MethodPost, Path: "/slack/" + path, Name: name, Open: true, Signed: true, Page: true, Do: func(c *kit.Call) error {
			h.ServeHTTP(c.Writer, c.Request)
			return nil
		}}
	}
	return []kit.Guest{{Routes: []kit.Route{
		route("events", "slackEvents", signed.Events()), route("interactions", "slackInteractions", signed.Interactions()),
		route("commands", "slackCommands", signed.Commands()),
	}}}
}
