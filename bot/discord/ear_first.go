package discord

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"github.com/taskherald/herald/bot/chat"
	"github.com/taskherald/herald/progress/ticket"
	"github.com/taskherald/herald/templates/discordcard"
)

// firstWithin is for how long the first answer to an interaction is worth trying: after three
// seconds Discord has told who acted that it did not work.
const firstWithin = 2900 * time.Millisecond

// way is how who acted is answered. The token is good for a quarter of an hour.
type way struct {
	app, token string
	after      bool // by a message of its own: the first answer shows nothing
}

func (w way) text() string {
	kind := "first"
	if w.after {
		kind = "after"
	}
	return strings.Join([]string{kind, w.app, w.token}, "/")
}

// wayOf reads what text wrote; ok is false for "".
func wayOf(text string) (w way, ok bool) {
	parts := strings.SplitN(text, "/", 3)
	if len(parts) != 3 {
		return w, false
	}
	return way{app: parts[1], token: parts[2], after: parts[0] == "after"}, true
}

// deferral is the first answer to an interaction that takes longer: that we are at it. Who acted
// sees alone what follows; in direct messages it stays.
func deferral(i *interaction) Response {
	return Response{Type: discordgo.InteractionResponseDeferredChannelMessageWithSource, Private: !i.direct()}
}

// quiet is the first answer to a press that says nothing.
func quiet() Response { return Response{Type: discordgo.InteractionResponseDeferredMessageUpdate} }

// first gives the first answer to an interaction, and puts in line what it comes to after that.
// Of one that Discord takes no answer to any more it is done all the same: somebody has pressed.
func (e *ear) first(i *interaction, answer Response, then chat.Arrival) *chat.Arrival {
	return e.soon(i, func(ctx context.Context) {
		if err := e.respond(ctx, i, answer); err != nil {
			e.Log.Warn("an interaction was not answered in time", "error", err)
		}
		e.line.Put(then)
	})
}

// respond gives the first answer, once more if nobody can tell what became of it: there is no
// later.
func (e *ear) respond(ctx context.Context, i *interaction, answer Response) error {
	err := e.o.Client.Callback(ctx, i.ID, i.Token, answer)
	if problem := problemOf(err); err != nil && problem.Code == 0 && (problem.Status == 0 || problem.Status >= http.StatusInternalServerError) && ctx.Err() == nil {
		err = e.o.Client.Callback(ctx, i.ID, i.Token, answer)
	}
	if CodeOf(err) == alreadyAnswered {
		return nil
	}
	return err
}

// alreadyAnswered is what Discord says of an interaction that has its first answer.
const alreadyAnswered = 40060

// soon is what cannot wait for what else is in line. Who finds no room there is told so.
func (e *ear) soon(i *interaction, do chat.Job) *chat.Arrival {
	work := func(ctx context.Context) {
		ctx, stop := context.WithTimeout(ctx, firstWithin)
		defer stop()
		do(ctx)
	}
	busy := func(ctx context.Context) {
		if err := e.respond(ctx, i, deferral(i)); err == nil {
			e.Apology(i.at().Spot, i.ID)(ctx)
		}
	}
	return &chat.Arrival{Key: "interaction " + i.ID, Who: i.user().ID, Lane: i.user().ID, Soon: true, Work: work, Busy: busy}
}

// form asks for a reason. It looks nothing up: what is shown follows from the press alone, in the
// language that the person read last. Of one that does not open Discord says so itself.
func (e *ear) form(i *interaction, act discordcard.Action) *chat.Arrival {
	return e.soon(i, func(ctx context.Context) {
		b := e.buttonOf(act)
		m := e.o.Cards.Reason(b.Verb, b.Step, "", i.Data.CustomID, e.ReaderOf(i.user().ID))
		a := Response{Type: discordgo.InteractionResponseModal, Title: m.Title, CustomID: m.CustomID, Components: m.Components}
		if err := e.respond(ctx, i, a); err != nil {
			e.Log.Warn("the form for a reason did not open in Discord", "error", err)
		}
	})
}

// buttonOf is what a button does that opens the form, nothing if the button does not say.
func (e *ear) buttonOf(act discordcard.Action) ticket.Button {
	b, err := e.o.Sealer.OpenButton(act.Value)
	if act.Kind != discordcard.Reason || err != nil {
		return ticket.Button{}
	}
	return b
}
