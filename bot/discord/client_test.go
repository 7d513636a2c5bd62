package discord_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"

	"github.com/taskherald/herald/bot/discord"
)

// carrier answers every request.
type carrier func(*http.Request) (*http.Response, error)

func (c carrier) RoundTrip(r *http.Request) (*http.Response, error) { return c(r) }

func says(status int, header http.Header, body string) (*http.Response, error) {
	if header == nil {
		header = http.Header{}
	}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(body))}, nil
}

const aToken = "b0t-s3cret"

func client(c carrier) *discord.Client {
	return discord.NewClient(discord.ClientOptions{Token: aToken, Transport: c})
}

// ask is what a client asked for.
type ask struct {
	call, query, body, token, kind, agent string
	files                                 map[string]string // contents by their names
}

// asking is a client with a record of what it asks for, and the answers it gets.
func asking(t *testing.T, answers map[string]string) (*discord.Client, *[]ask) {
	t.Helper()
	var asks []ask
	return client(func(r *http.Request) (*http.Response, error) {
		a := ask{
			call: r.Method + " " + strings.TrimPrefix(r.URL.Path, "/api/v10/"), query: r.URL.RawQuery, token: r.Header.Get("Authorization"),
			kind: r.Header.Get("Content-Type"), agent: r.Header.Get("User-Agent"), files: map[string]string{},
		}
		a.read(t, r)
		asks = append(asks, a)
		answer, ok := answers[a.call]
		if !ok {
			answer = `{"id":"9","channel_id":"8"}`
		}
		return says(http.StatusOK, nil, answer)
	}), &asks
}

// read reads the body of a request, of whichever kind.
func (a *ask) read(t *testing.T, r *http.Request) {
	kind, with, _ := mime.ParseMediaType(a.kind)
	if kind != "multipart/form-data" {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		a.body = string(text)
		return
	}
	parts := multipart.NewReader(r.Body, with["boundary"])
	for {
		p, err := parts.NextPart()
		if err != nil {
			return
		}
		text, err := io.ReadAll(p)
		if err != nil {
			t.Error(err)
		}
		if p.FormName() == "payload_json" {
			a.body = string(text)
		} else {
			a.files[p.FormName()+" "+p.FileName()] = string(text)
		}
	}
}

func text(words string) []discordgo.MessageComponent {
	return []discordgo.MessageComponent{discordgo.Container{ID: 7, Components: []discordgo.MessageComponent{discordgo.TextDisplay{Content: words}}}}
}

// TestPosting holds that nobody is mentioned, that what is posted can be known again, and
// that a change says what becomes of files.
func TestPosting(t *testing.T) {
	t.Parallel()
	c, asks := asking(t, nil)
	d := discord.Draft{Components: text("hello"), Reply: "55", Nonce: "n1", Silent: true}
	said, err := c.CreateMessage(t.Context(), "8", d)
	if err != nil || said.ID != "9" || said.Channel != "8" {
		t.Errorf("%+v, %v", said, err)
	}
	if _, err := c.EditMessage(t.Context(), "8", "9", d); err != nil {
		t.Error(err)
	}
	post, edit := (*asks)[0], (*asks)[1]
	const shown = `"components":[{"id":7,"spoiler":false,"components":[{"content":"hello","type":10}],"type":17}]`
	for _, want := range []string{
		shown, `"flags":36864`, `"nonce":"n1"`, `"enforce_nonce":true`, `"message_reference":{"fail_if_not_exists":false,"message_id":"55"}`,
		`"allowed_mentions":{"parse":[],"replied_user":false}`,
	} {
		if !strings.Contains(post.body, want) {
			t.Errorf("%s is not in %s", want, post.body)
		}
	}
	if want := `{"allowed_mentions":{"parse":[],"replied_user":false},"attachments":[],` + shown + `,"flags":32768}`; edit.body != want {
		t.Errorf("%s\nwant %s", edit.body, want)
	}
	for i, call := range []string{"POST channels/8/messages", "PATCH channels/8/messages/9"} {
		a := (*asks)[i]
		if a.call != call || a.token != "Bot "+aToken || a.kind != "application/json" || !strings.HasPrefix(a.agent, "DiscordBot (https://") {
			t.Errorf("%+v", a)
		}
	}
}

