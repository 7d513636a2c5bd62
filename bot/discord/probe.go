package discord

import (
	"context"
	"sync"
)

// Probe asks Discord whose the token is, and which server is meant. It tells nobody anything.
// What the bot may do depends on the channel: the checks of package setup look at those that
// rules name.
func (c *Channel) Probe(ctx context.Context) error {
	if _, err := c.o.Client.Me(ctx); err != nil {
		return failureOf(err)
	}
	_, err := c.names.server(ctx)
	return failureOf(err)
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
