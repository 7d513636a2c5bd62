package api

import (
	"cmp"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/ledger"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
)

// newSubscription is the body that makes a subscription of a mailbox.
type newSubscription struct {
	Channel string `json:"channel"`
	To      string `json:"to"`
	longer
	wish
}

// check says what is wrong with it.
func (n newSubscription) check() error {
	if n.Channel != notify.Email {
		return kit.Invalid("channel", "must be email, not %q: webhooks are made at /api/webhooks, a Slack or Discord account is linked with a code (/api/chat/codes), and browsers turn it on themselves, on the page /notifications (/api/push/subscriptions)", n.Channel)
	}
	if err := n.wish.check(); err != nil {
		return err
	}
	return n.longer.check()
}

// mostDomain is the length of a part of a domain (RFC 1035, 2.3.4).
const mostDomain = 63

// mailbox is a mail address as it is kept: bare, its domain in small letters.
func mailbox(text string) (string, error) {
	if len(text) > notify.MostMailbox {
		return "", kit.Over("to", "must have at most %d characters", notify.MostMailbox)
	}
	at := strings.LastIndexByte(text, '@')
	if !notify.Mailbox(text) {
		return "", kit.Invalid("to", "must be a bare mail address such as ada@example.com, in ASCII")
	}
	domain := strings.ToLower(text[at+1:])
	if !hostName(domain) {
		return "", kit.Invalid("to", "must end with the name of a domain, such as example.com")
	}
	return text[:at+1] + domain, nil
}

// hostName reports whether a mail server can be found by a name.
func hostName(name string) bool {
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > mostDomain || strings.Trim(label, "-") != label ||
			strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return false
		}
	}
	return name == "localhost" || strings.Contains(name, ".")
}

// subscription is what the body asks for, in the caller's name.
func (s subscriptions) subscription(c *kit.Call, n newSubscription) (sub notify.Subscription, err error) {
	if err := n.check(); err != nil {
		return sub, err
	}
	if err := s.mails(); err != nil {
		return sub, err
	}
	to, err := mailbox(n.To)
	if err != nil {
		return sub, err
	}
	if n.Events == nil {
		n.Events = notify.Matters()
	}
	now := s.now()
	return notify.Subscription{
		ID: newID(), Owner: c.Who.Person, Name: n.Name, Address: notify.Address{Channel: notify.Email, To: to},
		Match: n.match(), Events: n.Events, Over: n.or(s.Over), Off: notify.Unconfirmed, OffAt: now, MadeAt: now,
	}, s.sees(c, n.Task)
}

// mails refuses what needs mail where none is sent.
func (s subscriptions) mails() error {
	if s.Email {
		return nil
	}
	return &progress.Error{Code: progress.Conflict, Say: "this server sends no mail; its operator has to set email.server and email.from"}
}

// add is POST /api/subscriptions.
func (s subscriptions) add(c *kit.Call) error {
	var n newSubscription
	if err := c.Bind(&n); err != nil {
		return err
	}
	sub, err := s.subscribe(c, n)
	if err != nil {
		return err
	}
	c.Writer.Header().Set("Location", "/api/subscriptions/"+string(sub.ID))
	c.Reply(http.StatusCreated, subscriptionOf(c, sub))
	return nil
}

// subscribe makes a subscription, which is off until whoever reads at the address says
// yes to the letter that goes with it.
func (s subscriptions) subscribe(c *kit.Call, n newSubscription) (notify.Subscription, error) {
	sub, err := s.subscription(c, n)
	if err == nil {
		err = s.vouched(c)
	}
	if err != nil {
		return sub, err
	}
	letter := s.letter(c, &sub, notify.NoteConfirm)
	err = s.Ledger.Arrange(c.Ctx(), s.asking(sub), func(w ledger.Wishes) (ledger.Arrangement, error) {
		return ledger.Arrangement{Sub: sub, Routed: letter},
			cmp.Or(double(w.Subs, &sub), room(w.Subs), mailboxes(w.Subs, &sub), patience(w.Asked, &sub, sub.MadeAt))
	})
	if err != nil {
		return sub, progress.Trouble(err)
	}
	s.Poke(letter.Lanes)
	return sub, nil
}

// asking is what is looked at before somebody is asked to confirm.
func (s subscriptions) asking(sub notify.Subscription) ledger.Query {
	return ledger.Query{Owner: sub.Owner, Lane: sub.Address.Lane(), Since: s.now().Add(-confirmDay)}
}

