package api

import (
	"crypto/rand"
	"net/http"
	"slices"
	"strings"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
)

// subPrefix begins the id of every subscription that is in the table.
const subPrefix = "sub_"

func newID() notify.SubscriptionID {
	return notify.SubscriptionID(subPrefix + strings.ToLower(rand.Text()))
}

// wished is what the API shows of any subscription.
type wished struct {
	ID        notify.SubscriptionID `json:"id"`
	Name      string                `json:"name,omitempty"`
	Person    progress.Person       `json:"person"`
	Events    []string              `json:"events"` // none: every milestone
	Task      progress.TaskID       `json:"task,omitempty"`
	Kind      string                `json:"kind,omitempty"`
	Owner     string                `json:"owner,omitempty"`
	Labels    map[string]string     `json:"labels,omitempty"`
	On        bool                  `json:"on"`
	Off       string                `json:"off,omitempty"` // why nothing is sent
	OffAt     progress.Instant      `json:"off_at,omitzero"`
	CreatedAt progress.Instant      `json:"created_at"`
}

func wishedOf(s notify.Subscription) wished {
	w := wished{
		ID: s.ID, Name: s.Name, Person: s.Owner, Events: s.Events,
		Task: s.Match.Task, Kind: s.Match.Kind, Owner: s.Match.Owner, Labels: s.Match.Labels,
		On: s.Off == "", Off: s.Off, OffAt: progress.Instant(s.OffAt), CreatedAt: progress.Instant(s.MadeAt),
	}
	if w.Events == nil {
		w.Events = []string{}
	}
	return w
}

// family are the subscriptions of some channels, which have routes of their own.
type family struct {
	*server
	name     string // what people call one
	channels []string
}

func (f family) has(s notify.Subscription) bool {
	return slices.Contains(f.channels, s.Address.Channel)
}

// members are the caller's, with ?all=1 everybody's, the oldest first.
func (f family) members(c *kit.Call, q *kit.Params) ([]notify.Subscription, error) {
	all := q.Flag("all")
	if q.Err() != nil {
		return nil, q.Err()
	}
	person, err := whose(c, all)
	if err != nil {
		return nil, err
	}
	var subs []notify.Subscription
	if person == "" {
		subs, err = f.Ledger.Subscriptions(c.Ctx())
	} else {
		subs, err = f.Ledger.SubscriptionsOf(c.Ctx(), person)
	}
	return slices.DeleteFunc(subs, func(s notify.Subscription) bool { return !f.has(s) }), progress.Trouble(err)
}

// own is the one that the path names, if it is for the caller.
func (f family) own(c *kit.Call) (notify.Subscription, error) {
	none := &progress.Error{Code: progress.NotFound, Say: "there is no such " + f.name}
	id := c.Param("id")
	if !named(id, subPrefix) {
		return notify.Subscription{}, none
	}
	sub, err := f.Ledger.Subscription(c.Ctx(), notify.SubscriptionID(id))
	if progress.CodeOf(err) == progress.NotFound || err == nil && (!f.has(sub) || !mine(c, sub.Owner)) {
		return sub, none
	}
	return sub, progress.Trouble(err)
}

// named reports whether a text looks like an id: what we call it, letters and digits.
func named(text, prefix string) bool {
	rest, ok := strings.CutPrefix(text, prefix)
	return ok && rest != "" && len(rest) <= mostName && !strings.ContainsFunc(rest, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
}

// sees refuses a task that the caller may not see.
func (s *server) sees(c *kit.Call, id progress.TaskID) error {
	if id == "" {
		return nil
	}
	_, err := s.seen(c, "task", id)
	return err
}

// seen is a task that a field names, if the caller may see it.
func (s *server) seen(c *kit.Call, field string, id progress.TaskID) (t progress.Task, err error) {
	if t, err = s.Task(c.Ctx(), id); progress.CodeOf(err) == progress.NotFound || err == nil && !progress.Sees(t, c.Who) {
		return t, &progress.Error{Code: progress.NotFound, Field: field, Say: "there is no task \"" + string(id) + "\""}
	}
	return t, err
}

// rewrite changes one, and has its lane look again.
func (f family) rewrite(c *kit.Call, id notify.SubscriptionID, fn func(*notify.Subscription) error) (notify.Subscription, error) {
	sub, err := f.Ledger.Change(c.Ctx(), id, fn)
	if err != nil {
		return sub, progress.Trouble(err)
	}
	f.Poke([]notify.Lane{laneOf(sub)})
	return sub, nil
}

func laneOf(s notify.Subscription) notify.Lane {
	return notify.Lane{ID: s.Address.Lane(), Address: s.Address}
}

// remove is DELETE of one.
func (f family) remove(c *kit.Call) error {
	sub, err := f.own(c)
	if err != nil {
		return err
	}
	if err := f.Ledger.Unsubscribe(c.Ctx(), sub.ID, f.now()); err != nil {
		return progress.Trouble(err)
	}
	f.Poke([]notify.Lane{laneOf(sub)})
	c.Done()
	return nil
}

// test is POST to the test of one.
func (f family) test(c *kit.Call) error {
	sub, err := f.own(c)
	if err != nil {
		return err
	}
	if err := mayGoOn(&sub); err != nil {
		return err
	}
	if sub.Off != "" {
		return &progress.Error{Code: progress.Conflict, Say: "the " + f.name + " is off: " + sub.Off + "; switch it on first"}
	}
	r := f.letter(c, &sub, notify.NoteTest)
	if err := f.Ledger.Routed(c.Ctx(), r); err != nil {
		return progress.Trouble(err)
	}
	return f.sent(c, r)
}

// letter is one that the caller has asked for, about no task.
func (f family) letter(c *kit.Call, sub *notify.Subscription, kind notify.NoteKind) notify.Routed {
	reason := string(c.Who.Person) // who asks, where that is all there is to say
	if kind != notify.NoteConfirm {
		reason = "asked for by " + reason
	}
	l := notify.NoteLetter(sub, notify.Note{
		Kind: kind, Channel: sub.Address.Channel, To: sub.Address.Shown(), Sub: sub.ID, Reason: reason, At: f.now(),
	}, rand.Text())
	l.DueAt = l.MadeAt
	return notify.Routed{Lanes: []notify.Lane{laneOf(*sub)}, Letters: []notify.Letter{l}}
}

// sent answers with the letter that was written.
func (f family) sent(c *kit.Call, r notify.Routed) error {
	f.Poke(r.Lanes)
	c.Reply(http.StatusAccepted, deliveryOf(c, r.Letters[0], r.Lanes[0]))
	return nil
}
