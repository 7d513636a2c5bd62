package slack

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/taskherald/herald/notify"
)

// Scopes are those of the bot token that messages need, each with what for.
func Scopes() map[string]string {
	return map[string]string{
		"chat:write":       "to send messages, and to change them",
		"channels:read":    "to know public channels by their names",
		"groups:read":      "to know private channels by their names",
		"channels:history": "to find in public channels what may have been sent already",
		"groups:history":   "to find in private channels what may have been sent already",
		"im:history":       "to find in direct messages what may have been sent already",
		"im:write":         "to know where somebody's direct messages are",
		"files:write":      "to send logs as files",
	}
}

// Probe asks Slack whose the token is, and says which scopes it lacks. It tells nobody
// anything.
func (c *Channel) Probe(ctx context.Context) error {
	s, err := c.o.Client.AuthTest(ctx)
	if err != nil {
		return failureOf(err)
	}
	if len(s.Scopes) == 0 {
		return nil // something on the way keeps them to itself
	}
	var missing []string
	for scope, use := range Scopes() {
		if !slices.Contains(s.Scopes, scope) {
			missing = append(missing, scope+" ("+use+")")
		}
	}
	if len(missing) == 0 {
		return nil
	}
	slices.Sort(missing)
	return notify.Fail(notify.Unauthorized, "the app lacks %s: add that under OAuth & Permissions of the app, and install it again", strings.Join(missing, ", "))
}

// self is who the app is in its workspace. That does not change while a token is good.
type self struct {
	client *Client

	mu sync.Mutex
	is Self
}

// bot is the id under which the app's messages stand.
func (s *self) bot(ctx context.Context) (string, error) {
	s.mu.Lock()
	is := s.is
	s.mu.Unlock()
	if is.Bot != "" {
		return is.Bot, nil
	}
	is, err := s.client.AuthTest(ctx)
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.is = is
	return is.Bot, nil
}
