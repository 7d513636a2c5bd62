package slackfake_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"github.com/taskherald/herald/bot/slack/slackfake"
)

// modal asks for a reason.
func modal(title string) slack.ModalViewRequest {
	plain := func(s string) *slack.TextBlockObject { return slack.NewTextBlockObject("plain_text", s, false, false) }
	input := slack.NewInputBlock("reason", plain("Why?"), nil, slack.NewPlainTextInputBlockElement(nil, "reason").WithMaxLength(100))
	return slack.ModalViewRequest{
		Type: "modal", Title: plain(title), Submit: plain("Reject"), Close: plain("Back"), CallbackID: "herald.reason", PrivateMetadata: "meta",
		Blocks: slack.Blocks{BlockSet: []slack.Block{input}},
	}
}

func home(text string) slack.HomeTabViewRequest {
	section := slack.NewSectionBlock(slack.NewTextBlockObject("mrkdwn", text, false, false), nil, nil)
	return slack.HomeTabViewRequest{Type: "home", Blocks: slack.Blocks{BlockSet: []slack.Block{section}}}
}

// trigger is that of a command.
func trigger(t testing.TB, s *slackfake.Slack) string {
	t.Helper()
	return payload(t, must(s.User("ana").Command("/herald", "", slackfake.General)), "trigger_id").(string)
}

func TestTriggers(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		api := inside(s)
		open := func(id, want string) {
			t.Helper()
			got := ""
			if _, err := api.OpenView(id, modal("Why?")); err != nil {
				got = err.Error()
			}
			equal(t, "it is answered with", got, want)
		}
		id := trigger(t, s)
		open(id, "")
		open(id, "exchanged_trigger_id")
		open("1.2.x", "invalid_trigger_id")
		id = trigger(t, s)
		time.Sleep(3 * time.Second)
		open(id, "")
		id = trigger(t, s)
		time.Sleep(3*time.Second + time.Millisecond)
		open(id, "expired_trigger_id")
	})
}

func TestModal(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		ana, api := s.User("ana"), inside(s)
		if _, ok := ana.Modal(); ok {
			t.Error("there is one before any")
		}
		v := must(api.OpenView(trigger(t, s), modal("Reject?")))
		seen, ok := ana.Modal()
		if !ok || seen.ID != v.ID || seen.Title != "Reject?" || seen.CallbackID != "herald.reason" || seen.Metadata != "meta" || seen.Hash != v.Hash || !strings.Contains(seen.Shows, "Why?") {
			t.Errorf("got %+v", seen)
		}
		if _, ok := s.User("ben").Modal(); ok {
			t.Error("he sees it too")
		}
		next := must(api.UpdateView(modal("Really?"), "", v.Hash, v.ID))
		_, err := api.UpdateView(modal("Late"), "", v.Hash, v.ID)
		equal(t, "with an old hash", fmt.Sprint(err), "hash_conflict")
		must(api.UpdateView(modal("Sure?"), "", next.Hash, v.ID))
		seen, _ = ana.Modal()
		equal(t, "title", seen.Title, "Sure?")
		ana.Close()
		_, err = api.UpdateView(modal("Gone"), "", "", v.ID)
		equal(t, "of one that is closed", fmt.Sprint(err), "not_found")
	})
}

func TestStackedModals(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		api := inside(s)
		_, err := api.PushView(trigger(t, s), modal("Nothing below"))
		equal(t, "on nothing", fmt.Sprint(err), "not_found")
		first := must(api.OpenView(trigger(t, s), modal("1")))
		must(api.PushView(trigger(t, s), modal("2")))
		third := must(api.PushView(trigger(t, s), modal("3")))
		equal(t, "its root", third.RootViewID, first.ID)
		_, err = api.PushView(trigger(t, s), modal("4"))
		equal(t, "the fourth", fmt.Sprint(err), "push_limit_reached")
		s.User("ana").Close()
		seen, _ := s.User("ana").Modal()
		equal(t, "below it", seen.Title, "2")
	})
}

func TestWrongViews(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		long := modal("This title has more than 24 characters")
		_, err := inside(s).OpenView(trigger(t, s), long)
		equal(t, "a long title", fmt.Sprint(err), "invalid_arguments")
		refused(t, s, "view_too_large", "views.open", "trigger_id", "x", "view", `{"type":"modal","x":"`+strings.Repeat("x", 250_000)+`"}`)
		refused(t, s, "invalid_arguments", "views.open", "trigger_id", "x", "view", `{"type":"home","blocks":[]}`)
		refused(t, s, "invalid_arguments", "views.publish", "user_id", "U404", "view", encoded(t, home("x")))
	})
}