// double refuses a second one for the same tasks at the same address: each mail would
// come twice.
func double(have []notify.Subscription, s *notify.Subscription) error {
	for i := range have {
		if o := &have[i]; o.Address.Channel == s.Address.Channel && strings.EqualFold(o.Address.To, s.Address.To) && same(o.Match, s.Match) {
			return &progress.Error{Code: progress.Conflict, Say: fmt.Sprintf("%s is told of these tasks by your subscription %s; change that one", o.Address.To, o.ID)}
		}
	}
	return nil
}

// same reports whether two mean the same tasks.
func same(a, b notify.Match) bool {
	if len(a.Labels)+len(b.Labels) == 0 {
		a.Labels, b.Labels = nil, nil
	}
	return reflect.DeepEqual(a, b)
}

// mostMailboxes is at how many mail addresses one person is told.
const mostMailboxes = 20

// mailboxes refuses one mail address more than somebody may have.
func mailboxes(have []notify.Subscription, s *notify.Subscription) error {
	all := map[string]bool{}
	for _, o := range have {
		if o.Address.Channel == notify.Email {
			all[strings.ToLower(o.Address.To)] = true
		}
	}
	if len(all) < mostMailboxes || all[strings.ToLower(s.Address.To)] {
		return nil
	}
	return tooMany("%d mail addresses are the most that one person may have; remove one first", mostMailboxes)
}

func tooMany(format string, most int) error {
	return &progress.Error{Code: progress.Conflict, Say: fmt.Sprintf(format, most)}
}

// How often somebody is asked to confirm.
const (
	confirmGap      = time.Minute // between two that ask for one subscription
	confirmDay      = 24 * time.Hour
	mostAskedThere  = 10 // in a day, at one address
	mostAskedByThem = 50 // in a day, in one person's name
)

// patience refuses to ask once more, after those that were sent in the last day: an
// address may be a stranger's.
func patience(asked []notify.Letter, s *notify.Subscription, now time.Time) error {
	var before, there, theirs []notify.Letter
	for _, l := range asked {
		if l.Sub == s.ID {
			before = append(before, l)
		}
		if l.Lane == s.Address.Lane() {
			there = append(there, l)
		}
		if l.Person == s.Owner {
			theirs = append(theirs, l)
		}
	}
	return cmp.Or(
		spaced(before, 1, confirmGap, now, "it was sent a moment ago; look into the mailbox, and for junk"),
		spaced(there, mostAskedThere, confirmDay, now, fmt.Sprintf("that address was asked %d times in a day", mostAskedThere)),
		spaced(theirs, mostAskedByThem, confirmDay, now, fmt.Sprintf("%d confirmations are the most that one person may ask for in a day", mostAskedByThem)),
	)
}

// spaced refuses one more letter where there are most within a time.
func spaced(sent []notify.Letter, most int, within time.Duration, now time.Time, say string) error {
	if len(sent) < most {
		return nil
	}
	wait := sent[len(sent)-most].MadeAt.Add(within).Sub(now)
	if wait <= 0 {
		return nil
	}
	return &progress.Error{Code: progress.Limited, Say: say, Err: &kit.Slow{After: wait}}
}

// confirm is POST /api/subscriptions/{id}/confirm.
func (s subscriptions) confirm(c *kit.Call) error {
	sub, err := s.own(c)
	if err == nil {
		err = s.mails()
	}
	if err != nil {
		return err
	}
	letter := s.letter(c, &sub, notify.NoteConfirm)
	letter.Lanes[0].ClosedAt = s.now() // so that one that was closed is opened
	err = s.Ledger.Arrange(c.Ctx(), s.asking(sub), func(w ledger.Wishes) (ledger.Arrangement, error) {
		return ledger.Arrangement{Routed: letter}, cmp.Or(waits(w.Subs, sub.ID), patience(w.Asked, &sub, s.now()))
	})
	if err != nil {
		return progress.Trouble(err)
	}
	return s.sent(c, letter)
}

// waits refuses a subscription that does not wait to be confirmed.
func waits(have []notify.Subscription, id notify.SubscriptionID) error {
	if slices.ContainsFunc(have, func(s notify.Subscription) bool { return s.ID == id && s.Off == notify.Unconfirmed }) {
		return nil
	}
	return &progress.Error{Code: progress.Conflict, Say: "there is nothing to confirm"}
}
