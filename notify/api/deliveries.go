package api

import (
	"encoding/base64"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
)

// delivery is a letter as the API shows it.
type delivery struct {
	ID        notify.LetterID       `json:"id"`
	Channel   string                `json:"channel"`
	To        string                `json:"to"` // without what may be a secret
	Webhook   notify.SubscriptionID `json:"webhook,omitempty"`
	Sub       notify.SubscriptionID `json:"subscription,omitempty"` // on another channel; neither for a callback
	Person    progress.Person       `json:"person"`
	Task      progress.TaskID       `json:"task_id,omitempty"`
	Seq       int64                 `json:"seq,omitempty"`
	Type      string                `json:"type"` // of the event, or of what else it says
	Class     notify.Class          `json:"class"`
	State     notify.State          `json:"state"`
	Tries     int                   `json:"tries"`
	Why       string                `json:"why,omitempty"`   // what the last try came to
	Doubt     bool                  `json:"doubt,omitempty"` // it may have arrived
	MadeAt    progress.Instant      `json:"made_at"`
	DueAt     progress.Instant      `json:"due_at"`
	ExpiresAt progress.Instant      `json:"expires_at"`
	SettledAt progress.Instant      `json:"settled_at"`
}

func deliveryOf(c *kit.Call, l notify.Letter, lane notify.Lane) delivery {
	d := delivery{
		ID: l.ID, Channel: lane.Address.Channel, To: shownTo(c, l.Person, lane.Address), Person: l.Person, Task: l.Task, Seq: l.Seq, Type: l.Says(),
		Class: l.Class, State: l.State, Tries: l.Tries, Why: l.Why, Doubt: l.Doubt, MadeAt: progress.Instant(l.MadeAt),
		DueAt: progress.Instant(l.DueAt), ExpiresAt: progress.Instant(l.ExpiresAt), SettledAt: progress.Instant(l.SettledAt),
	}
	d.Why = repeated(d.Why, lane.Address, d.To)
	d.Webhook, d.Sub = ofTable(l.Sub, d.Channel)
	return d
}

// ofTable is a subscription that somebody can look up, as a webhook or as another; neither
// where it belongs to a task or to a rule.
func ofTable(id notify.SubscriptionID, channel string) (webhook, other notify.SubscriptionID) {
	switch {
	case !strings.HasPrefix(string(id), subPrefix):
	case channel == notify.Webhook:
		webhook = id
	default:
		other = id
	}
	return webhook, other
}

// shownTo is an address without what may be a secret, and as much of that of a mailbox
// as others than its owner have to know. One that is nobody's is the admins'.
func shownTo(c *kit.Call, owner progress.Person, a notify.Address) string {
	at := strings.LastIndexByte(a.To, '@')
	mine := c.Who.Person == owner || owner == "" && c.Who.Has(progress.MayAdmin)
	if a.Channel != notify.Email || mine || at < 1 {
		return a.Shown()
	}
	return a.To[:1] + "…" + a.To[at:]
}

// repeated is what a far side has said, with its address as it is shown: many mail servers
// repeat it.
func repeated(said string, a notify.Address, shown string) string {
	if a.Channel != notify.Email || shown == a.To {
		return said
	}
	return regexp.MustCompile("(?i)"+regexp.QuoteMeta(a.To)).ReplaceAllLiteralString(said, shown)
}

// deliveries handles what is asked of them.
type deliveries struct{ *server }

func deliveryRoutes(s *server) []kit.Route {
	d := deliveries{s}
	return []kit.Route{
		{Method: http.MethodGet, Path: "/api/deliveries", Name: "listDeliveries", Right: progress.MayRead, Do: d.list},
		{Method: http.MethodPost, Path: "/api/deliveries/redrive", Name: "redriveDeliveries", Right: progress.MayOperate, Do: d.redriveAll},
		{Method: http.MethodGet, Path: "/api/deliveries/:id", Name: "getDelivery", Right: progress.MayRead, Do: d.get},
		{Method: http.MethodPost, Path: "/api/deliveries/:id/redrive", Name: "redriveDelivery", Right: progress.MayOperate, Do: d.redriveOne},
	}
}

// shown are letters with where they go.
func (s deliveries) shown(c *kit.Call, letters []notify.Letter) ([]delivery, error) {
	var ids []notify.LaneID
	for _, l := range letters {
		ids = append(ids, l.Lane)
	}
	lanes, err := s.Ledger.Lanes(c.Ctx(), ids)
	if err != nil {
		return nil, progress.Trouble(err)
	}
	out := make([]delivery, len(letters))
	for i, l := range letters {
		out[i] = deliveryOf(c, l, lanes[l.Lane])
	}
	return out, nil
}

