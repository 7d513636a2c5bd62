package slack_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	goslack "github.com/slack-go/slack"

	"github.com/taskherald/herald/bot/slack"
	"github.com/taskherald/herald/bot/slack/slackfake"
	"github.com/taskherald/herald/notify/callout"
)

// carrier answers every request.
type carrier func(*http.Request) (*http.Response, error)

func (c carrier) RoundTrip(r *http.Request) (*http.Response, error) { return c(r) }

func says(status int, header http.Header, body string) (*http.Response, error) {
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(body))}, nil
}

func client(c carrier) *slack.Client {
	return slack.NewClient(slack.ClientOptions{BotToken: "xoxb-s3cret", AppToken: "xapp-s3cret", Transport: c})
}

// ask is what a client asked for.
type ask struct {
	path, token, body string
	form              url.Values // nil for JSON
}

// asking is a client with a record of what it asks for, and the answers it gets.
func asking(t *testing.T, answers map[string]string) (*slack.Client, *[]ask) {
	t.Helper()
	var asks []ask
	return client(func(r *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		a := ask{path: r.URL.Path, token: r.Header.Get("Authorization"), body: string(body)}
		if r.Header.Get("Content-Type") == "application/x-www-form-urlencoded" {
			if a.form, err = url.ParseQuery(a.body); err != nil {
				t.Error(err)
			}
		}
		asks = append(asks, a)
		answer, ok := answers[r.URL.Path]
		if !ok {
			answer = `{"ok":true}`
		}
		return says(http.StatusOK, http.Header{"X-Oauth-Scopes": {"chat:write,im:history"}}, answer)
	}), &asks
}

// TestPosting holds that no link is unfolded, that no text is parsed for names, that a change
// says what becomes of the blocks, and that the token is in no form.
func TestPosting(t *testing.T) {
	t.Parallel()
	c, asks := asking(t, map[string]string{
		"/api/chat.postMessage": `{"ok":true,"channel":"C1","ts":"1.000002","message":{"thread_ts":"1.000001","blocks":[{"type":"nobody","elements":7}]}}`,
		"/api/chat.update":      `{"ok":true,"channel":"C1","ts":"1.000002"}`,
	})
	d := slack.Draft{Channel: "C1", Thread: "1.000001", Broadcast: true, Text: "hello", Blocks: []goslack.Block{goslack.NewDividerBlock()}}
	placed, err := c.PostMessage(t.Context(), d)
	if err != nil || placed != (slack.Placed{Channel: "C1", TS: "1.000002", Thread: "1.000001"}) {
		t.Errorf("%+v, %v", placed, err)
	}
	if _, err := c.UpdateMessage(t.Context(), "1.000002", slack.Draft{Channel: "C1", Text: "bye"}); err != nil {
		t.Error(err)
	}
	if err := c.PostEphemeral(t.Context(), "U1", d); err != nil {
		t.Error(err)
	}
	post, update, whisper := (*asks)[0].form, (*asks)[1].form, (*asks)[2].form
	for name, want := range map[string]string{
		"channel": "C1", "text": "hello", "thread_ts": "1.000001", "reply_broadcast": "true",
		"unfurl_links": "false", "unfurl_media": "false", "blocks": `[{"type":"divider"}]`,
	} {
		if post.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, post.Get(name), want)
		}
	}
	if update.Get("blocks") != "[]" || update.Get("ts") != "1.000002" || whisper.Get("user") != "U1" || whisper.Get("thread_ts") != "1.000001" {
		t.Errorf("%v, %v", update, whisper)
	}
	for _, a := range *asks {
		if a.form.Has("token") || a.form.Has("parse") || a.form.Has("link_names") || a.token != "Bearer xoxb-s3cret" {
			t.Errorf("%+v", a)
		}
	}
}

