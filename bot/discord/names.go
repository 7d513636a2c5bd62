package discord

import (
	"context"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/taskherald/herald/notify"
)

const (
	listAgain = time.Minute // between two lists of the channels, when a name is not in the last
	listFresh = time.Hour   // how long a list is good: a name may be given to another channel
	mostName  = 100         // characters
	mostDMs   = 5000        // people whose direct messages are known, or channels whose server is
)

// names are the channels by their names, and people's direct messages.
type names struct {
	client *Client
	home   string // the server, "" for the only one
	now    func() time.Time
	busy   chan struct{} // holds one: somebody asks for the list

	mu     sync.Mutex
	ids    map[string][]string // of channels, by their names in small letters; more than one may have the same
	listed time.Time
	found  Guild
	dms    map[string]string // channels, by people
	guilds map[string]string // by channels; "@me" for direct messages
}

func newNames(c *Client, server string, now func() time.Time) *names {
	return &names{
		client: c, home: server, now: now, busy: make(chan struct{}, 1),
		ids: map[string][]string{}, dms: map[string]string{}, guilds: map[string]string{},
	}
}

// isPerson reports whether an address is that of a person's direct messages.
func isPerson(to string) bool { return strings.HasPrefix(to, "@") }

// room is the id of the channel that an address names.
func (n *names) room(ctx context.Context, to string) (string, error) {
	rest, name := strings.TrimPrefix(to, "@"), strings.TrimPrefix(to, "#")
	switch {
	case isID(to):
		return to, nil
	case isPerson(to) && isID(rest):
		return n.direct(ctx, rest)
	case name == to || !isName(name):
		return "", notify.Fail(notify.Rejected, "%.50q is no place in Discord: write the id of a channel, #name, or @ and the id of a person", to)
	}
	return n.find(ctx, strings.ToLower(name))
}

// isName reports whether a channel can have a name: in any language and with signs, but no
// spaces, and hardly any of the marks of ASCII.
func isName(s string) bool {
	return s != "" && utf8.ValidString(s) && utf8.RuneCountInString(s) <= mostName && !strings.ContainsFunc(s, func(r rune) bool {
		return !unicode.IsGraphic(r) && r != '\u200d' || unicode.IsSpace(r) || strings.ContainsRune("#@<>:`\"\\/", r)
	})
}

// direct is the channel of somebody's direct messages.
func (n *names) direct(ctx context.Context, user string) (string, error) {
	n.mu.Lock()
	id, ok := n.dms[user]
	n.mu.Unlock()
	if ok {
		return id, nil
	}
	id, err := n.client.OpenDM(ctx, user)
	if err != nil {
		return "", err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	note(n.dms, user, id)
	note(n.guilds, id, "@me")
	return id, nil
}

// note adds to a map, which does not grow without end.
func note(m map[string]string, key, value string) {
	if len(m) >= mostDMs {
		clear(m)
	}
	m[key] = value
}

// find looks a name up. The error of one that is not there can be mended by who makes the
// channel.
func (n *names) find(ctx context.Context, name string) (string, error) {
	if ids, ok := n.known(name, listFresh); ok && len(ids) == 1 {
		return ids[0], nil
	}
	select {
	case n.busy <- struct{}{}:
		defer func() { <-n.busy }()
	case <-ctx.Done():
		return "", notify.Fail(notify.Transient, "the channels of Discord were not listed in time")
	}
	ids, ok := n.known(name, listAgain)
	if !ok {
		if err := n.list(ctx); err != nil {
			return "", err
		}
		ids, _ = n.known(name, listFresh)
	}
	switch len(ids) {
	case 1:
		return ids[0], nil
	case 0:
		return "", notify.Fail(notify.Transient, "there is no channel #%s in the server that Herald is in: create it, or write its id", name)
	}
	return "", notify.Fail(notify.Transient, "there are %d channels #%s: write the id of the one that is meant", len(ids), name)
}

// known is what a name stands for; ok is false if it was not listed within such a time.
func (n *names) known(name string, within time.Duration) (ids []string, ok bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.ids[name], !n.listed.IsZero() && n.now().Sub(n.listed) < within
}

// list asks for all channels of the server.
func (n *names) list(ctx context.Context) error {
	g, err := n.server(ctx)
	if err != nil {
		return err
	}
	all, err := n.client.Channels(ctx, g.ID)
	if err != nil {
		n.leave() // the bot may be in another one by now
		return err
	}
	ids := map[string][]string{}
	for _, r := range all {
		if name := strings.ToLower(r.Name); r.Textual() {
			ids[name] = append(ids[name], r.ID)
		}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.ids, n.listed = ids, n.now()
	return nil
}

// forget has an address be looked up anew, but not at once again.
func (n *names) forget(to string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if user, ok := strings.CutPrefix(to, "@"); ok {
		delete(n.dms, user)
	}
	delete(n.ids, strings.ToLower(strings.TrimPrefix(to, "#")))
}

// moved reports whether an address is another channel's by now.
func (n *names) moved(ctx context.Context, to, room string) bool {
	n.forget(to)
	now, err := n.room(ctx, to)
	return err == nil && now != room && !isPerson(to)
}
