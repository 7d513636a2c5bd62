package api

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
)

// The bounds of a webhook, in characters unless it says otherwise.
const (
	mostWebhooks = 100 // of one person
	mostURL      = 2000
	mostName     = 200
	mostEvents   = 50 // patterns
	mostLabels   = 64
)

// newWebhook is the body that makes a webhook.
type newWebhook struct {
	URL      string            `json:"url"`
	Name     string            `json:"name"`
	Events   []string          `json:"events"`
	Progress bool              `json:"progress"`
	Task     progress.TaskID   `json:"task"`
	Kind     string            `json:"kind"`
	Owner    string            `json:"owner"`
	Labels   map[string]string `json:"labels"`
}

// check says what is wrong with it.
func (n newWebhook) check(g Guard) error {
	for _, f := range [...]struct{ name, text string }{{"name", n.Name}, {"task", string(n.Task)}, {"kind", n.Kind}, {"owner", n.Owner}} {
		if err := short(f.name, f.text, mostName); err != nil {
			return err
		}
	}
	if len(n.Labels) > mostLabels {
		return over("labels", "must be at most %d", mostLabels)
	}
	for k, v := range n.Labels {
		if k == "" || strings.ContainsRune(k+v, 0) || utf8.RuneCountInString(k) > mostName || utf8.RuneCountInString(v) > mostName {
			return kit.Invalid("labels", "must be names and values of at most %d characters", mostName)
		}
	}
	if err := checkEvents(n.Events); err != nil {
		return err
	}
	return checkURL(g, n.URL)
}

func checkURL(g Guard, raw string) error {
	if err := short("url", raw, mostURL); err != nil {
		return err
	}
	_, err := g.CheckURL(raw)
	return err
}

// checkEvents refuses patterns that nothing ever matches.
func checkEvents(events []string) error {
	if len(events) > mostEvents {
		return over("events", "must be at most %d", mostEvents)
	}
	for _, p := range events {
		if !notify.ValidPattern(p) {
			return kit.Invalid("events", "%q is no kind of event, such as task.failed, and no beginning of some, such as approval.*", p)
		}
	}
	return nil
}

// short refuses a text that is too long, and one that no database keeps.
func short(field, text string, most int) error {
	switch {
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		return kit.Invalid(field, "must be UTF-8 text without NUL")
	case utf8.RuneCountInString(text) > most:
		return over(field, "must have at most %d characters", most)
	}
	return nil
}

func over(field, format string, args ...any) error {
	return &progress.Error{Code: progress.TooLarge, Field: field, Say: fmt.Sprintf(format, args...)}
}

// subscription is what the body asks for, without who asks.
func (n newWebhook) subscription(id notify.SubscriptionID) notify.Subscription {
	return notify.Subscription{
		ID: id, Name: n.Name, Address: addressOf(id, n.URL), Events: n.Events, Live: n.Progress,
		Match: notify.Match{Task: n.Task, Kind: n.Kind, Owner: n.Owner, Labels: n.Labels},
	}
}

// addressOf is where a webhook is; it has keys of its own.
func addressOf(id notify.SubscriptionID, url string) notify.Address {
	return notify.Address{Channel: notify.Webhook, To: url, Key: string(id)}
}

// webhookEdit is what to change about a webhook; what is absent stays.
type webhookEdit struct {
	URL      *string   `json:"url"`
	Name     *string   `json:"name"`
	Events   *[]string `json:"events"`
	Progress *bool     `json:"progress"`
	On       *bool     `json:"on"`
	fixed
}

// fixed are the fields that make it another webhook.
type fixed struct {
	Task   json.RawMessage `json:"task"`
	Kind   json.RawMessage `json:"kind"`
	Owner  json.RawMessage `json:"owner"`
	Labels json.RawMessage `json:"labels"`
}

// onlyOff reports whether it switches off, and nothing else.
func (e webhookEdit) onlyOff() bool {
	return e.On != nil && !*e.On && e.URL == nil && e.Name == nil && e.Events == nil && e.Progress == nil
}

func (e webhookEdit) check(g Guard) error {
	for field, said := range map[string]json.RawMessage{"task": e.Task, "kind": e.Kind, "owner": e.Owner, "labels": e.Labels} {
		if said != nil && string(said) != "null" {
			return kit.Invalid(field, "stays as it is; make another webhook")
		}
	}
	if e.Name != nil {
		if err := short("name", *e.Name, mostName); err != nil {
			return err
		}
	}
	if e.Events != nil {
		if err := checkEvents(*e.Events); err != nil {
			return err
		}
	}
	if e.URL != nil {
		return checkURL(g, *e.URL)
	}
	return nil
}
