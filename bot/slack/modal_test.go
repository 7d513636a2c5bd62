package slack_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskherald/herald/bot/slack/slackfake"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates/slackcard"
)

// TestReason holds that the form for a reason opens at once, whatever the store does, and that
// what is written in it goes with the press.
func TestReason(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, slackfake.Options{}, nil)
		card := s.pinned(slackfake.General, "", "t1", keys())
		s.accounts.Stall(func() time.Duration { return 30 * time.Second })
		for range 40 {
			d, err := s.User(slackfake.Ben).Press(card, slackcard.ActionDo+"approve")
			if err != nil {
				t.Fatal(err)
			}
			if err = d.Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		s.presses(slackfake.Ana, card, slackcard.ActionReason+"reject")
		form, ok := s.User(slackfake.Ana).Modal()
		if !ok || form.CallbackID != slackcard.CallbackReason || !strings.Contains(form.Shows, "Store CRM") {
			t.Fatalf("there is %+v", form)
		}
		s.accounts.Stall(func() time.Duration { return 0 })
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		n := len(s.bot.Heard())
		d, err := s.User(slackfake.Ana).Submit(map[string]string{slackcard.BlockReason: "  too dear \n"})
		s.taken(d, err)
		turn := s.newest(n + 1)
		if turn.Press != "sealed-reject" || turn.Reason != "too dear" || turn.Via != progress.ViaButton || turn.Room != here || turn.Thread != card.TS || turn.About != "t1" {
			t.Errorf("it is %+v", turn)
		}
		if _, open := s.User(slackfake.Ana).Modal(); open {
			t.Error("the form is still there")
		}
		s.shows(s.last(slackfake.Ana, slackfake.General), slackfake.Ana, "heard sealed-reject")
	})
}

// TestReasonEmpty holds that a reason may stay empty, that a form that is sent twice is one
// press, and that one that is closed is none.
func TestReasonEmpty(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, slackfake.Options{}, nil)
		card := s.pinned(slackfake.General, "", "t1", keys())
		s.presses(slackfake.Ana, card, slackcard.ActionReason+"reject")
		s.User(slackfake.Ana).Close()
		s.presses(slackfake.Ana, card, slackcard.ActionReason+"reject")
		d, err := s.User(slackfake.Ana).Submit(nil)
		s.taken(d, err)
		s.taken(s.Feed().Send(slackfake.Interactive, d.Payload), nil)
		if turn := s.newest(1); turn.Reason != "" || turn.Press != "sealed-reject" {
			t.Errorf("it is %+v", turn)
		}
		s.Fail("chat.postEphemeral", slackfake.Refused("user_not_in_channel"))
		s.presses(slackfake.Ana, card, slackcard.ActionReason+"reject")
		d, err = s.User(slackfake.Ana).Submit(nil)
		s.taken(d, err)
		if all := s.direct(slackfake.Ana); len(all) != 1 {
			t.Errorf("there are %+v", all)
		}
	})
}

// TestReasonFails holds that who pressed hears it if the form does not open, and that a form
// that is none of ours does nothing without a word.
func TestReasonFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, slackfake.Options{}, nil)
		card := s.pinned(slackfake.General, "", "t1", keys())
		for _, f := range []slackfake.Fault{slackfake.Refused("expired_trigger_id"), {Hang: true}, slackfake.Away(), slackfake.Limited(time.Second)} {
			s.Fail("views.open", f)
			s.presses(slackfake.Ana, card, slackcard.ActionReason+"reject")
			time.Sleep(3 * time.Second)
			s.shows(s.last(slackfake.Ana, slackfake.General), slackfake.Ana, "try again")
		}
		if n := len(s.User(slackfake.Ana).Sees(slackfake.General)); n != 5 {
			t.Errorf("there are %d messages", n)
		}
		for i, view := range []map[string]any{
			{"id": "V1", "callback_id": "someone.elses", "private_metadata": `{"b":"x"}`},
			{"id": "V2", "callback_id": slackcard.CallbackReason, "private_metadata": "no JSON"},
			{"id": "V3", "callback_id": slackcard.CallbackReason},
			{"callback_id": 7},
		} {
			s.taken(s.Feed().Send(slackfake.Interactive, map[string]any{"type": "view_submission", "user": map[string]any{"id": slackfake.Ana}, "view": view}), nil)
			if turn := s.newest(i + 1); turn.Press != "?" {
				t.Errorf("it is %+v", turn)
			}
			if all := s.direct(slackfake.Ana); len(all) != i+1 {
				t.Errorf("there are %d direct messages", len(all))
			}
		}
		s.taken(s.Feed().Send(slackfake.Interactive, map[string]any{"type": "view_closed", "user": map[string]any{"id": slackfake.Ana}}), nil)
		s.newest(4)
	})
}

// TestReasonForged holds that a press whose button is none is answered without a form.
func TestReasonForged(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, slackfake.Options{}, nil)
		for i, value := range []any{nil, strings.Repeat("x", 4000)} {
			s.taken(s.Feed().Send(slackfake.Interactive, map[string]any{
				"type": "block_actions", "user": map[string]any{"id": slackfake.Ana}, "channel": map[string]any{"id": slackfake.General}, "trigger_id": i,
				"actions": []any{map[string]any{"action_id": slackcard.ActionReason + "reject", "value": value, "action_ts": string(rune('1' + i))}},
			}), nil)
			if turn := s.newest(i + 1); turn.Press != "?" {
				t.Errorf("it is %+v", turn)
			}
		}
	})
}
