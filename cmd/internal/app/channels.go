package app

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"time"

	"github.com/taskherald/herald/bot/discord"
	"github.com/taskherald/herald/bot/slack"
	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/email"
	"github.com/taskherald/herald/notify/links"
	"github.com/taskherald/herald/notify/webhook"
	"github.com/taskherald/herald/notify/webpush"
	"github.com/taskherald/herald/progress/ticket"
	"github.com/taskherald/herald/templates/mailcard"
	"github.com/taskherald/herald/templates/pushcard"
)

// paver builds the road out of an app.
type paver struct{ *App }

// channels are those of this server. A new one is a line here.
func (a paver) channels(ctx context.Context) (map[string]notify.Channel, error) {
	if err := a.seal(ctx); err != nil {
		return nil, err
	}
	to := links.New(a.sealer, a.base, time.Now)
	a.hooks = webhook.New(webhook.Options{Guard: a.guard, Keys: a.signs, Source: a.base(), UserAgent: "Herald/" + Version()})
	a.push = webpush.New(webpush.Options{
		Guard: a.guard, Keys: a.signs, Contact: a.contact, Cards: pushcard.New(a.book), Invite: to.Invite,
		VAPID: func(ctx context.Context) (notify.Keys, error) { return a.own(ctx, notify.HeldForPush, webpush.NewKey) },
	})
	out := map[string]notify.Channel{webhook.Name: a.hooks, webpush.Name: a.push}
	if c := a.slackChannel(); c != nil {
		out[slack.Name] = c
	}
	if c := a.discordChannel(); c != nil {
		out[discord.Name] = c
	}
	if a.config.Email.Server == "" {
		return out, nil
	}
	o, err := a.mail()
	if err != nil {
		return nil, err
	}
	o.Mails, o.Invite, o.Leave, o.Confirm = mailcard.New(a.book), to.Invite, to.Leave, to.Confirm
	a.mails = email.New(o)
	out[email.Name] = a.mails
	return out, nil
}

// seal makes what seals the links of messages.
func (a paver) seal(ctx context.Context) error {
	k, err := a.own(ctx, notify.HeldForTickets, func() string { return rand.Text() + rand.Text() })
	if err != nil {
		return fmt.Errorf("the secret of links: %w", err)
	}
	a.sealer, err = ticket.New([]byte(k.Current))
	return err
}

// own are keys of the server's own. The first who needs them has them made.
func (r *road) own(ctx context.Context, holder string, fresh func() string) (notify.Keys, error) {
	if k, ok, err := r.ledger.Keys(ctx, holder); err != nil || ok {
		return k, err
	}
	return r.ledger.EnsureKeys(ctx, notify.Keys{Holder: holder, Current: fresh()})
}

// contact is whom push services can ask about this server.
func (a paver) contact() string { return cmp.Or(a.config.Contact(), project) }

// project is where Herald is at home. Who serves only their own machine is reached by
// nobody, and push services refuse who names no contact.
const project = "https://github.com/taskherald/herald"

// mail are the settings of mail as its channel takes them.
func (a paver) mail() (email.Options, error) {
	e := a.config.Email
	o := email.Options{Server: e.Server, TLS: e.TLS, User: e.User, Password: e.Password.Reveal(), From: e.From}
	if e.DKIMKey == "" {
		return o, nil
	}
	pem, err := os.ReadFile(e.DKIMKey)
	if err != nil {
		return o, fmt.Errorf("email.dkim_key: %w", err)
	}
	key, err := email.ParseKey(pem)
	if err != nil {
		return o, fmt.Errorf("email.dkim_key: %s: %w", e.DKIMKey, err)
	}
	o.DKIM = &email.DKIM{Key: key, Selector: e.DKIMSelector}
	return o, nil
}

// probe says in the log which channels would not work, and why. It ends with ctx.
func (a *App) probe(ctx context.Context) {
	for name, c := range a.notifier.Channels {
		p, ok := c.(notify.Prober)
		if !ok {
			continue
		}
		try, cancel := context.WithTimeout(ctx, probePatience)
		err := p.Probe(try)
		cancel()
		switch {
		case err == nil:
			a.log.Info("a channel works", "channel", name)
		case ctx.Err() == nil:
			a.log.Warn("a channel does not work; what goes there waits", "channel", name, "error", err)
		}
	}
}

// probePatience is how long one channel may take to say whether it works.
const probePatience = 30 * time.Second
