package slackfake_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"github.com/taskherald/herald/bot/slack/slackfake"
)

// respond posts to a response_url.
func respond(t testing.TB, s *slackfake.Slack, address, body string) said {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	return raw(t, s, r)
}

// pressed is the response_url of a press by Ana of a message of the app.
func pressed(t testing.TB, s *slackfake.Slack) (address, ts string) {
	t.Helper()
	ts = post(t, s, slackfake.General, "x", "blocks", button("go", "Go"))
	m, _ := s.Channel("general").Message(ts)
	return payload(t, must(s.User("ana").Press(m, "Go")), "response_url").(string), ts
}

func TestResponseURL(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		ana, ben := s.User("ana"), s.User("ben")
		address, _ := pressed(t, s)
		equal(t, "the answer", respond(t, s, address, `{"text":"for you"}`).text, "ok")
		equal(t, "she sees", texts(ana.Sees(slackfake.General)), "Go|for you")
		equal(t, "he sees", texts(ben.Sees(slackfake.General)), "Go")
		respond(t, s, address, `{"text":"for all","response_type":"in_channel"}`)
		equal(t, "he sees", texts(ben.Sees(slackfake.General)), "Go|for all")
		respond(t, s, address, `{"text":"changed","replace_original":true}`)
		equal(t, "he sees", texts(ben.Sees(slackfake.General)), "changed|for all")
		respond(t, s, address, `{"delete_original":true}`)
		equal(t, "he sees", texts(ben.Sees(slackfake.General)), "for all")
	})
}

func TestResponseURLOfEphemeral(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		ana := s.User("ana")
		refused(t, s, "", "chat.postEphemeral", "channel", slackfake.General, "user", slackfake.Ana, "text", "x", "blocks", button("go", "Sure?"))
		address := payload(t, must(ana.Press(ana.Sees(slackfake.General)[0], "Sure?")), "response_url").(string)
		respond(t, s, address, `{"text":"done","replace_original":true}`)
		equal(t, "she sees", texts(ana.Sees(slackfake.General)), "done")
		respond(t, s, address, `{"delete_original":true}`)
		equal(t, "she sees", texts(ana.Sees(slackfake.General)), "")
	})
}

// Five answers in half an hour.
func TestResponseURLWearsOut(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		address, _ := pressed(t, s)
		for range 5 {
			equal(t, "status", respond(t, s, address, `{"text":"x"}`).status, http.StatusOK)
		}
		a := respond(t, s, address, `{"text":"x"}`)
		equal(t, "the sixth", a.status, http.StatusNotFound)
		equal(t, "the sixth", a.error(), "used_url")
		address, _ = pressed(t, s)
		time.Sleep(30 * time.Minute)
		equal(t, "status", respond(t, s, address, `{"text":"x"}`).status, http.StatusOK)
		time.Sleep(time.Millisecond)
		equal(t, "after half an hour", respond(t, s, address, `{"text":"x"}`).error(), "expired_url")
		equal(t, "one that never was", respond(t, s, "https://hooks.slack.com/actions/T/1/x", `{"text":"x"}`).error(), "expired_url")
	})
}

func TestResponseURLRefusals(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		address, _ := pressed(t, s)
		for body, want := range map[string]string{`{`: "invalid_payload", `{}`: "no_text", `{"text":"x","blocks":[{"type":"x"}]}`: "invalid_blocks"} {
			equal(t, body, respond(t, s, address, body).error(), want)
		}
		s.Fail(slackfake.ResponseURL, slackfake.Broken(500), slackfake.Lost())
		equal(t, "status", respond(t, s, address, `{"text":"x"}`).status, 500)
		if _, err := (&http.Client{Transport: s.Transport()}).Post(address, "application/json", strings.NewReader(`{"text":"lost"}`)); err == nil {
			t.Error("it was answered")
		}
		equal(t, "she sees", texts(s.User("ana").Sees(slackfake.General)), "Go|lost")
	})
}

// slack-go does all of it with one call.
func TestResponseURLBySlackGo(t *testing.T) {
	t.Parallel()
	s := slackfake.New(slackfake.Options{})
	api := outside(t, s)
	address, _ := pressed(t, s)
	if !strings.HasPrefix(address, "http://127.0.0.1:") {
		t.Error(address)
	}
	if _, _, err := api.PostMessage(slackfake.General, slack.MsgOptionText("private", false), slack.MsgOptionResponseURL(address, slack.ResponseTypeEphemeral)); err != nil {
		t.Error(err)
	}
	equal(t, "she sees", texts(s.User("ana").Sees(slackfake.General)), "Go|private")
}
