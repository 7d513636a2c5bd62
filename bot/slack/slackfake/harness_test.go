package slackfake_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"github.com/taskherald/herald/bot/slack/slackfake"
)

// outside is a client that uses the network, inside one that does not.
func outside(t testing.TB, s *slackfake.Slack) *slack.Client {
	return slack.New(slackfake.BotToken, slack.OptionAPIURL(s.Start(t)), slack.OptionAppLevelToken(slackfake.AppToken))
}

func inside(s *slackfake.Slack) *slack.Client {
	return slack.New(slackfake.BotToken, slack.OptionAppLevelToken(slackfake.AppToken),
		slack.OptionHTTPClient(&http.Client{Transport: s.Transport(), Timeout: 30 * time.Second}))
}

// bubble is a test whose time is its own.
func bubble(t *testing.T, o slackfake.Options, check func(t *testing.T, s *slackfake.Slack)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := slackfake.New(o)
		t.Cleanup(s.Close)
		check(t, s)
	})
}

// said is what a call was answered with.
type said struct {
	status int
	header http.Header
	text   string
	body   map[string]any
}

func (a said) error() string {
	e, _ := a.body["error"].(string)
	return e
}

// at reads what stands at a path of names, "message.ts".
func (a said) at(path string) any {
	var v any = a.body
	for name := range strings.SplitSeq(path, ".") {
		object, _ := v.(map[string]any)
		v = object[name]
	}
	return v
}

func (a said) str(path string) string {
	s, _ := a.at(path).(string)
	return s
}

// raw sends any request inside the process.
func raw(t testing.TB, s *slackfake.Slack, r *http.Request) said {
	t.Helper()
	a, err := (&http.Client{Transport: s.Transport()}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	answer := said{status: a.StatusCode, header: a.Header, text: string(text)}
	_ = json.Unmarshal(text, &answer.body)
	return answer
}

// form makes a form of pairs.
func form(pairs ...string) url.Values {
	f := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		f.Set(pairs[i], pairs[i+1])
	}
	return f
}

// ask calls a method with the bot's token, with a form of pairs.
func ask(t testing.TB, s *slackfake.Slack, method string, pairs ...string) said {
	t.Helper()
	return as(t, s, slackfake.BotToken, method, pairs...)
}

func as(t testing.TB, s *slackfake.Slack, token, method string, pairs ...string) said {
	t.Helper()
	return raw(t, s, request(t, token, method, "application/x-www-form-urlencoded", form(pairs...).Encode()))
}

func request(t testing.TB, token, method, kind, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, slackfake.API+method, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	return r
}

// refused asks and wants that error; "" for none.
func refused(t testing.TB, s *slackfake.Slack, want, method string, pairs ...string) said {
	t.Helper()
	a := ask(t, s, method, pairs...)
	if got := a.error(); got != want {
		t.Errorf("%s %.200q is answered with %q, want %q: %.500s", method, pairs, got, want, a.text)
	}
	return a
}

// post posts a text and gives its timestamp.
func post(t testing.TB, s *slackfake.Slack, channel, text string, more ...string) string {
	t.Helper()
	a := refused(t, s, "", "chat.postMessage", append([]string{"channel", channel, "text", text}, more...)...)
	return a.str("ts")
}

// texts are what messages say, in their order.
func texts(all []slackfake.Message) string {
	var words []string
	for _, m := range all {
		words = append(words, m.Shows)
	}
	return strings.Join(words, "|")
}

func encoded(t testing.TB, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// button is a block with one.
func button(id, label string) string {
	return `[{"type":"actions","elements":[{"type":"button","action_id":"` + id + `","text":{"type":"plain_text","text":"` + label + `"},"value":"v"}]}]`
}

func equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// must is for what a test cannot go on without.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// ear is an app that listens by Socket Mode.
type ear struct {
	client *socketmode.Client
	hello  chan bool
	heard  chan socketmode.Event
}

// listen runs slack-go's sockets until the test ends. Answer says what an envelope is
// acknowledged with and whether it is; nil acknowledges all with nothing.
func listen(t testing.TB, s *slackfake.Slack, api *slack.Client, answer func(socketmode.Event) (any, bool)) *ear {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	e := &ear{hello: make(chan bool, 1000), heard: make(chan socketmode.Event, 1000)}
	e.client = socketmode.New(api, socketmode.OptionDialer(s.Dialer()), socketmode.OptionLog(log.New(io.Discard, "", 0)))
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		if err := e.client.RunContext(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("the sockets end with %v", err)
		}
	}()
	go func() {
		defer close(stopped)
		e.read(ctx, answer)
	}()
	t.Cleanup(func() { cancel(); <-done; <-stopped })
	<-e.hello
	return e
}

func (e *ear) read(ctx context.Context, answer func(socketmode.Event) (any, bool)) {
	for {
		var event socketmode.Event
		select {
		case event = <-e.client.Events:
		case <-ctx.Done():
			return
		}
		switch {
		case event.Type == socketmode.EventTypeHello:
			e.hello <- true
		case event.Request == nil || event.Request.EnvelopeID == "":
		default:
			var payload any
			yes := true
			if answer != nil {
				payload, yes = answer(event)
			}
			if yes {
				_ = e.client.AckCtx(ctx, event.Request.EnvelopeID, payload)
			}
			e.heard <- event
		}
	}
}

// dead is an app that listens and says nothing.
func dead(socketmode.Event) (any, bool) { return nil, false }

// payload reads what something that was sent says at a path.
func payload(t testing.TB, d *slackfake.Delivery, path string) any {
	t.Helper()
	a := said{}
	if err := json.NewDecoder(bytes.NewReader(d.Payload)).Decode(&a.body); err != nil {
		t.Fatal(err)
	}
	return a.at(path)
}
