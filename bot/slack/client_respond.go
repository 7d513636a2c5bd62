package slack

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/slack-go/slack"
)

// Response is an answer to an interaction or a command.
type Response struct {
	Text    string // mrkdwn
	Blocks  []slack.Block
	Thread  string // the timestamp of the message below which it stands, "" for none
	Public  bool   // everybody in the channel sees it; else who acted does, until they load it again
	Replace bool   // it takes the place of the message that was acted on
	Delete  bool   // the message that was acted on goes away
}

// Respond answers an interaction or a command at the response_url that came with it, which
// is good five times in half an hour. The URL is a secret, and in no error.
func (c *Client) Respond(ctx context.Context, responseURL string, a Response) error {
	const method = "response_url"
	if !c.ours(responseURL) {
		return &Problem{Method: method, Host: c.host, Code: "foreign_url"}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, responseURL, strings.NewReader(written(a.body())))
	if err != nil {
		return &Problem{Method: method, Host: c.host, Code: "foreign_url"}
	}
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	body, _, err := c.carry(r, method)
	if err != nil || !json.Valid(body) { // "ok" and nothing else is a yes
		return err
	}
	return c.read(method, body, &struct{}{})
}

// body is what Slack reads.
func (a *Response) body() map[string]any {
	body := map[string]any{"text": a.Text, "response_type": "ephemeral", "replace_original": a.Replace}
	if a.Public {
		body["response_type"] = "in_channel"
	}
	if len(a.Blocks) > 0 {
		body["blocks"] = a.Blocks
	}
	if a.Thread != "" {
		body["thread_ts"] = a.Thread
	}
	if a.Delete {
		body["delete_original"] = true
	}
	return body
}

// ours reports whether a URL is of Slack, or of the server that stands in for it.
func (w *wire) ours(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.User != nil {
		return false
	}
	if api, err := url.Parse(w.base); err == nil && u.Scheme == api.Scheme && u.Host == api.Host {
		return true
	}
	name := strings.ToLower(u.Hostname())
	return u.Scheme == "https" && (strings.HasSuffix(name, ".slack.com") || strings.HasSuffix(name, ".slack-gov.com"))
}
