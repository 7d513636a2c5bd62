package slack

import (
	"context"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/taskherald/herald/bot/chat"
)

// For how long it is known who is in a user group, and what a channel is called: the latter
// of each where Slack does not tell.
const (
	groupWithin            = 5 * time.Second // that Slack is waited for
	groupFresh, groupStale = time.Minute, 10 * time.Minute
	titleFresh, titleStale = 10 * time.Minute, time.Hour
	mostKnown              = 4096 // channels
)

// people finds out of Slack who somebody is.
type people struct {
	Options
	self   *chat.Fact[Self]
	groups map[string]*chat.Fact[[]string] // who is in them, by the ids of user groups

	mu     sync.Mutex
	titles map[string]*chat.Fact[string] // what channels are called, by their ids
}

func newPeople(o Options) *people {
	p := &people{
		Options: o, self: chat.NewFact(o.Now, chat.Always, chat.Always, o.Client.AuthTest),
		groups: map[string]*chat.Fact[[]string]{}, titles: map[string]*chat.Fact[string]{},
	}
	for id := range o.Groups {
		p.groups[id] = chat.NewFact(o.Now, groupFresh, groupStale, func(ctx context.Context) ([]string, error) {
			return o.Client.GroupMembers(ctx, id)
		})
	}
	return p
}

// groupsOf are the groups of Herald that somebody is in for being in a user group of Slack.
// Slack is asked for all at once: however many there are, whoever has pressed something waits
// for one answer. As long as Slack does not tell, nobody is.
func (p *people) groupsOf(ctx context.Context, user string) (in []string) {
	ctx, stop := context.WithTimeout(ctx, groupWithin)
	defer stop()
	var mu sync.Mutex
	var all sync.WaitGroup
	for id, members := range p.groups {
		all.Go(func() {
			list, err := members.Get(ctx)
			if err != nil {
				p.Log.Warn("Slack does not tell who is in a user group, so nobody counts as in it", "user_group", id, "group", p.Groups[id], "error", err)
			}
			if slices.Contains(list, user) {
				mu.Lock()
				defer mu.Unlock()
				in = append(in, p.Groups[id])
			}
		})
	}
	all.Wait()
	slices.Sort(in)
	return slices.Compact(in)
}

// titleOf is what a channel is called, "" if nobody can tell.
func (p *people) titleOf(ctx context.Context, channel string) string {
	p.mu.Lock()
	f := p.titles[channel]
	if f == nil {
		if len(p.titles) >= mostKnown {
			clear(p.titles)
		}
		f = chat.NewFact(p.Now, titleFresh, titleStale, func(ctx context.Context) (string, error) { return titleOf(ctx, p.Client, channel) })
		p.titles[channel] = f
	}
	p.mu.Unlock()
	title, err := f.Get(ctx)
	if err != nil {
		p.Log.Warn("Slack does not tell what a channel is called", "channel", channel, "error", err)
	}
	return title
}

// titleOf asks what a channel is called.
func titleOf(ctx context.Context, c *Client, channel string) (string, error) {
	var a struct {
		Channel struct {
			Name string `json:"name"`
		} `json:"channel"`
	}
	err := c.call(ctx, "conversations.info", url.Values{"channel": {channel}}, &a)
	return a.Channel.Name, err
}
