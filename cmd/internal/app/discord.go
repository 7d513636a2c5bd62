package app

import (
	"context"
	"net/http"
	"time"

	"github.com/taskherald/herald/bot/discord"
	"github.com/taskherald/herald/bot/discord/setup"
	"github.com/taskherald/herald/progress/api/kit"
	"github.com/taskherald/herald/progress/store"
	"github.com/taskherald/herald/templates/discordcard"
)

// discordSide is what this server has of Discord: nothing where it is not there.
type discordSide struct {
	client *discord.Client
	cards  *discordcard.Layout
	road   *discord.Channel
	ears   ears
	signed *discord.Platform // that requests come to; nil where none do
}

// discordChannel is the road out to Discord; nil where this server is not in it.
func (a paver) discordChannel() *discord.Channel {
	d := a.config.Discord
	if d.Token.Reveal() == "" {
		return nil
	}
	a.discord.client = discord.NewClient(discord.ClientOptions{Token: d.Token.Reveal(), API: d.APIURL})
	a.discord.cards = discordcard.New(a.book)
	a.discord.road = discord.NewChannel(discord.ChannelOptions{
		Client: a.discord.client, Cards: a.discord.cards, Sealer: a.sealer, Server: d.Server, Keep: buttons(a).keep, Log: a.log,
	})
	return a.discord.road
}

// discordPlatform is the road in from Discord, on what the road out stands on too. What is said
// comes by the gateway; so does what is pressed, unless Discord calls with it.
func (a host) discordPlatform(index *store.Index) (err error) {
	if a.discord.client == nil {
		return nil
	}
	d := a.config.Discord
	o := discord.Options{
		Options: a.talking(discord.Name, index), Client: a.discord.client, Cards: a.discord.cards, Sealer: a.sealer, Server: d.Server, Groups: d.Groups,
		Keep: buttons{a.App}.keep, Kept: buttons{a.App}.kept, Find: running{index, a.subjectOf}.find,
	}
	a.discord.ears = ears{name: "Discord", log: a.log, beside: a.registers, listen: func() (listener, error) { return discord.New(o), nil }}
	if d.PublicKey == "" {
		return nil
	}
	if a.discord.signed, err = discord.NewSigned(o, d.PublicKey); err == nil {
		a.discord.ears.signed = a.discord.signed
	}
	return err
}

// registerAgain is how long after it went wrong the commands are registered again.
const registerAgain = 5 * time.Minute

// registers has Discord know the commands as they are in this version.
func (a host) registers(ctx context.Context) {
	app := setup.App{API: a.config.Discord.APIURL, Token: a.config.Discord.Token.Reveal()}
	for ctx.Err() == nil {
		changed, err := app.Register(ctx, false)
		if err == nil {
			if len(changed) > 0 {
				a.log.Info("Discord knows the commands as they are now", "changed", changed)
			}
			return
		}
		if ctx.Err() == nil {
			a.log.Warn("the commands could not be registered with Discord", "error", err, "again_in", registerAgain)
		}
		select {
		case <-ctx.Done():
		case <-time.After(registerAgain):
		}
	}
}

// buttons are those that are too long for Discord.
type buttons struct{ *App }

// keep keeps what a button says.
func (a buttons) keep(ctx context.Context, key, full string, until time.Time) error {
	return a.memory.KeepReason(ctx, buttonKey(key), full, until)
}

// kept is what was kept; "" for nothing.
func (a buttons) kept(ctx context.Context, key string) (full string, err error) {
	return a.memory.ReasonOf(ctx, buttonKey(key))
}

// buttonKey is where a button is kept.
func buttonKey(key string) string { return "button " + key }

// discordGuests are the routes that Discord calls with what is pressed. Each call is signed.
func (a host) discordGuests() []kit.Guest {
	signed := a.discord.signed
	if signed == nil {
		return nil
	}
	return []kit.Guest{{Routes: []kit.Route{signedRoute("/discord/interactions", "discordInteractions", signed.Interactions())}}}
}

// signedRoute is one that a platform calls.
func signedRoute(path, name string, h http.Handler) kit.Route {
	return kit.Route{Method: http.MethodPost, Path: path, Name: name, Open: true, Signed: true, Page: true, Do: func(c *kit.Call) error {
		h.ServeHTTP(c.Writer, c.Request)
		return nil
	}}
}

// close lets go of connections to Discord.
func (d *discordSide) close() {
	if d.client != nil {
		d.client.Close()
	}
}
