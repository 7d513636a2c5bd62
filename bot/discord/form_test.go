package discord_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bwmarrin/discordgo"

	"github.com/taskherald/herald/bot/discord"
	"github.com/taskherald/herald/bot/discord/discordfake"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/ticket"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/discordcard"
)

// TestReason holds that the form for a reason opens at once, whatever the store does, and that
// what is written in it goes with the press.
func TestReason(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, discordfake.Options{}, nil)
		s.kept.all[keyKeptAsk[1:]] = "rlong-cancel"
		card := s.pinned(discordfake.General, "t1", keys())
		s.accounts.Stall(func() time.Duration { return 30 * time.Second })
		for range 40 {
			i, err := s.User(discordfake.Ben).Press(card, keyDo)
			if err != nil {
				t.Fatal(err)
			}
			if err = i.Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		i := s.presses(discordfake.Ana, card, keyReason)
		s.first(i, firstForm)
		form, ok := s.User(discordfake.Ana).Modal()
		if !ok || form.CustomID != keyReason || i.Took() > 100*time.Millisecond || len(form.Fields) != 1 || form.Fields[0].Required {
			t.Fatalf("after %s there is %+v", i.Took(), form)
		}
		s.accounts.Stall(func() time.Duration { return 0 })
		time.Sleep(5 * time.Minute)
		n := len(s.bot.Heard())
		i = s.submits(discordfake.Ana, map[string]string{"reason": "  too dear \n"})
		turn := s.newest(n + 1)
		if turn.Press != "sealed-reject" || turn.Reason != "too dear" || turn.Via != progress.ViaButton || turn.Room != here || turn.Thread != "" || turn.About != "t1" || turn.ID != i.ID {
			t.Errorf("it is %+v", turn)
		}
		s.first(i, firstLater)
		s.told(i, discordfake.Ana, "heard sealed-reject")
		s.presses(discordfake.Ana, card, keyKeptAsk)
		s.told(s.submits(discordfake.Ana, map[string]string{"reason": "why not"}), discordfake.Ana, "heard long-cancel")
		if turn := s.newest(n + 2); turn.Reason != "why not" {
			t.Errorf("it is %+v", turn)
		}
	})
}

// TestReasonEmpty holds that a reason may stay empty, that a form that is sent twice is one
// press, that one that is closed is none, and that it is as good in direct messages.
func TestReasonEmpty(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, discordfake.Options{}, nil)
		card := s.pinned(discordfake.General, "t1", keys())
		s.presses(discordfake.Ana, card, keyReason)
		s.User(discordfake.Ana).Close()
		s.presses(discordfake.Ana, card, keyReason)
		i := s.submits(discordfake.Ana, nil)
		s.Feed().Send("INTERACTION_CREATE", i.Payload)
		settle()
		if turn := s.newest(1); turn.Reason != "" || turn.Press != "sealed-reject" {
			t.Errorf("it is %+v", turn)
		}
		s.presses(discordfake.Ana, s.pinned(s.Channel(discordfake.Ana).ID(), "t1", keys()), keyReason)
		s.told(s.submits(discordfake.Ana, map[string]string{"reason": "no"}), "", "heard sealed-reject")
		if turn := s.newest(2); turn.Reason != "no" || turn.Room == here {
			t.Errorf("it is %+v", turn)
		}
	})
}