// TestMethods holds what the other methods are asked, and what is read of their answers.
func TestMethods(t *testing.T) {
	t.Parallel()
	c, asks := asking(t, map[string]string{
		"/api/views.open":            `{"ok":true,"view":{"id":"V1","hash":"h1","blocks":[{"type":"input","element":{"type":"of next year"}}]}}`,
		"/api/views.update":          `{"ok":true,"view":{"id":"V1","hash":"h2"}}`,
		"/api/auth.test":             `{"ok":true,"team_id":"T1","bot_id":"B1","user_id":"U0"}`,
		"/api/apps.connections.open": `{"ok":true,"url":"wss://example.com/link"}`,
		"/api/usergroups.users.list": `{"ok":true,"users":["U1","U2"]}`,
		"/api/users.info":            `{"ok":true,"user":{"name":"ana","real_name":"Ana Sousa","profile":{"display_name":""}}}`,
		"/api/conversations.open":    `{"ok":true,"channel":{"id":"D1"}}`,
		"/api/chat.getPermalink":     `{"ok":true,"permalink":"https://herald.slack.com/archives/C1/p1"}`,
	})
	ctx := t.Context()
	view, err := c.OpenView(ctx, "trigger", goslack.ModalViewRequest{Type: goslack.VTModal})
	if err != nil || view != (slack.Opened{ID: "V1", Hash: "h1"}) {
		t.Errorf("%+v, %v", view, err)
	}
	if view, err = c.UpdateView(ctx, view, goslack.ModalViewRequest{Type: goslack.VTModal}); err != nil || view.Hash != "h2" {
		t.Errorf("%+v, %v", view, err)
	}
	if _, err := c.PublishView(ctx, "U1", goslack.HomeTabViewRequest{Type: goslack.VTHomeTab}); err != nil {
		t.Error(err)
	}
	is, err := c.AuthTest(ctx)
	if err != nil || is.Team != "T1" || is.Bot != "B1" || is.User != "U0" || strings.Join(is.Scopes, " ") != "chat:write im:history" {
		t.Errorf("%+v, %v", is, err)
	}
	for want, got := range map[string]func() (string, error){
		"wss://example.com/link": func() (string, error) { return c.OpenSocketURL(ctx) },
		"Ana Sousa":              func() (string, error) { return c.UserName(ctx, "U1") },
		"D1":                     func() (string, error) { return c.OpenDM(ctx, "U1") },
		"https://herald.slack.com/archives/C1/p1": func() (string, error) { return c.Permalink(ctx, "C1", "1.000001") },
		"U1 U2": func() (string, error) { ids, err := c.GroupMembers(ctx, "S1"); return strings.Join(ids, " "), err },
	} {
		if text, err := got(); text != want || err != nil {
			t.Errorf("%q, %v; want %q", text, err, want)
		}
	}
	form := (*asks)[0].form
	if form.Get("trigger_id") != "trigger" || !strings.Contains(form.Get("view"), `"type":"modal"`) || (*asks)[1].form.Get("hash") != "h1" {
		t.Errorf("%v", *asks)
	}
	for _, a := range *asks {
		if (a.path == "/api/apps.connections.open") != (a.token == "Bearer xapp-s3cret") {
			t.Errorf("%s with %s", a.path, a.token)
		}
	}
}

// TestStrangeHistory holds that blocks of other apps, of whatever kind, are no reason not to
// find our own.
func TestStrangeHistory(t *testing.T) {
	t.Parallel()
	c, _ := asking(t, map[string]string{"/api/conversations.history": `{"ok":true,"messages":[
		{"ts":"2.000002","bot_id":"B9","blocks":[{"type":"actions","block_id":"x","elements":[{"type":"workflow_thing"}]},{"type":"later"}]},
		{"ts":"2.000001","bot_id":"B1","blocks":[{"type":"section","block_id":"msg_1"}]}]}`})
	said, err := c.History(t.Context(), "C1", 100)
	if err != nil || len(said) != 2 || said[1].Blocks[0].ID != "msg_1" || said[1].Bot != "B1" || said[1].TS != "2.000001" {
		t.Errorf("%+v, %v", said, err)
	}
}