func TestHome(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		ana, api := s.User("ana"), inside(s)
		if _, ok := ana.Home(); ok {
			t.Error("there is one before any")
		}
		first := must(api.PublishView(slackfake.Ana, home("one"), ""))
		second := must(api.PublishView(slackfake.Ana, home("two"), first.Hash))
		equal(t, "the same view", second.ID, first.ID)
		_, err := api.PublishView(slackfake.Ana, home("three"), first.Hash)
		equal(t, "with an old hash", fmt.Sprint(err), "hash_conflict")
		seen, _ := ana.Home()
		equal(t, "she sees", seen.Shows, "two")
		if err := ana.OpenHome(); err != nil {
			t.Error(err)
		}
		equal(t, "what is told of it", payload(t, s.Feed().Sent()[0], "event.view.id"), any(first.ID))
	})
}

func TestNoHome(t *testing.T) {
	bubble(t, slackfake.Options{NoHome: true}, func(t *testing.T, s *slackfake.Slack) {
		_, err := inside(s).PublishView(slackfake.Ana, home("x"), "")
		equal(t, "publishing", fmt.Sprint(err), "not_enabled")
		if s.User("ana").OpenHome() == nil {
			t.Error("it opens")
		}
	})
}

func TestPressInHome(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		refused(t, s, "", "views.publish", "user_id", slackfake.Ana, "view", `{"type":"home","blocks":`+button("go", "Go")+`}`)
		v, _ := s.User("ana").Home()
		d := must(s.User("ana").PressIn(v, "Go"))
		equal(t, "the container", payload(t, d, "container.view_id"), any(v.ID))
		equal(t, "there is no response_url", payload(t, d, "response_url"), nil)
		if _, err := s.User("ben").PressIn(v, "Go"); err == nil {
			t.Error("he presses her button")
		}
		if _, err := s.User("ana").PressIn(v, "Stop"); err == nil {
			t.Error("she presses what is not there")
		}
	})
}

// What Slack does with a modal depends on what its submission is acknowledged with.
func TestSubmit(t *testing.T) {
	for name, c := range map[string]struct {
		answer any
		quiet  bool
		good   bool
		left   string // the title of the modal that she sees then
	}{
		"nothing":          {nil, false, true, "below"},
		"silence":          {nil, true, false, "top"},
		"clear":            {map[string]any{"response_action": "clear"}, false, true, ""},
		"errors":           {slack.NewErrorsViewSubmissionResponse(map[string]string{"reason": "longer"}), false, true, "top"},
		"foreign errors":   {slack.NewErrorsViewSubmissionResponse(map[string]string{"other": "longer"}), false, false, "top"},
		"update":           {map[string]any{"response_action": "update", "view": modal("new")}, false, true, "new"},
		"push":             {map[string]any{"response_action": "push", "view": modal("higher")}, false, true, "higher"},
		"a wrong view":     {map[string]any{"response_action": "update", "view": modal(strings.Repeat("x", 25))}, false, false, "top"},
		"a strange action": {map[string]any{"response_action": "dance"}, false, false, "top"},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
				ana, api := s.User("ana"), inside(s)
				var got slack.InteractionCallback
				e := listen(t, s, api, func(e socketmode.Event) (any, bool) {
					if p, ok := e.Data.(slack.InteractionCallback); ok {
						got = p
						return c.answer, !c.quiet
					}
					return nil, true
				})
				must(api.OpenView(trigger(t, s), modal("below")))
				must(api.PushView(trigger(t, s), modal("top")))
				err := must(ana.Submit(map[string]string{"reason": "too risky"})).Wait(t.Context())
				equal(t, "she sees that it worked", err == nil, c.good)
				seen, _ := ana.Modal()
				equal(t, "she sees", seen.Title, c.left)
				for range 3 {
					<-e.heard
				}
				if got.Type != slack.InteractionTypeViewSubmission || got.View.CallbackID != "herald.reason" || got.View.PrivateMetadata != "meta" || got.View.State.Values["reason"]["reason"].Value != "too risky" {
					t.Errorf("got %+v", got.View)
				}
				equal(t, "the complaint", seen.Errors["reason"], map[bool]string{true: "longer"}[name == "errors"])
			})
		})
	}
}

// What Slack checks itself does not reach the app.
func TestInputsAreChecked(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		ana := s.User("ana")
		if _, err := ana.Submit(nil); err == nil {
			t.Error("there is no modal")
		}
		must(inside(s).OpenView(trigger(t, s), modal("x")))
		for _, text := range []string{"", strings.Repeat("x", 101)} {
			if _, err := ana.Submit(map[string]string{"reason": text}); err == nil {
				t.Errorf("it takes %d characters", len(text))
			}
		}
		equal(t, "sent", len(s.Feed().Sent()), 1) // the command
	})
}