// TestReasonWords holds that the form asks what the button says, in the language that who presses
// read last: nothing is looked up for it.
func TestReasonWords(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, discordfake.Options{}, func(o *discord.Options) {
			o.Reader = readers(map[progress.Person]string{"ana": "de"})
		})
		value := s.options.Sealer.SealButton(ticket.Button{Verb: progress.VerbCancel, Task: "t1", Run: 1, Attempt: 1})
		row := discordgo.ActionsRow{Components: []discordgo.MessageComponent{discordgo.Button{Label: "Cancel…", CustomID: "r" + value, Style: discordgo.DangerButton}}}
		card := s.pinned(discordfake.General, "t1", discordcard.Post{Components: []discordgo.MessageComponent{discordgo.Container{Components: []discordgo.MessageComponent{row}}}})
		asks := func(want string) {
			t.Helper()
			s.presses(discordfake.Ana, card, "Cancel…")
			form, ok := s.User(discordfake.Ana).Modal()
			if !ok || !strings.Contains(form.Title, want) {
				t.Errorf("there is %+v", form)
			}
			s.User(discordfake.Ana).Close()
		}
		asks("Cancel")
		s.orders(discordfake.Ana, discordfake.General, "list", nil)
		calls := len(s.accounts.Asked())
		asks("abbrechen")
		value = s.options.Sealer.SealButton(ticket.Button{Verb: progress.VerbApprove, Task: "t1", Step: 7, Run: 1, Attempt: 1, Digest: strings.Repeat("ab", 32)})
		row = discordgo.ActionsRow{Components: []discordgo.MessageComponent{discordgo.Button{Label: "Cancel…", CustomID: "r" + value, Style: discordgo.DangerButton}}}
		card = s.pinned(discordfake.General, "t1", discordcard.Post{Components: []discordgo.MessageComponent{discordgo.Container{Components: []discordgo.MessageComponent{row}}}})
		asks("Schritt 7 freigeben?")
		if n := len(s.accounts.Asked()); n != calls {
			t.Errorf("%d accounts were looked up", n-calls)
		}
	})
}

// TestReasonFails holds that Discord says itself that a form did not open: nothing was done, and
// nothing is said beside that.
func TestReasonFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, discordfake.Options{}, nil)
		card := s.pinned(discordfake.General, "t1", keys())
		for n, f := range []discordfake.Fault{discordfake.Refused(http.StatusNotFound, 10062), {Hang: true}, discordfake.Away(), discordfake.TooSoon(time.Second)} {
			s.Fail(discordfake.Callback, always(f))
			if _, err := s.User(discordfake.Ana).Press(card, keyReason); err != nil {
				t.Fatal(err)
			}
			time.Sleep(10 * time.Second)
			s.Fail(discordfake.Callback)
			if all := s.Feed().Unanswered(); len(all) != n+1 {
				t.Errorf("%d presses are said to have failed", len(all))
			}
		}
		if all := s.bot.Heard(); len(all) != 0 || len(s.direct(discordfake.Ana)) != 0 {
			t.Errorf("it heard %+v", all)
		}
		s.presses(discordfake.Ana, card, keyReason)
		s.told(s.submits(discordfake.Ana, nil), discordfake.Ana, "heard")
	})
}

// TestReasonForged holds that a form that is none of ours gets an honest answer.
func TestReasonForged(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, discordfake.Options{}, nil)
		for n, c := range []struct {
			data  map[string]any
			press string
		}{
			{map[string]any{"custom_id": "zzz"}, "?"}, {map[string]any{}, "?"}, {map[string]any{"custom_id": 7, "components": "none"}, "?"},
			{map[string]any{"custom_id": "rsealed", "components": []any{map[string]any{"component": map[string]any{"custom_id": "reason", "value": 7}}}}, "sealed"},
		} {
			s.Feed().Send("INTERACTION_CREATE", map[string]any{
				"id": discordfake.ID(time.Now()), "type": 5, "token": "t", "application_id": discordfake.App, "user": map[string]any{"id": discordfake.Ana}, "data": c.data,
			})
			settle()
			if turn := s.newest(n + 1); turn.Press != c.press {
				t.Errorf("it is %+v", turn)
			}
			if all := s.direct(discordfake.Ana); len(all) != n+1 { // nobody knows the token
				t.Errorf("there are %d answers", len(all))
			}
		}
	})
}

// readers are how people read: in a language each.
func readers(lang map[progress.Person]string) func(context.Context, progress.Person) (templates.Reader, error) {
	return func(_ context.Context, who progress.Person) (templates.Reader, error) {
		return templates.Reader{Lang: lang[who]}, nil
	}
}