// TestRest holds how long Slack wants to be left alone, however that is written.
func TestRest(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"": 0, "7": 7 * time.Second, "0": 0, "-5": 0, "1.5": 1500 * time.Millisecond, "soon": 0, "NaN": 0, "Inf": 0, "99999999": callout.MaxWait,
		"Sat, 31 Jan 2026 12:00:30 GMT": 30 * time.Second,
	} {
		c := client(func(*http.Request) (*http.Response, error) {
			return says(http.StatusTooManyRequests, http.Header{"Retry-After": {text}, "Date": {"Sat, 31 Jan 2026 12:00:00 GMT"}}, "")
		})
		_, err := c.AuthTest(t.Context())
		p, ok := errors.AsType[*slack.Problem](err)
		if !ok || p.Status != http.StatusTooManyRequests || p.After != want {
			t.Errorf("%q: %v after %v, want %v", text, err, p.After, want)
		}
	}
}

// TestSecrets holds that neither a token nor an address that is one is in any error, or in
// what an error is made of.
func TestSecrets(t *testing.T) {
	t.Parallel()
	secrets := []string{"s3cret", "/hook", "trigger", "Bearer", "://"}
	check := func(err error) {
		t.Helper()
		if err == nil {
			t.Fatal("it went well")
		}
		for e := err; e != nil; e = errors.Unwrap(e) {
			clean(t, e.Error(), secrets...)
		}
	}
	down := client(func(*http.Request) (*http.Response, error) {
		return nil, &net.OpError{Op: "read", Net: "tcp", Err: errors.New("broken pipe")}
	})
	rude := client(func(r *http.Request) (*http.Response, error) {
		return says(http.StatusOK, nil, `{"ok":false,"error":"no `+r.Header.Get("Authorization")+`","needed":"`+r.Header.Get("Authorization")+`"}`)
	})
	astray := client(func(*http.Request) (*http.Response, error) {
		return says(http.StatusFound, http.Header{"Location": {"https://evil.example/%s3cret"}}, "s3cret")
	})
	for _, c := range []*slack.Client{down, rude, astray} {
		_, err := c.AuthTest(t.Context())
		check(err)
		_, err = c.OpenSocketURL(t.Context())
		check(err)
		_, err = c.OpenView(t.Context(), "trigger", goslack.ModalViewRequest{})
		check(err)
		check(c.Respond(t.Context(), "https://hooks.slack.com/actions/s3cret/hook", slack.Response{Text: "hello"}))
	}
	for _, bad := range []string{"https://evil.example/s3cret/hook", "http://hooks.slack.com/s3cret", "https://s3cret@hooks.slack.com/", "https://slack.com.evil.example/s3cret", "://s3cret", ""} {
		err := down.Respond(t.Context(), bad, slack.Response{Text: "hello"})
		if check(err); slack.CodeOf(err) != "foreign_url" {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// TestRedirects holds that the token goes nowhere else.
func TestRedirects(t *testing.T) {
	t.Parallel()
	var elsewhere atomic.Int64
	evil := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	defer evil.Close()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/auth.test" {
			t.Error(r.URL.Path)
		}
		http.Redirect(w, r, evil.URL+"/s3cret", http.StatusTemporaryRedirect)
	}))
	defer s.Close()
	c := slack.NewClient(slack.ClientOptions{BotToken: "xoxb-s3cret", API: s.URL + "/api"})
	defer c.Close()
	_, err := c.AuthTest(t.Context())
	if p, ok := errors.AsType[*slack.Problem](err); !ok || p.Status != http.StatusTemporaryRedirect || elsewhere.Load() != 0 {
		t.Errorf("%v; %d calls elsewhere", err, elsewhere.Load())
	}
	clean(t, err.Error(), "s3cret", "127.0.0.1:")
}

// TestPatience holds that a far side which says nothing is given up, and that it may have
// heard all the same.
func TestPatience(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := inside(t, slackfake.Options{})
		o.Fail("chat.postMessage", slackfake.Fault{Hang: true, Keep: true})
		begun := time.Now()
		f := o.fails(t, slackfake.General, note("hello"))
		if took := time.Since(begun); took != 15*time.Second || !f.Doubt {
			t.Errorf("after %v: %v, doubt %t", took, f, f.Doubt)
		}
		o.only(t, slackfake.General)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		o.Fail("chat.postMessage", slackfake.Fault{Hang: true})
		begun = time.Now()
		if _, err := o.Send(ctx, at(slackfake.General), note("hello")); err == nil || time.Since(begun) != time.Second {
			t.Errorf("%v after %v", err, time.Since(begun))
		}
	})
}