// letterPrefix begins the id of every letter.
const letterPrefix = "msg_"

// The sizes of a page of deliveries.
const (
	deliveryPage    = 50
	maxDeliveryPage = 200
)

var states = []notify.State{notify.Due, notify.Sent, notify.Dead, notify.Dropped}

// deliveryList is a page of deliveries, the newest first; Next is the cursor of the
// one after it.
type deliveryList struct {
	Deliveries []delivery `json:"deliveries"`
	Next       *string    `json:"next"`
}

// list is GET /api/deliveries: the caller's own, with ?all=1 everybody's.
func (s deliveries) list(c *kit.Call) error {
	ask, err := asked(c)
	if err != nil {
		return err
	}
	most := ask.Limit
	ask.Limit++ // tells whether there are more
	letters, err := s.Ledger.Letters(c.Ctx(), ask)
	if err != nil {
		return progress.Trouble(err)
	}
	var out deliveryList
	if len(letters) > most {
		letters = letters[:most]
		last := letters[most-1]
		out.Next = new(cursorOf(notify.Place{At: last.MadeAt, ID: last.ID}))
	}
	if out.Deliveries, err = s.shown(c, letters); err != nil {
		return err
	}
	c.Reply(http.StatusOK, out)
	return nil
}

// asked is what the parameters ask for.
func asked(c *kit.Call) (ask notify.LetterQuery, err error) {
	q := c.Query()
	ask = notify.LetterQuery{
		State: notify.State(q.Text("state")), Task: progress.TaskID(q.Text("task")),
		Limit: q.Between("limit", 1, maxDeliveryPage, deliveryPage),
	}
	if ask.State != "" && !slices.Contains(states, ask.State) {
		q.Wrong("state", "must be due, sent, dead or dropped, not %q", ask.State)
	}
	if text := q.Text("cursor"); text != "" {
		var ok bool
		if ask.Before, ok = placeOf(text); !ok {
			q.Wrong("cursor", "is none of ours")
		}
	}
	for _, name := range []string{"task", "webhook", "subscription"} {
		if kit.Short(name, q.Text(name), mostName) != nil {
			q.Wrong(name, "must be UTF-8 text without NUL, of at most %d characters", mostName)
		}
	}
	all := q.Flag("all")
	if q.Err() != nil {
		return ask, q.Err()
	}
	if ask.Sub, err = oneOf(q.Text("webhook"), q.Text("subscription")); err != nil {
		return ask, err
	}
	ask.Person, err = whose(c, all)
	return ask, err
}

// oneOf is the subscription of which deliveries are meant: a webhook, or one on another
// channel.
func oneOf(webhook, other string) (notify.SubscriptionID, error) {
	if webhook != "" && other != "" {
		return "", kit.Invalid("subscription", "cannot be asked for together with a webhook")
	}
	return notify.SubscriptionID(webhook + other), nil
}

// cursorOf is a place in the list as a text.
func cursorOf(p notify.Place) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(p.At.UnixMicro(), 36) + "." + string(p.ID)))
}

func placeOf(cursor string) (p notify.Place, ok bool) {
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return p, false
	}
	at, id, ok := strings.Cut(string(text), ".")
	micros, err := strconv.ParseInt(at, 36, 64)
	if !ok || err != nil || !named(id, letterPrefix) {
		return p, false
	}
	return notify.Place{At: time.UnixMicro(micros).UTC(), ID: notify.LetterID(id)}, true
}

// letter is the letter that the path names, if it is one for the caller.
func (s deliveries) letter(c *kit.Call) (notify.Letter, error) {
	id := c.Param("id")
	var found []notify.Letter
	var err error
	if named(id, letterPrefix) {
		found, err = s.Ledger.Letters(c.Ctx(), notify.LetterQuery{ID: notify.LetterID(id), Limit: 1})
	}
	if err == nil && (len(found) == 0 || !mine(c, found[0].Person)) {
		return notify.Letter{}, &progress.Error{Code: progress.NotFound, Say: "there is no such delivery"}
	}
	if err != nil {
		return notify.Letter{}, progress.Trouble(err)
	}
	return found[0], nil
}

// get is GET /api/deliveries/{id}.
func (s deliveries) get(c *kit.Call) error {
	l, err := s.letter(c)
	if err != nil {
		return err
	}
	return s.reply(c, http.StatusOK, l)
}

func (s deliveries) reply(c *kit.Call, status int, l notify.Letter) error {
	out, err := s.shown(c, []notify.Letter{l})
	if err == nil {
		c.Reply(status, out[0])
	}
	return err
}
