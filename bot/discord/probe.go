package discord

import (
	"context"
	"strings"
	"sync"

	"github.com/taskherald/herald/notify"
)

// Permit is what a bot has to be allowed in a server.
type Permit struct {
	Bit  int64 // as Discord counts permissions
	Name string
	Use  string
}

// administrator may do all.
const administrator = 1 << 3

// Permits are those that messages need.
func Permits() []Permit {
	return []Permit{
		{1 << 10, "View Channels", "to see where messages go"},
		{1 << 11, "Send Messages", "to send them"},
		{1 << 15, "Attach Files", "to send logs as files"},
		{1 << 16, "Read Message History", "to find what may have been sent already, and to reply"},
		{1 << 35, "Create Public Threads", "to say below a card what goes on"},
		{1 << 38, "Send Messages in Threads", "to say it there"},
	}
}

// Probe asks Discord whose the token is, and says which permissions the bot lacks in its
// server. It tells nobody anything.
func (c *Channel) Probe(ctx context.Context) error {
	if _, err := c.o.Client.Me(ctx); err != nil {
		return failureOf(err)
	}
	g, err := c.names.server(ctx)
	if err != nil {
		return failureOf(err)
	}
	if g.Permits&administrator != 0 {
		return nil
	}
	var missing []string
	for _, p := range Permits() {
		if g.Permits&p.Bit == 0 {
			missing = append(missing, p.Name+" ("+p.Use+")")
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return notify.Fail(notify.Unauthorized, "the bot lacks %s: allow its role that in the server's settings", strings.Join(missing, ", "))
}

// self is who the bot is. That does not change while a token is good.
type self struct {
	client *Client

	mu sync.Mutex
	is string
}

// id is that of the bot as a person.
func (s *self) id(ctx context.Context) (string, error) {
	s.mu.Lock()
	is := s.is
	s.mu.Unlock()
	if is != "" {
		return is, nil
	}
	me, err := s.client.Me(ctx)
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.is = me.ID
	return me.ID, nil
}
