package api

import (
	"context"
	"crypto/rand"
	"net/http"
	"strings"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
)

// webhookPrefix begins the id of every webhook.
const webhookPrefix = "sub_"

// webhook is a webhook as the API shows it: without its secret.
type webhook struct {
	ID        notify.SubscriptionID `json:"id"`
	URL       string                `json:"url"` // but to its owner without what may be a secret
	Name      string                `json:"name,omitempty"`
	Person    progress.Person       `json:"person"`
	Events    []string              `json:"events"`   // none: every milestone
	Progress  bool                  `json:"progress"` // the picture between milestones too
	Task      progress.TaskID       `json:"task,omitempty"`
	Kind      string                `json:"kind,omitempty"`
	Owner     string                `json:"owner,omitempty"`
	Labels    map[string]string     `json:"labels,omitempty"`
	On        bool                  `json:"on"`
	Off       string                `json:"off,omitempty"` // why nothing is sent
	OffAt     progress.Instant      `json:"off_at,omitzero"`
	CreatedAt progress.Instant      `json:"created_at"`
}

func webhookOf(c *kit.Call, s notify.Subscription) webhook {
	w := webhook{
		ID: s.ID, URL: s.Address.To, Name: s.Name, Person: s.Owner, Events: s.Events, Progress: s.Live,
		Task: s.Match.Task, Kind: s.Match.Kind, Owner: s.Match.Owner, Labels: s.Match.Labels,
		On: s.Off == "", Off: s.Off, OffAt: progress.Instant(s.OffAt), CreatedAt: progress.Instant(s.MadeAt),
	}
	if c.Who.Person != s.Owner {
		w.URL = s.Address.Shown()
	}
	if w.Events == nil {
		w.Events = []string{}
	}
	return w
}

// webhooks handles what is asked of webhooks.
type webhooks struct{ *server }

// list is GET /api/webhooks: the caller's own, with ?all=1 everybody's.
func (s webhooks) list(c *kit.Call) error {
	q := c.Query()
	all := q.Flag("all")
	if q.Err() != nil {
		return q.Err()
	}
	person, err := whose(c, all)
	if err != nil {
		return err
	}
	subs, err := s.subscriptions(c.Ctx(), person)
	if err != nil {
		return trouble(err)
	}
	out := webhookList{Webhooks: []webhook{}}
	for _, sub := range subs {
		if sub.Address.Channel == notify.Webhook {
			out.Webhooks = append(out.Webhooks, webhookOf(c, sub))
		}
	}
	c.Reply(http.StatusOK, out)
	return nil
}

// subscriptions are those of a person, of everybody for "".
func (s *server) subscriptions(ctx context.Context, person progress.Person) ([]notify.Subscription, error) {
	if person == "" {
		return s.Ledger.Subscriptions(ctx)
	}
	return s.Ledger.SubscriptionsOf(ctx, person)
}

// webhookList are webhooks, the oldest first.
type webhookList struct {
	Webhooks []webhook `json:"webhooks"`
}

// madeWebhook is a webhook with its secret, which is shown this once.
type madeWebhook struct {
	webhook
	Secret string `json:"secret"`
}

// add is POST /api/webhooks.
func (s webhooks) add(c *kit.Call) error {
	var n newWebhook
	if err := c.Bind(&n); err != nil {
		return err
	}
	if err := n.check(s.Guard); err != nil {
		return err
	}
	if err := s.sees(c, n.Task); err != nil {
		return err
	}
	sub := n.subscription(notify.SubscriptionID(webhookPrefix + strings.ToLower(rand.Text())))
	sub.Owner, sub.MadeAt = c.Who.Person, s.now()
	keys := notify.Keys{Holder: string(sub.ID), Current: s.Secret()}
	if err := s.Ledger.Subscribe(c.Ctx(), sub, keys, mostWebhooks); err != nil {
		return trouble(err)
	}
	c.Writer.Header().Set("Location", "/api/webhooks/"+string(sub.ID))
	c.Reply(http.StatusCreated, madeWebhook{webhookOf(c, sub), keys.Current})
	return nil
}

// sees refuses a task that the caller may not see.
func (s *server) sees(c *kit.Call, id progress.TaskID) error {
	if id == "" {
		return nil
	}
	t, err := s.Task(c.Ctx(), id)
	if progress.CodeOf(err) == progress.NotFound || err == nil && !progress.Sees(t, c.Who) {
		return &progress.Error{Code: progress.NotFound, Field: "task", Say: "there is no task \"" + string(id) + "\""}
	}
	return err
}

