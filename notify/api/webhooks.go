package api

import (
	"net/http"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
)

// mostWebhooks is how many one person has.
const mostWebhooks = 100

// webhookRoutes are those of webhooks and of what signs. What gives a secret needs the
// right to operate, so that a token for reading cannot sign. Who has lost that right can
// still stop what is sent in their name: remove a webhook, or switch it off.
func webhookRoutes(s *server) []kit.Route {
	h, k := webhooks{family{s, "webhook", []string{notify.Webhook}}}, secrets{s}
	return []kit.Route{
		{Method: http.MethodGet, Path: "/api/webhooks", Name: "listWebhooks", Right: progress.MayRead, Do: h.list},
		{Method: http.MethodPost, Path: "/api/webhooks", Name: "addWebhook", Right: progress.MayOperate, Do: h.add},
		{Method: http.MethodGet, Path: "/api/webhooks/:id", Name: "getWebhook", Right: progress.MayRead, Do: h.get},
		{Method: http.MethodPatch, Path: "/api/webhooks/:id", Name: "changeWebhook", Right: progress.MayRead, Do: h.change},
		{Method: http.MethodDelete, Path: "/api/webhooks/:id", Name: "removeWebhook", Right: progress.MayRead, Do: h.remove},
		{Method: http.MethodPost, Path: "/api/webhooks/:id/rotate", Name: "rotateWebhook", Right: progress.MayOperate, Do: h.rotate},
		{Method: http.MethodPost, Path: "/api/webhooks/:id/test", Name: "testWebhook", Right: progress.MayOperate, Do: h.test},
		{Method: http.MethodGet, Path: "/api/callbacks/secret", Name: "getCallbackSecret", Right: progress.MayOperate, Do: k.getCallback},
		{Method: http.MethodPost, Path: "/api/callbacks/secret/rotate", Name: "rotateCallbackSecret", Right: progress.MayOperate, Do: k.rotateCallback},
	}
}

// webhook is a webhook as the API shows it: without its secret.
type webhook struct {
	wished
	URL      string `json:"url"`      // but to its owner without what may be a secret
	Progress bool   `json:"progress"` // the picture between milestones too
}

func webhookOf(c *kit.Call, s notify.Subscription) webhook {
	w := webhook{wishedOf(s), s.Address.To, s.Live}
	if c.Who.Person != s.Owner {
		w.URL = s.Address.Shown()
	}
	return w
}

// webhooks handles what is asked of webhooks.
type webhooks struct{ family }

// webhookList are webhooks, the oldest first.
type webhookList struct {
	Webhooks []webhook `json:"webhooks"`
}

// list is GET /api/webhooks: the caller's own, with ?all=1 everybody's.
func (s webhooks) list(c *kit.Call) error {
	subs, err := s.members(c, c.Query())
	if err != nil {
		return err
	}
	out := webhookList{Webhooks: []webhook{}}
	for _, sub := range subs {
		out.Webhooks = append(out.Webhooks, webhookOf(c, sub))
	}
	c.Reply(http.StatusOK, out)
	return nil
}

// newWebhook is the body that makes a webhook.
type newWebhook struct {
	URL      string `json:"url"`
	Progress bool   `json:"progress"`
	wish
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
	if err := n.check(); err != nil {
		return err
	}
	if err := checkURL(s.Guard, "url", n.URL); err != nil {
		return err
	}
	if err := s.sees(c, n.Task); err != nil {
		return err
	}
	sub := notify.Subscription{ID: newID(), Owner: c.Who.Person, Name: n.Name, Events: n.Events, Live: n.Progress, Match: n.match(), MadeAt: s.now()}
	sub.Address = addressOf(sub.ID, n.URL)
	keys := notify.Keys{Holder: string(sub.ID), Current: s.Secret()}
	if err := s.Ledger.Subscribe(c.Ctx(), sub, keys, mostWebhooks); err != nil {
		return progress.Trouble(err)
	}
	c.Writer.Header().Set("Location", "/api/webhooks/"+string(sub.ID))
	c.Reply(http.StatusCreated, madeWebhook{webhookOf(c, sub), keys.Current})
	return nil
}

// addressOf is where a webhook is; it has keys of its own.
func addressOf(id notify.SubscriptionID, url string) notify.Address {
	return notify.Address{Channel: notify.Webhook, To: url, Key: string(id)}
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

// webhookEdit is what to change about a webhook.
type webhookEdit struct {
	URL      *string `json:"url"`
	Progress *bool   `json:"progress"`
	edit
}

// onlyOff reports whether it switches off, and nothing else.
func (e webhookEdit) onlyOff() bool {
	return e.On != nil && !*e.On && e.URL == nil && e.Name == nil && e.Events == nil && e.Progress == nil
}

func (e webhookEdit) check(what string, g Guard) error {
	if err := e.edit.check(what); err != nil || e.URL == nil {
		return err
	}
	return checkURL(g, "url", *e.URL)
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
	if err := e.check(s.name, s.Guard); err != nil {
		return err
	}
	sub, err = s.rewrite(c, sub.ID, func(sub *notify.Subscription) error {
		if e.Progress != nil {
			sub.Live = *e.Progress
		}
		if e.URL != nil {
			sub.Address = addressOf(sub.ID, *e.URL)
		}
		e.apply(sub, c.Who.Person, s.now())
		return nil
	})
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

// rotate is POST /api/webhooks/{id}/rotate.
func (s webhooks) rotate(c *kit.Call) error {
	sub, err := s.own(c)
	if err != nil {
		return err
	}
	return secrets{s.server}.rotate(c, string(sub.ID))
}
