package slack

import (
	"context"
	"net/url"
	"strconv"
)

// Said is a message as Slack keeps it. Of its blocks no more is read than the name of the
// first: other apps' blocks may be of any kind.
type Said struct {
	TS     string `json:"ts"`
	Thread string `json:"thread_ts"`
	User   string `json:"user"`
	Bot    string `json:"bot_id"`
	Text   string `json:"text"`
	Blocks []struct {
		ID string `json:"block_id"`
	} `json:"blocks"`
}

// History are the newest messages of a channel, the newest first, threads aside; at most
// limit, which may be up to 999.
func (c *Client) History(ctx context.Context, channel string, limit int) ([]Said, error) {
	said, _, err := c.said(ctx, "conversations.history", url.Values{"channel": {channel}, "limit": {strconv.Itoa(limit)}})
	return said, err
}

// Replies are a page of the messages of a thread, the oldest first and its root before them;
// next is the cursor of the page that follows, "" if there is none.
func (c *Client) Replies(ctx context.Context, channel, thread, cursor string, limit int) (page []Said, next string, err error) {
	form := url.Values{"channel": {channel}, "ts": {thread}, "limit": {strconv.Itoa(limit)}}
	if cursor != "" {
		form.Set("cursor", cursor)
	}
	return c.said(ctx, "conversations.replies", form)
}

func (w *wire) said(ctx context.Context, method string, form url.Values) ([]Said, string, error) {
	var a struct {
		Messages []Said `json:"messages"`
		Metadata pages  `json:"response_metadata"`
	}
	err := w.call(ctx, method, form, &a)
	return a.Messages, a.Metadata.Next, err
}

// pages is what a list says of its next page.
type pages struct {
	Next string `json:"next_cursor"`
}

// Room is a channel by its name.
type Room struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Member bool   `json:"is_member"`
}

// Rooms are a page of the channels that the app can see, archived ones aside; next is the
// cursor of the page that follows, "" if there is none.
func (c *Client) Rooms(ctx context.Context, cursor string, limit int) (page []Room, next string, err error) {
	form := url.Values{
		"types": {"public_channel,private_channel"}, "exclude_archived": {"true"}, "limit": {strconv.Itoa(limit)},
	}
	if cursor != "" {
		form.Set("cursor", cursor)
	}
	var a struct {
		Channels []Room `json:"channels"`
		Metadata pages  `json:"response_metadata"`
	}
	err = c.call(ctx, "conversations.list", form, &a)
	return a.Channels, a.Metadata.Next, err
}

// OpenDM is the channel of a person's direct messages with the app.
func (c *Client) OpenDM(ctx context.Context, user string) (channel string, err error) {
	var a struct {
		Channel struct {
			ID string `json:"id"`
		} `json:"channel"`
	}
	err = c.call(ctx, "conversations.open", url.Values{"users": {user}}, &a)
	return a.Channel.ID, err
}
