package slack

import (
	"context"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// For how long it is known who is in a user group, and what a channel is called: the latter
// of each where Slack does not tell.
const (
	groupFresh, groupStale = time.Minute, 10 * time.Minute
	titleFresh, titleStale = 10 * time.Minute, time.Hour
	mostKnown              = 4096 // people, and channels
)

// somebody is who says or presses something.
type somebody struct {
	actor  progress.Actor
	known  bool // they have linked their account, and are still here
	reader templates.Reader
}

// people finds out who somebody is.
type people struct {
	Options
	self   *fact[Self]
	groups map[string]*fact[[]string] // who is in them, by the ids of user groups

	mu      sync.Mutex
	titles  map[string]*fact[string]    // what channels are called, by their ids
	readers map[string]templates.Reader // by the ids of people in Slack
}

func newPeople(o Options) *people {
	p := &people{
		Options: o, self: newFact(o.Now, always, always, o.Client.AuthTest),
		groups: map[string]*fact[[]string]{}, titles: map[string]*fact[string]{}, readers: map[string]templates.Reader{},
	}
	for id := range o.Groups {
		p.groups[id] = newFact(o.Now, groupFresh, groupStale, func(ctx context.Context) ([]string, error) {
			return o.Client.GroupMembers(ctx, id)
		})
	}
	return p
}

// of is who somebody is here. It is asked anew each time: an account that was unlinked counts
// for nothing from then on.
func (p *people) of(ctx context.Context, at spot) (somebody, error) {
	s := somebody{reader: p.Default}
	account, err := p.account(ctx, at)
	if err != nil {
		return s, err
	}
	person, ok, err := p.Accounts.Who(ctx, account)
	if err != nil || !ok {
		return s, err
	}
	actor, ok, err := p.Person(ctx, person, p.groupsOf(ctx, at.user))
	if err != nil || !ok {
		return s, err
	}
	reader, err := p.Reader(ctx, person)
	if err != nil {
		return s, err
	}
	p.learn(at.user, reader)
	return somebody{actor, true, reader}, nil
}

// settled is a place in the workspace that the app is installed in. The team that comes with a
// press is now that, now the one where the person is at home; and among all whom one workspace
// can see, neither people nor channels share an id.
func (p *people) settled(ctx context.Context, at spot) spot {
	if self, err := p.self.get(ctx); err == nil {
		at.team = self.Team
	}
	return at
}

// account is whose account it is for Slack. The error is that our workspace is not known: by
// the team that comes with something an account may look like one that nobody has linked.
func (p *people) account(ctx context.Context, at spot) (bot.Account, error) {
	self, err := p.self.get(ctx)
	return bot.Account{Platform: Name, Team: self.Team, ID: at.user}, err
}

// groupsOf are the groups of Herald that somebody is in for being in a user group of Slack.
// Slack is asked for all at once: however many there are, whoever has pressed something waits
// for one answer. As long as Slack does not tell, nobody is.
func (p *people) groupsOf(ctx context.Context, user string) (in []string) {
	ctx, stop := context.WithTimeout(ctx, askWithin)
	defer stop()
	var mu sync.Mutex
	var all sync.WaitGroup
	for id, members := range p.groups {
		all.Go(func() {
			list, err := members.get(ctx)
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
		f = newFact(p.Now, titleFresh, titleStale, func(ctx context.Context) (string, error) { return titleOf(ctx, p.Client, channel) })
		p.titles[channel] = f
	}
	p.mu.Unlock()
	title, err := f.get(ctx)
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

// learn notes how somebody reads: for a modal there is no time to look it up.
func (p *people) learn(user string, r templates.Reader) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.readers) >= mostKnown {
		clear(p.readers)
	}
	p.readers[user] = r
}

// readerOf is how somebody read when they were last here.
func (p *people) readerOf(user string) templates.Reader {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r, ok := p.readers[user]; ok {
		return r
	}
	return p.Default
}