// TestNoConnection holds that what was never sent is not in doubt.
func TestNoConnection(t *testing.T) {
	t.Parallel()
	dead := httptest.NewServer(http.NotFoundHandler())
	dead.Close()
	c := slack.NewClient(slack.ClientOptions{API: dead.URL + "/api/"})
	_, err := c.PostMessage(t.Context(), slack.Draft{Channel: "C1", Text: "hello"})
	p, ok := errors.AsType[*slack.Problem](err)
	if !ok || p.Doubt || !strings.Contains(err.Error(), "connection refused") {
		t.Errorf("%v", err)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = client(func(*http.Request) (*http.Response, error) {
		t.Error("it was called")
		return nil, io.EOF
	}).PostMessage(over, slack.Draft{Channel: "C1", Text: "hello"})
	if p, ok := errors.AsType[*slack.Problem](err); !ok || p.Doubt {
		t.Errorf("%v", err)
	}
}

// TestRespond holds what is sent to a response_url, and that any form of yes is one.
func TestRespond(t *testing.T) {
	t.Parallel()
	const hook = "https://hooks.slack.com/actions/T1/1/x"
	for _, yes := range []string{"ok", `{"ok":true}`} {
		c, asks := asking(t, map[string]string{"/actions/T1/1/x": yes})
		a := slack.Response{Text: "a", Thread: "1.000001", Blocks: []goslack.Block{goslack.NewDividerBlock()}}
		if err := c.Respond(t.Context(), hook, a); err != nil {
			t.Fatal(err)
		}
		if err := c.Respond(t.Context(), hook, slack.Response{Text: "b", Public: true, Replace: true, Delete: true}); err != nil {
			t.Fatal(err)
		}
		for i, want := range []string{
			`{"blocks":[{"type":"divider"}],"replace_original":false,"response_type":"ephemeral","text":"a","thread_ts":"1.000001"}`,
			`{"delete_original":true,"replace_original":true,"response_type":"in_channel","text":"b"}`,
		} {
			if got := (*asks)[i]; got.body != want || got.token != "" {
				t.Errorf("%+v, want %s, and no token", got, want)
			}
		}
	}
	c, _ := asking(t, map[string]string{"/actions/T1/1/x": `{"ok":false,"error":"used_url"}`})
	if err := c.Respond(t.Context(), hook, slack.Response{Text: "hello"}); slack.CodeOf(err) != "used_url" {
		t.Errorf("%v", err)
	}
}

// TestWhatSlackSays holds how much is repeated of a refusal: its code, the scope that is
// missing, the place of the fault; and no word that could be anything.
func TestWhatSlackSays(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]string{
		`{"ok":false,"error":"missing_scope","needed":"files:write","provided":"chat:write"}`:                                                                         "chat.postMessage: slack.com said missing_scope, it needs files:write",
		`{"ok":false,"error":"invalid_blocks","response_metadata":{"messages":["[ERROR] <!channel> is long","[ERROR] too long [json-pointer:/blocks/2/text/text]"]}}`: "chat.postMessage: slack.com said invalid_blocks at /blocks/2/text/text",
		`{"ok":false,"error":"invalid_blocks","response_metadata":{"messages":["[json-pointer:/<!channel>]"]}}`:                                                       "chat.postMessage: slack.com said invalid_blocks",
		`{"ok":false,"error":"Call me: <!channel>","needed":"<@U1>"}`:                                                                                                 "chat.postMessage: slack.com said unnamed_error",
		`{"ok":true,"channel":"C1"}`: "chat.postMessage: the answer cannot be read: is slack.api_url right?",
	} {
		c, _ := asking(t, map[string]string{"/api/chat.postMessage": answer})
		if _, err := c.PostMessage(t.Context(), slack.Draft{Channel: "C1", Text: "hello"}); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