// TestFiles holds that files go in the same call.
func TestFiles(t *testing.T) {
	t.Parallel()
	c, asks := asking(t, nil)
	d := discord.Draft{Components: text("logs"), Files: []discord.File{{Name: "a.txt", Title: "All", Content: "one"}, {Name: "b\".txt", Content: "two"}}}
	if _, err := c.CreateMessage(t.Context(), "8", d); err != nil {
		t.Fatal(err)
	}
	if _, err := c.EditOriginal(t.Context(), "1", "h0ok", d); err != nil {
		t.Fatal(err)
	}
	for _, a := range *asks {
		if a.files["files[0] a.txt"] != "one" || a.files["files[1] b\".txt"] != "two" ||
			!strings.Contains(a.body, `"attachments":[{"filename":"a.txt","id":"0","title":"All"},{"filename":"b\".txt","id":"1"}]`) {
			t.Errorf("%+v", a)
		}
	}
}

// TestMethods holds what the other methods ask, and what is read of their answers.
func TestMethods(t *testing.T) {
	t.Parallel()
	c, asks := asking(t, map[string]string{
		"GET channels/8":          `{"id":"8","guild_id":"5","name":"deploys","type":5}`,
		"GET guilds/5/channels":   `[{"id":"8","name":"deploys","type":0},{"id":"4","name":"All","type":4,"of":"next year"}]`,
		"GET users/@me/guilds":    `[{"id":"5","name":"Herald's","permissions":"2048"}]`,
		"GET guilds/5/members/3":  `{"user":{"id":"3","username":"ana","global_name":null},"nick":"Ana","roles":["6","7"]}`,
		"GET users/@me":           `{"id":"2","username":"herald","bot":true}`,
		"GET gateway/bot":         `{"url":"wss://gateway.discord.gg","shards":1,"session_start_limit":{"total":1000,"remaining":9,"reset_after":5000,"max_concurrency":1}}`,
		"POST users/@me/channels": `{"id":"77","type":1}`,
		"GET channels/8/messages": `[{"id":"9","channel_id":"8","author":{"id":"2"},"components":[{"type":99,"id":7},{"type":17,"components":[{"type":98}]}]}]`,
	})
	ctx := t.Context()
	check := func(ok bool, err error) {
		t.Helper()
		if !ok || err != nil {
			t.Errorf("%t, %v", ok, err)
		}
	}
	room, err := c.Channel(ctx, "8")
	check(room == discord.Room{ID: "8", Guild: "5", Name: "deploys", Kind: 5} && room.Textual(), err)
	rooms, err := c.Channels(ctx, "5")
	check(len(rooms) == 2 && !rooms[1].Textual(), err)
	guilds, err := c.Guilds(ctx)
	check(len(guilds) == 1 && guilds[0].Name == "Herald's", err)
	m, err := c.Member(ctx, "5", "3")
	check(m.User.Name == "ana" && m.Nick == "Ana" && slices.Equal(m.Roles, []string{"6", "7"}), err)
	me, err := c.Me(ctx)
	check(me == discord.Person{ID: "2", Name: "herald", Bot: true}, err)
	door, err := c.GatewayBot(ctx)
	check(door == discord.Entrance{URL: "wss://gateway.discord.gg", Total: 1000, Left: 9, Reset: 5 * time.Second}, err)
	dm, err := c.OpenDM(ctx, "3")
	check(dm == "77", err)
	said, err := c.Messages(ctx, "8", 100)
	check(len(said) == 1 && said[0].Components[0].ID == 7 && said[0].Author.ID == "2", err)
	check(true, c.StartThread(ctx, "8", "9", "CRM"))
	check(true, c.ReopenThread(ctx, "9"))
	check(true, c.DeleteMessage(ctx, "8", "9"))
	one, err := c.Message(ctx, "8", "9")
	check(one.ID == "9", err)
	last := (*asks)[len(*asks)-4:]
	for i, want := range []ask{
		{call: "POST channels/8/messages/9/threads", body: `{"auto_archive_duration":1440,"name":"CRM"}`}, {call: "PATCH channels/9", body: `{"archived":false}`},
		{call: "DELETE channels/8/messages/9"}, {call: "GET channels/8/messages/9"},
	} {
		if last[i].call != want.call || last[i].body != want.body {
			t.Errorf("%+v, want %+v", last[i], want)
		}
	}
}