// own is the webhook that the path names, if it is one for the caller.
func (s *server) own(c *kit.Call) (notify.Subscription, error) {
	none := &progress.Error{Code: progress.NotFound, Say: "there is no such webhook"}
	id := c.Param("id")
	if !named(id, webhookPrefix) {
		return notify.Subscription{}, none
	}
	sub, err := s.Ledger.Subscription(c.Ctx(), notify.SubscriptionID(id))
	if progress.CodeOf(err) == progress.NotFound || err == nil && (sub.Address.Channel != notify.Webhook || !mine(c, sub.Owner)) {
		return sub, none
	}
	return sub, trouble(err)
}

// named reports whether a text looks like an id: what we call it, letters and digits.
func named(text, prefix string) bool {
	rest, ok := strings.CutPrefix(text, prefix)
	return ok && rest != "" && len(rest) <= mostName && !strings.ContainsFunc(rest, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
}

// get is GET /api/webhooks/{id}.
func (s webhooks) get(c *kit.Call) error {
	sub, err := s.own(c)
	if err != nil {
		return err
	}
	c.Reply(http.StatusOK, webhookOf(c, sub))
	return nil
}

// operates refuses a caller without the right to operate.
func operates(c *kit.Call) error {
	if c.Who.Has(progress.MayOperate) {
		return nil
	}
	return &progress.Error{Code: progress.Forbidden, Say: "this needs the right to " + progress.MayOperate.String()}
}

// change is PATCH /api/webhooks/{id}. To switch off needs the right to read only.
func (s webhooks) change(c *kit.Call) error {
	sub, err := s.own(c)
	if err != nil {
		return err
	}
	var e webhookEdit
	if err := c.Bind(&e); err != nil {
		return err
	}
	if !e.onlyOff() {
		if err := operates(c); err != nil {
			return err
		}
	}
	if err := e.check(s.Guard); err != nil {
		return err
	}
	sub, err = s.Ledger.Change(c.Ctx(), sub.ID, func(sub *notify.Subscription) error {
		e.apply(sub, c.Who.Person, s.now())
		return nil
	})
	if err != nil {
		return trouble(err)
	}
	s.Poke([]notify.Lane{laneOf(sub)})
	c.Reply(http.StatusOK, webhookOf(c, sub))
	return nil
}

// apply changes a webhook, by somebody at a time.
func (e webhookEdit) apply(s *notify.Subscription, by progress.Person, at time.Time) {
	if e.Name != nil {
		s.Name = *e.Name
	}
	if e.Events != nil {
		s.Events = *e.Events
	}
	if e.Progress != nil {
		s.Live = *e.Progress
	}
	if e.URL != nil {
		s.Address = addressOf(s.ID, *e.URL)
	}
	switch on := s.Off == ""; {
	case e.On == nil || *e.On == on:
	case *e.On:
		s.Off, s.OffAt = "", time.Time{}
	default:
		s.Off, s.OffAt = "switched off by "+string(by), at
	}
}

func laneOf(s notify.Subscription) notify.Lane {
	return notify.Lane{ID: s.Address.Lane(), Address: s.Address}
}

// remove is DELETE /api/webhooks/{id}.
func (s webhooks) remove(c *kit.Call) error {
	sub, err := s.own(c)
	if err != nil {
		return err
	}
	if err := s.Ledger.Unsubscribe(c.Ctx(), sub.ID, s.now()); err != nil {
		return trouble(err)
	}
	s.Poke([]notify.Lane{laneOf(sub)})
	c.Done()
	return nil
}

// test is POST /api/webhooks/{id}/test.
func (s webhooks) test(c *kit.Call) error {
	sub, err := s.own(c)
	if err != nil {
		return err
	}
	if sub.Off != "" {
		return &progress.Error{Code: progress.Conflict, Say: "the webhook is off: " + sub.Off + "; switch it on first"}
	}
	letter := notify.NoteLetter(&sub, notify.Note{
		Kind: notify.NoteTest, Channel: notify.Webhook, To: sub.Address.Shown(), Sub: sub.ID, Reason: "asked for by " + string(c.Who.Person), At: s.now(),
	}, rand.Text())
	letter.DueAt = letter.MadeAt
	lane := laneOf(sub)
	if err := s.Ledger.Routed(c.Ctx(), notify.Routed{Lanes: []notify.Lane{lane}, Letters: []notify.Letter{letter}}); err != nil {
		return trouble(err)
	}
	s.Poke([]notify.Lane{lane})
	c.Reply(http.StatusAccepted, deliveryOf(letter, lane))
	return nil
}
