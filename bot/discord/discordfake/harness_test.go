package discordfake_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"github.com/taskherald/herald/bot/discord/discordfake"
)

// bubble is a test whose time is its own.
func bubble(t *testing.T, o discordfake.Options, check func(t *testing.T, d *discordfake.Discord)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := discordfake.New(o)
		t.Cleanup(d.Close)
		check(t, d)
	})
}

// said is what a call was answered with.
type said struct {
	status int
	header http.Header
	text   string
	body   any
}

// at reads what stands at a path of names and places, "errors.components.0".
func (a said) at(path string) any { return in(a.body, path) }

func in(v any, path string) any {
	for name := range strings.SplitSeq(path, ".") {
		switch now := v.(type) {
		case map[string]any:
			v = now[name]
		case []any:
			n := 0
			if _, err := fmt.Sscan(name, &n); err != nil || n >= len(now) {
				return nil
			}
			v = now[n]
		default:
			return nil
		}
	}
	return v
}

func (a said) str(path string) string {
	s, _ := a.at(path).(string)
	return s
}

func (a said) code() int {
	n, _ := a.at("code").(float64)
	return int(n)
}

// raw sends any request inside the process.
func raw(t testing.TB, d *discordfake.Discord, r *http.Request) said {
	t.Helper()
	return through(t, &http.Client{Transport: d.Transport()}, r)
}

