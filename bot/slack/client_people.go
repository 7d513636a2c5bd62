package slack

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strings"
)

// Self is who the bot token belongs to.
type Self struct {
	Team       string   `json:"team_id"`
	TeamName   string   `json:"team"`
	Enterprise string   `json:"enterprise_id"` // "" if the workspace belongs to none
	User       string   `json:"user_id"`       // of the bot
	Bot        string   `json:"bot_id"`
	Name       string   `json:"user"` // of the bot
	URL        string   `json:"url"`  // of the workspace
	Scopes     []string `json:"-"`    // that the token has
}

// AuthTest tells whose the bot token is, and what it may.
func (c *Client) AuthTest(ctx context.Context) (Self, error) {
	var s Self
	headers, err := c.ask(ctx, c.bot, "auth.test", url.Values{}, &s)
	s.Scopes = scopesOf(headers)
	return s, err
}

// scopesOf are the scopes in the headers of an answer.
func scopesOf(h http.Header) []string {
	return strings.FieldsFunc(h.Get("X-Oauth-Scopes"), func(r rune) bool { return r == ',' || r == ' ' })
}

// OpenSocketURL is where a connection for Socket Mode can be made now. It is secret, good
// once, and for half a minute.
func (c *Client) OpenSocketURL(ctx context.Context) (string, error) {
	var a struct {
		URL string `json:"url"`
	}
	_, err := c.ask(ctx, c.app, "apps.connections.open", url.Values{}, &a)
	return a.URL, err
}

// GroupMembers are the ids of the people in a user group.
func (c *Client) GroupMembers(ctx context.Context, group string) ([]string, error) {
	var a struct {
		Users []string `json:"users"`
	}
	err := c.call(ctx, "usergroups.users.list", url.Values{"usergroup": {group}}, &a)
	return a.Users, err
}

// UserName is what people in the workspace call a person.
func (c *Client) UserName(ctx context.Context, user string) (string, error) {
	var a struct {
		User struct {
			Name    string `json:"name"`
			Real    string `json:"real_name"`
			Profile struct {
				Display string `json:"display_name"`
			} `json:"profile"`
		} `json:"user"`
	}
	err := c.call(ctx, "users.info", url.Values{"user": {user}}, &a)
	return cmp.Or(a.User.Profile.Display, a.User.Real, a.User.Name), err
}
