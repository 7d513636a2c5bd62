package slack

import (
	"context"
	"regexp"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/taskherald/herald/notify"
)

const (
	listAgain = time.Minute // between two lists of the channels, when a name is in none
	roomFresh = time.Hour   // how long a name stands for a channel: it may be given to another one
	listPage  = 500
	mostName  = 80 // characters
)

// anID is how Slack writes ids: of channels, direct messages, people.
var anID = regexp.MustCompile(`^[CGDUW][A-Z0-9]{2,30}$`)

// names are the channels by their names. Slack has no way to ask for one: its list is read
// until the name comes, and goes on from there for the next one.
type names struct {
	client *Client
	now    func() time.Time
	busy   chan struct{} // holds one: somebody reads the list

	mu     sync.Mutex
	ids    map[string]kept
	cursor string    // of the page that is next, "" for the first
	whole  time.Time // when the list was read to its end
}

// kept is what a name stood for at a time.
type kept struct {
	id string
	at time.Time
}

func newNames(c *Client, now func() time.Time) *names {
	return &names{client: c, now: now, busy: make(chan struct{}, 1), ids: map[string]kept{}}
}

// room is the id of the channel or the person that an address names.
func (n *names) room(ctx context.Context, to string) (string, error) {
	name, named := strings.CutPrefix(to, "#")
	switch {
	case anID.MatchString(to):
		return to, nil
	case !named || !isName(name):
		return "", notify.Fail(notify.Rejected, "%.50q is no place in Slack: write a channel as #name, or the id of a channel or a person", to)
	}
	return n.find(ctx, strings.ToLower(name))
}

// isName reports whether a channel can have a name: in any language, but no spaces.
func isName(s string) bool {
	return s != "" && utf8.ValidString(s) && utf8.RuneCountInString(s) <= mostName && !strings.ContainsFunc(s, func(r rune) bool {
		return r != '-' && r != '_' && r != '.' && r != '\'' && !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsNumber(r)
	})
}

// find looks a name up. The error of one that is not there can be mended by who makes the
// channel, or invites the app to it.
func (n *names) find(ctx context.Context, name string) (string, error) {
	if id, ok := n.known(name); ok {
		return id, nil
	}
	select {
	case n.busy <- struct{}{}:
		defer func() { <-n.busy }()
	case <-ctx.Done():
		return "", notify.Fail(notify.Transient, "the channels of Slack were not listed in time")
	}
	for {
		if id, ok := n.known(name); ok {
			return id, nil
		}
		if n.ended() {
			return "", notify.Fail(notify.Transient, "there is no channel #%s that Herald can see: create it, or if it is private %s", name, invite)
		}
		if err := n.read(ctx); err != nil {
			return "", err
		}
	}
}

// read reads one more page of the list.
func (n *names) read(ctx context.Context) error {
	n.mu.Lock()
	cursor := n.cursor
	n.mu.Unlock()
	page, next, err := n.client.Rooms(ctx, cursor, listPage)
	n.mu.Lock()
	defer n.mu.Unlock()
	if err != nil {
		if CodeOf(err) == "invalid_cursor" {
			n.cursor = ""
		}
		return err
	}
	now := n.now()
	for _, r := range page {
		n.ids[r.Name] = kept{r.ID, now}
	}
	if n.cursor = next; next == "" {
		n.whole = now
	}
	return nil
}

// known is what a name stands for, if that was read of late.
func (n *names) known(name string) (id string, ok bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	k, ok := n.ids[name]
	return k.id, ok && n.now().Sub(k.at) < roomFresh
}

// ended reports whether the list was read to its end just now.
func (n *names) ended() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return !n.whole.IsZero() && n.cursor == "" && n.now().Sub(n.whole) < listAgain
}

// forget has an address be looked up anew.
func (n *names) forget(to string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.ids, strings.ToLower(strings.TrimPrefix(to, "#")))
}

// moved reports whether an address is another channel's by now.
func (n *names) moved(ctx context.Context, to, room string) bool {
	n.forget(to)
	now, err := n.room(ctx, to)
	return err == nil && now != room && !direct(now)
}
