package app

import (
	"context"
	"time"

	"github.com/taskherald/herald/bot"
	chatapi "github.com/taskherald/herald/bot/api"
	memory "github.com/taskherald/herald/bot/store"
	"github.com/taskherald/herald/intents"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
	"github.com/taskherald/herald/progress/store"
	"github.com/taskherald/herald/templates"
)

// ear is the road in from people: the bot, what it remembers, and whose accounts are whose.
type ear struct {
	bot      *bot.Bot
	memory   *memory.Store
	accounts *memory.Accounts
}

// host builds the road in of an app.
type host struct{ paver }

// listens makes the bot and where it listens, on what the road out stands on too.
func (a host) listens(index *store.Index) error {
	a.memory, a.accounts = memory.New(a.db, nil), memory.NewAccounts(a.db, memory.AccountOptions{Ways: ways{a.ledger, time.Now}, Log: a.log})
	a.bot = bot.New(bot.Options{
		Tasks: a.engine, Index: index, Past: a.store, Store: a.memory, Notices: notices{a.ledger, a.engine, a.notifier.Preview, time.Now},
		Parser: intents.New(), Book: a.book, Sealer: a.sealer, ETA: a.outlook.ETA, Link: a.linkTo, Log: a.log, Accounts: a.base() + "/accounts",
	})
	if err := a.slackPlatform(index); err != nil {
		return err
	}
	return a.discordPlatform(index)
}

// chats is the part of the API by which people talk with the bot.
func (a host) chats() kit.Guest {
	o := chatapi.Options{Bot: a.bot, Reader: a.readerOf, Person: a.access.Person, Text: func(r templates.Reply) string {
		return a.book.Layout(templates.Text, r, templates.Fit{})
	}}
	if a.slack.client != nil || a.discord.client != nil {
		o.Accounts = a.accounts
	}
	return chatapi.New(o)
}

// readerOf is how somebody reads: as they have said, else as everybody does here.
func (a host) readerOf(ctx context.Context, who progress.Person) (templates.Reader, error) {
	r := a.reader()
	p, err := a.ledger.PreferencesOf(ctx, who)
	if err != nil {
		return r, err
	}
	if p.Language != "" {
		r.Lang = p.Language
	}
	if zone, err := time.LoadLocation(p.Zone); err == nil && p.Zone != "" { // an unknown one was known when it was said
		r.Zone = zone
	}
	return r, nil
}

const forgetEvery = time.Hour

// forget lets go of conversations of long ago, every hour until ctx ends. Several nodes may
// do so in the same database.
func (a host) forget(ctx context.Context) {
	for next := time.NewTicker(forgetEvery); ; {
		if err := a.memory.Purge(ctx); err != nil && ctx.Err() == nil {
			a.log.Warn("what was said long ago could not be forgotten", "error", err)
		}
		if err := a.accounts.Heal(ctx); err != nil && ctx.Err() == nil {
			a.log.Warn("how people are told in chat could not be brought up to date", "error", err)
		}
		select {
		case <-ctx.Done():
			next.Stop()
			return
		case <-next.C:
		}
	}
}