func through(t testing.TB, client *http.Client, r *http.Request) said {
	t.Helper()
	a, err := client.Do(r)
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

func request(t testing.TB, base, route, body string) *http.Request {
	t.Helper()
	method, path, _ := strings.Cut(route, " ")
	r, err := http.NewRequestWithContext(t.Context(), method, base+strings.TrimPrefix(path, "/"), strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bot "+discordfake.Token)
	r.Header.Set("User-Agent", "DiscordBot (https://example.org, 1)")
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	return r
}

// ask calls a route, "POST /channels/1/messages", with the bot's token.
func ask(t testing.TB, d *discordfake.Discord, route, body string) said {
	t.Helper()
	return raw(t, d, request(t, discordfake.API, route, body))
}

// done asks and wants it done.
func done(t testing.TB, d *discordfake.Discord, route, body string) said {
	t.Helper()
	a := ask(t, d, route, body)
	if a.status >= 300 {
		t.Errorf("%s %.200s is answered with %d %.800s", route, body, a.status, a.text)
	}
	return a
}

// refused asks and wants that status and code.
func refused(t testing.TB, d *discordfake.Discord, status, code int, route, body string) said {
	t.Helper()
	a := ask(t, d, route, body)
	if a.status != status || a.code() != code {
		t.Errorf("%s %.200s is answered with %d %.800s, want %d with code %d", route, body, a.status, a.text, status, code)
	}
	return a
}

// to is the route of a channel's messages, or of what is below one of them.
func to(method, channel string, more ...string) string {
	return method + " /channels/" + channel + "/messages" + strings.Join(append([]string{""}, more...), "/")
}

// post posts a text and gives its id.
func post(t testing.TB, d *discordfake.Discord, channel, text string) string {
	t.Helper()
	return done(t, d, to("POST", channel), `{"content":`+encoded(t, text)+`}`).str("id")
}

// card is a message of the second version with a text and a button.
func card(text, customID string) string {
	return `{"flags":32768,"components":[{"type":17,"id":77,"components":[{"type":10,"content":"` + text + `"},{"type":1,"components":[` +
		`{"type":2,"style":3,"label":"Approve","custom_id":"` + customID + `"},{"type":2,"style":5,"label":"Open","url":"https://example.org/x"}]}]}]}`
}

// posted posts such a message, and is it as people see it.
func posted(t testing.TB, d *discordfake.Discord, channel, text string) discordfake.Message {
	t.Helper()
	id := done(t, d, to("POST", channel), card(text, "approve")).str("id")
	m, ok := d.Channel(channel).Message(id)
	if !ok {
		t.Fatal("the message is not there")
	}
	return m
}

// upload posts a message with files of names and texts.
func upload(t testing.TB, d *discordfake.Discord, route, payload string, files ...string) said {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	must(0, form.WriteField("payload_json", payload))
	for i := 0; i < len(files); i += 2 {
		part := must(form.CreateFormFile(fmt.Sprintf("files[%d]", i/2), files[i]))
		must(part.Write([]byte(files[i+1])))
	}
	must(0, form.Close())
	r := request(t, discordfake.API, route, body.String())
	r.Header.Set("Content-Type", form.FormDataContentType())
	return raw(t, d, r)
}

// texts are what messages say, in their order.
func texts(all []discordfake.Message) string {
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

// back is the route of a first response, later that of what follows.
func back(i *discordfake.Interaction) string {
	return "POST /interactions/" + i.ID + "/" + i.Token + "/callback"
}

func later(method string, i *discordfake.Interaction, more string) string {
	return method + " /webhooks/" + discordfake.App + "/" + i.Token + more
}

// intents are those that Herald asks for.
const intents = 1<<9 | 1<<12

// ear is an app's connection to the gateway.
type ear struct {
	t  testing.TB
	ws *websocket.Conn
}

// packet is one thing that the gateway said.
type packet struct {
	Op int
	T  string
	S  int
	D  any
}

func (p packet) str(path string) string {
	s, _ := in(p.D, path).(string)
	return s
}

// dial opens a connection and hears the hello.
func dial(t testing.TB, d *discordfake.Discord, url string) *ear {
	t.Helper()
	ws, answer, err := d.Dialer().DialContext(context.Background(), url+"/?v=10&encoding=json", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	t.Cleanup(func() { ws.Close() })
	e := &ear{t, ws}
	if p := e.hear(); p.Op != 10 {
		t.Fatalf("the gateway says %+v first", p)
	}
	return e
}

func (e *ear) say(op int, d any) {
	e.t.Helper()
	if err := e.ws.WriteJSON(map[string]any{"op": op, "d": d}); err != nil {
		e.t.Logf("saying op %d: %v", op, err)
	}
}

// hear hears one packet.
func (e *ear) hear() (p packet) {
	e.t.Helper()
	if err := e.ws.ReadJSON(&p); err != nil {
		e.t.Fatalf("the gateway says nothing: %v", err)
	}
	return p
}

// ends hears how the connection ends: the code, or 0 for none.
func (e *ear) ends() int {
	for {
		_, _, err := e.ws.ReadMessage()
		if closed := (*websocket.CloseError)(nil); errors.As(err, &closed) && closed.Code != websocket.CloseAbnormalClosure {
			return closed.Code
		}
		if err != nil {
			return 0
		}
	}
}

func identity(intents int) map[string]any {
	return map[string]any{"token": discordfake.Token, "intents": intents, "properties": map[string]any{"os": "linux"}}
}

// listen opens a connection and identifies itself; it gives the READY too.
func listen(t testing.TB, d *discordfake.Discord, intents int) (*ear, packet) {
	t.Helper()
	e := dial(t, d, "ws://gateway.discord.gg")
	e.say(2, identity(intents))
	p := e.hear()
	if p.T != "READY" {
		t.Fatalf("the gateway says %+v to who identifies itself", p)
	}
	return e, p
}

// resume goes on with a session at another connection.
func resume(t testing.TB, d *discordfake.Discord, ready packet, seq int) *ear {
	t.Helper()
	e := dial(t, d, ready.str("resume_gateway_url"))
	e.say(6, map[string]any{"token": discordfake.Token, "session_id": ready.str("session_id"), "seq": seq})
	return e
}

// soon waits until nothing happens any more; a test that needs it says what it waits for.
func soon() { time.Sleep(time.Millisecond) }