// TestInteractions holds what an interaction is answered with, and that the bot's token is
// not among it.
func TestInteractions(t *testing.T) {
	t.Parallel()
	c, asks := asking(t, nil)
	for _, r := range []discord.Response{
		{Type: discordgo.InteractionResponseDeferredChannelMessageWithSource, Private: true},
		{Type: discordgo.InteractionApplicationCommandAutocompleteResult},
		{Type: discordgo.InteractionApplicationCommandAutocompleteResult, Choices: []*discordgo.ApplicationCommandOptionChoice{{Name: "CRM", Value: "task_1"}}},
		{Type: discordgo.InteractionResponseModal, Title: "Reject", CustomID: "rX", Components: text("why")},
	} {
		if err := c.Callback(t.Context(), "1", "h0ok", r); err != nil {
			t.Error(err)
		}
	}
	if _, err := c.EditOriginal(t.Context(), "1", "h0ok", discord.Draft{Components: text("done")}); err != nil {
		t.Error(err)
	}
	if err := c.Follow(t.Context(), "1", "h0ok", discord.Draft{Components: text("done")}); err != nil {
		t.Error(err)
	}
	for i, want := range []string{
		`POST interactions/1/h0ok/callback {"data":{"flags":64},"type":5}`, `POST interactions/1/h0ok/callback {"data":{"choices":[]},"type":8}`,
		`POST interactions/1/h0ok/callback {"data":{"choices":[{"name":"CRM","value":"task_1"}]},"type":8}`,
		`POST interactions/1/h0ok/callback {"data":{"components":[{"id":7,`, `PATCH webhooks/1/h0ok/messages/@original {"allowed_mentions":{"parse":[]`,
		`POST webhooks/1/h0ok {"allowed_mentions":{"parse":[]`,
	} {
		a := (*asks)[i]
		if !strings.HasPrefix(a.call+" "+a.body, want) || a.token != "" {
			t.Errorf("%s %s with %q, want %s", a.call, a.body, a.token, want)
		}
	}
}

// TestSecrets holds that no token, address or id is in any error, or in what an error is made
// of; whatever happens.
func TestSecrets(t *testing.T) {
	t.Parallel()
	secrets := []string{"s3cret", "h0ok", "Bot ", "://", "4711", "evil"}
	evil := `{"code":50035,"message":"evil h0ok s3cret","errors":{"evil h0ok":{"_errors":[{"code":"evil h0ok","message":"evil"}]}}}`
	ways := map[string]carrier{
		"down": func(r *http.Request) (*http.Response, error) {
			return nil, &url.Error{Op: "Post", URL: r.URL.String(), Err: net.ErrClosed}
		},
		"strange": func(r *http.Request) (*http.Response, error) { return nil, fmt.Errorf("evil %s %s", r.URL, r.Header) },
		"refused": func(*http.Request) (*http.Response, error) { return says(http.StatusBadRequest, nil, evil) },
		"limited": func(*http.Request) (*http.Response, error) { return says(http.StatusTooManyRequests, nil, evil) },
		"page":    func(*http.Request) (*http.Response, error) { return says(http.StatusOK, nil, "<html>evil h0ok s3cret") },
		"elsewhere": func(*http.Request) (*http.Response, error) {
			return says(http.StatusFound, http.Header{"Location": {"https://evil.example/h0ok"}}, "")
		},
		"slow": func(r *http.Request) (*http.Response, error) { <-r.Context().Done(); return nil, r.Context().Err() },
	}
	for name, way := range ways {
		c := discord.NewClient(discord.ClientOptions{Token: aToken, Transport: way, Timeout: time.Millisecond, API: "https://discord.com/api/v10"})
		over, cancel := context.WithCancel(t.Context())
		cancel()
		for call, do := range map[string]func(context.Context) error{
			"callback": func(ctx context.Context) error { return c.Callback(ctx, "4711", "h0ok", discord.Response{Type: 5}) },
			"edit": func(ctx context.Context) error {
				_, err := c.EditOriginal(ctx, "4711", "h0ok", discord.Draft{})
				return err
			},
			"post": func(ctx context.Context) error { _, err := c.CreateMessage(ctx, "4711", discord.Draft{}); return err },
			"me":   func(ctx context.Context) error { _, err := c.Me(ctx); return err },
		} {
			for _, ctx := range []context.Context{t.Context(), over} {
				err := do(ctx)
				if err == nil && call == "callback" && name == "page" {
					continue // nobody reads it
				}
				p, ok := errors.AsType[*discord.Problem](err)
				if !ok {
					t.Fatalf("%s, %s: %v", name, call, err)
				}
				clean(t, p.Error(), secrets...)
			}
		}
	}
}
