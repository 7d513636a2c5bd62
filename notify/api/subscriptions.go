package api

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
)

// subscriptionRoutes are those of subscriptions. They give no secret, and tell people
// only what they may read, so they need the right to read alone; to make one, somebody
// who may approve needs that right too.
func subscriptionRoutes(s *server) []kit.Route {
	h := subscriptionsOf(s)
	return []kit.Route{
		{Method: http.MethodGet, Path: "/api/subscriptions", Name: "listSubscriptions", Right: progress.MayRead, Do: h.list},
		{Method: http.MethodPost, Path: "/api/subscriptions", Name: "addSubscription", Right: progress.MayRead, Do: h.add},
		{Method: http.MethodGet, Path: "/api/subscriptions/:id", Name: "getSubscription", Right: progress.MayRead, Do: h.get},
		{Method: http.MethodPatch, Path: "/api/subscriptions/:id", Name: "changeSubscription", Right: progress.MayRead, Do: h.change},
		{Method: http.MethodDelete, Path: "/api/subscriptions/:id", Name: "removeSubscription", Right: progress.MayRead, Do: h.remove},
		{Method: http.MethodPost, Path: "/api/subscriptions/:id/test", Name: "testSubscription", Right: progress.MayRead, Do: h.test},
		{Method: http.MethodPost, Path: "/api/subscriptions/:id/confirm", Name: "confirmSubscription", Right: progress.MayRead, Do: h.confirm},
	}
}

// subscription is one as the API shows it.
type subscription struct {
	wished
	Channel string `json:"channel"`
	To      string `json:"to"` // of a mailbox whole to its owner alone, of a browser never
	Over    int64  `json:"longer_than_seconds"`
}

func subscriptionOf(c *kit.Call, s notify.Subscription) subscription {
	out := subscription{wishedOf(s), s.Address.Channel, shownTo(c, s.Owner, s.Address), int64(s.Over / time.Second)}
	out.Off = repeated(out.Off, s.Address, out.To)
	return out
}

// subscriptions handles what is asked of them: how people are told, at mailboxes, in chat and
// in browsers.
type subscriptions struct{ family }

func subscriptionsOf(s *server) subscriptions {
	return subscriptions{family{s, "subscription", []string{notify.Email, notify.Slack, notify.Discord, notify.WebPush}}}
}

// subscriptionList are subscriptions, the oldest first.
type subscriptionList struct {
	Subscriptions []subscription `json:"subscriptions"`
}

// list is GET /api/subscriptions: the caller's own, with ?all=1 everybody's.
func (s subscriptions) list(c *kit.Call) error {
	q := c.Query()
	if channel := q.Text("channel"); channel != "" {
		if !slices.Contains(s.channels, channel) {
			q.Wrong("channel", "must be email, slack, discord or webpush, not %q; webhooks are at /api/webhooks", channel)
		}
		s.channels = []string{channel}
	}
	subs, err := s.members(c, q)
	if err != nil {
		return err
	}
	out := subscriptionList{Subscriptions: []subscription{}}
	for _, sub := range subs {
		out.Subscriptions = append(out.Subscriptions, subscriptionOf(c, sub))
	}
	c.Reply(http.StatusOK, out)
	return nil
}

// get is GET /api/subscriptions/{id}.
func (s subscriptions) get(c *kit.Call) error {
	sub, err := s.own(c)
	if err != nil {
		return err
	}
	c.Reply(http.StatusOK, subscriptionOf(c, sub))
	return nil
}

// subscriptionEdit is what to change about a subscription.
type subscriptionEdit struct {
	longer
	edit
	Channel json.RawMessage `json:"channel"`
	To      json.RawMessage `json:"to"`
}

func (e subscriptionEdit) check(what string) error {
	if err := e.edit.check(what); err != nil {
		return err
	}
	if err := stays(what, map[string]json.RawMessage{"channel": e.Channel, "to": e.To}); err != nil {
		return err
	}
	return e.longer.check()
}

// change is PATCH /api/subscriptions/{id}.
func (s subscriptions) change(c *kit.Call) error {
	sub, err := s.own(c)
	if err != nil {
		return err
	}
	var e subscriptionEdit
	if err := c.Bind(&e); err != nil {
		return err
	}
	if err := e.check(s.name); err != nil {
		return err
	}
	sub, err = s.rewrite(c, sub.ID, func(sub *notify.Subscription) error {
		if e.On != nil && *e.On {
			if err := mayGoOn(sub); err != nil {
				return err
			}
		}
		sub.Over = e.or(sub.Over)
		e.apply(sub, c.Who.Person, s.now())
		return nil
	})
	if err != nil {
		return err
	}
	c.Reply(http.StatusOK, subscriptionOf(c, sub))
	return nil
}

// mayGoOn refuses to switch on what somebody else has to say yes to.
func mayGoOn(s *notify.Subscription) error {
	switch s.Off {
	case notify.Unconfirmed:
		return &progress.Error{Code: progress.Conflict, Say: "it is not confirmed: open the link in the mail that was sent there, or have it sent again"}
	case taken:
		return &progress.Error{Code: progress.Conflict, Say: "somebody else is told in that browser now; turn notifications on there as yourself"}
	}
	return nil
}

// mostSubscriptions is how many one person has at mailboxes and browsers.
const mostSubscriptions = 100

// room refuses one more of what somebody has.
func room(have []notify.Subscription) error {
	n := 0
	for _, s := range have {
		if s.Address.Channel != notify.Webhook {
			n++
		}
	}
	if n < mostSubscriptions {
		return nil
	}
	return tooMany("%d subscriptions are the most that one person may have; remove one first", mostSubscriptions)
}
