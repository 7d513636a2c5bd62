package slack

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/slack-go/slack"
)

// API is where Slack's Web API is.
const API = "https://slack.com/api/"

const patience = 15 * time.Second

// The methods whose scope nothing goes without.
const (
	methodPost   = "chat.postMessage"
	methodUpdate = "chat.update"
)

// ClientOptions say whose app the client is.
type ClientOptions struct {
	BotToken  string            // begins with xoxb-
	AppToken  string            // begins with xapp-, "" if there is no socket
	API       string            // the base of the Web API, "" for [API]
	Transport http.RoundTripper // nil for one of its own
	Timeout   time.Duration     // for one request with its answer, 0 for 15 seconds
}

// Client calls the methods of Slack's Web API that Herald has a use for, those of modals and
// of a person's Home among them (OpenView, UpdateView, PublishView). Each call is made once:
// who waits, and for how long, is the business of lanes. Every error is a [Problem]. It may
// be used from any goroutine.
type Client struct {
	views
	*wire
}

// NewClient makes a client. It calls nobody.
func NewClient(o ClientOptions) *Client {
	w := newWire(o)
	return &Client{views: views{w}, wire: w}
}

// Draft is a message as it is to be posted.
type Draft struct {
	Channel   string // its id, or a person's
	Thread    string // the timestamp of the message below which it stands, "" for none
	Broadcast bool   // of one in a thread: the channel sees it too
	Text      string // mrkdwn; what a notification shows, and who cannot show blocks
	Blocks    []slack.Block
}

// Placed is where a message stands.
type Placed struct {
	Channel string // its id, of a person's direct messages too
	TS      string // the timestamp that names it there
	Thread  string // of the message below which it stands, "" if it stands alone
}

// PostMessage posts a message. No link in it is unfolded.
func (c *Client) PostMessage(ctx context.Context, d Draft) (Placed, error) {
	form := d.form()
	form.Set("unfurl_links", "false")
	form.Set("unfurl_media", "false")
	if d.Thread != "" {
		form.Set("thread_ts", d.Thread)
		form.Set("reply_broadcast", truth(d.Broadcast))
	}
	return c.placed(ctx, methodPost, form)
}

// UpdateMessage puts a message in the place of the one that has the timestamp.
func (c *Client) UpdateMessage(ctx context.Context, ts string, d Draft) (Placed, error) {
	form := d.form()
	form.Set("ts", ts)
	return c.placed(ctx, methodUpdate, form)
}

// PostEphemeral shows a message to one person in a channel, until they load it again. Nobody
// says whether they saw it.
func (c *Client) PostEphemeral(ctx context.Context, user string, d Draft) error {
	form := d.form()
	form.Set("user", user)
	if d.Thread != "" {
		form.Set("thread_ts", d.Thread)
	}
	return c.call(ctx, "chat.postEphemeral", form, &struct{}{})
}

// Permalink is the address of a message in Slack.
func (c *Client) Permalink(ctx context.Context, channel, ts string) (string, error) {
	var a struct {
		Permalink string `json:"permalink"`
	}
	err := c.call(ctx, "chat.getPermalink", url.Values{"channel": {channel}, "message_ts": {ts}}, &a)
	return a.Permalink, err
}

// placed makes a call whose answer is where a message stands. Of the message itself no more
// is read: what blocks may hold is Slack's to say, and changes.
func (w *wire) placed(ctx context.Context, method string, form url.Values) (Placed, error) {
	var a struct {
		Channel string `json:"channel"`
		TS      string `json:"ts"`
		Message struct {
			Thread string `json:"thread_ts"`
		} `json:"message"`
	}
	err := w.call(ctx, method, form, &a)
	if err == nil && (a.Channel == "" || a.TS == "") {
		err = &Problem{Method: method, Host: w.host, Doubt: true, Err: errGarbled}
	}
	return Placed{a.Channel, a.TS, a.Message.Thread}, err
}

// form is a draft in the fields that all ways to post it share. The blocks are there even if
// there are none: an update without the field would leave those that were there.
func (d *Draft) form() url.Values {
	return url.Values{"channel": {d.Channel}, "text": {d.Text}, "blocks": {written(d.blocks())}}
}

// blocks are never nil, which would not be an empty list in JSON.
func (d *Draft) blocks() []slack.Block {
	if d.Blocks == nil {
		return []slack.Block{}
	}
	return d.Blocks
}

func truth(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

// host is the name in a base URL, for errors.
func host(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return "Slack"
	}
	return cmp.Or(strings.TrimPrefix(u.Hostname(), "www."), "Slack")
}
