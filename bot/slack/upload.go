package slack

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// Upload is a text that is put into a channel as a file.
type Upload struct {
	Channel string
	Thread  string // the timestamp of the message below which it stands, "" for none
	Name    string // of the file
	Title   string
	Content string // not empty
}

// UploadFile puts a file into a channel: Slack says where it takes it, it is brought there,
// and then shown.
func (c *Client) UploadFile(ctx context.Context, u Upload) error {
	var at struct {
		URL  string `json:"upload_url"`
		File string `json:"file_id"`
	}
	form := url.Values{"filename": {u.Name}, "length": {strconv.Itoa(len(u.Content))}}
	if err := c.call(ctx, "files.getUploadURLExternal", form, &at); err != nil {
		return err
	}
	if err := c.bring(ctx, at.URL, u.Content); err != nil {
		return err
	}
	form = url.Values{
		"files":      {written([]map[string]string{{"id": at.File, "title": u.Title}})},
		"channel_id": {u.Channel},
	}
	if u.Thread != "" {
		form.Set("thread_ts", u.Thread)
	}
	return c.call(ctx, "files.completeUploadExternal", form, &struct{}{})
}

// bring brings a file's bytes. No token goes with them: the URL is one.
func (w *wire) bring(ctx context.Context, address, content string) error {
	const method = "upload"
	if !w.ours(address) {
		return &Problem{Method: method, Host: w.host, Code: "foreign_url"}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(content))
	if err != nil {
		return &Problem{Method: method, Host: w.host, Code: "foreign_url"}
	}
	r.Header.Set("Content-Type", "application/octet-stream")
	_, _, err = w.carry(r, method)
	return err
}
