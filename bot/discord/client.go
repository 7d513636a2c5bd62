package discord

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/bwmarrin/discordgo"
)

// API is where Discord's REST API is.
const API = "https://discord.com/api/v10/"

const patience = 15 * time.Second

// ClientOptions say whose bot the client is.
type ClientOptions struct {
	Token     string            // of the bot
	API       string            // the base of the REST API, "" for [API]
	Transport http.RoundTripper // nil for one of its own
	Timeout   time.Duration     // for one request with its answer, 0 for 15 seconds
}

// Client calls what Herald has a use for of Discord's REST API: messages, and beside them what
// is known of servers (Channel, Guilds, Member …), of the application (Me, GatewayBot), and
// the answers to interactions (Callback, EditOriginal …). Each call is made once, if need be
// after a short wait for Discord's limits. Every error is a [Problem]. It may be used from any
// goroutine.
type Client struct {
	places
	application
	interactions
	*wire
}

// NewClient makes a client. It calls nobody.
func NewClient(o ClientOptions) *Client {
	w := newWire(o)
	return &Client{places{w}, application{w}, interactions{w}, w}
}

// Draft is a message as it is to be posted. It mentions nobody, whatever stands in it.
type Draft struct {
	Components []discordgo.MessageComponent
	Files      []File // that are uploaded with it
	Reply      string // the id of the message in the same channel that it answers, "" for none
	Nonce      string // one message with it is posted within a few minutes; at most 25 bytes, "" for none
	Silent     bool   // nobody is notified of it
}

// File is a text that is uploaded with a message.
type File struct{ Name, Title, Content string }

// Said is a message as Discord keeps it. Of its components no more is read than their ids:
// they may be of any kind.
type Said struct {
	ID      string `json:"id"`
	Channel string `json:"channel_id"`
	Author  struct {
		ID string `json:"id"`
	} `json:"author"`
	Components []struct {
		ID int `json:"id"`
	} `json:"components"`
	Reference struct {
		Message string `json:"message_id"`
		Channel string `json:"channel_id"`
	} `json:"message_reference"`
	Answers *struct {
		ID string `json:"id"`
	} `json:"referenced_message"` // nil if it is none, or one to what is deleted
}

// CreateMessage posts a message.
func (c *Client) CreateMessage(ctx context.Context, channel string, d Draft) (Said, error) {
	r := to(http.MethodPost, "channels/{channel}/messages", channel)
	r.body, r.files = d.created(), d.Files
	return c.said(ctx, r)
}

// EditMessage puts a message in the place of one, with its files: those before are gone.
func (c *Client) EditMessage(ctx context.Context, channel, id string, d Draft) (Said, error) {
	r := to(http.MethodPatch, "channels/{channel}/messages/{message}", channel, id)
	r.body, r.files = d.changed(), d.Files
	return c.said(ctx, r)
}

// DeleteMessage deletes a message.
func (c *Client) DeleteMessage(ctx context.Context, channel, id string) error {
	return c.ask(ctx, to(http.MethodDelete, "channels/{channel}/messages/{message}", channel, id), nil)
}

// Message is a message by its id.
func (c *Client) Message(ctx context.Context, channel, id string) (Said, error) {
	return c.said(ctx, to(http.MethodGet, "channels/{channel}/messages/{message}", channel, id))
}

// Messages are the newest messages of a channel, the newest first, at most limit, which may be
// up to 100.
func (c *Client) Messages(ctx context.Context, channel string, limit int) (page []Said, err error) {
	r := to(http.MethodGet, "channels/{channel}/messages", channel)
	r.query = url.Values{"limit": {strconv.Itoa(limit)}}
	return page, c.ask(ctx, r, &page)
}

// StartThread begins a thread at a message; its id is that of the message. It is put away
// after a day in which nothing is said in it.
func (c *Client) StartThread(ctx context.Context, channel, message, name string) error {
	r := to(http.MethodPost, "channels/{channel}/messages/{message}/threads", channel, message)
	r.body = map[string]any{"name": name, "auto_archive_duration": 1440}
	return c.ask(ctx, r, nil)
}

// ReopenThread brings back a thread that was put away.
func (c *Client) ReopenThread(ctx context.Context, thread string) error {
	r := to(http.MethodPatch, "channels/{channel}", thread)
	r.body = map[string]any{"archived": false}
	return c.ask(ctx, r, nil)
}

// OpenDM is the channel of a person's direct messages with the bot.
func (c *Client) OpenDM(ctx context.Context, user string) (channel string, err error) {
	r := to(http.MethodPost, "users/@me/channels")
	r.body = map[string]string{"recipient_id": user}
	var a Room
	err = c.ask(ctx, r, &a)
	if err == nil && a.ID == "" {
		err = c.garbled(r)
	}
	return a.ID, err
}

// said makes a call whose answer is a message.
func (w *wire) said(ctx context.Context, r request) (s Said, err error) {
	err = w.ask(ctx, r, &s)
	if err == nil && (s.ID == "" || s.Channel == "") {
		err = w.garbled(r)
	}
	return s, err
}
