package app

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"strings"
	"time"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/ledger"
	"github.com/taskherald/herald/progress"
)

// ways has people be told at the chat accounts that they have linked: of what is theirs, as
// cards and with what matters, and of what they are asked to decide.
type ways struct {
	ledger *ledger.Ledger
	now    func() time.Time
}

// mostAccounts is how many subscriptions one person may have in chat.
const mostAccounts = 100

// platforms are how platforms call themselves, and what stands in an address before the id of
// somebody's account for their direct messages.
var platforms = map[string]struct{ name, before string }{notify.Slack: {"Slack", ""}, notify.Discord: {"Discord", "@"}}

// addressOf is where somebody is told at an account.
func addressOf(a bot.Account) notify.Address {
	return notify.Address{Channel: a.Platform, To: platforms[a.Platform].before + a.ID}
}

// Linked has a person be told at an account, and nobody else there. What they have made of it
// since they linked it first, stays, but that it is off.
func (w ways) Linked(ctx context.Context, p progress.Person, a bot.Account, _ string) error {
	mine := accountSub(p, a)
	there, err := w.others(ctx, a, mine)
	if err != nil {
		return err
	}
	if there {
		_, err = w.ledger.Change(ctx, mine, func(s *notify.Subscription) error {
			s.Off, s.OffAt = "", time.Time{}
			return nil
		})
		return err
	}
	return w.ledger.Subscribe(ctx, notify.Subscription{
		ID: mine, Owner: p, Name: platforms[a.Platform].name, Address: addressOf(a),
		Match: notify.Match{Owner: string(p)}, Events: notify.Matters(), Live: true, MadeAt: w.now(),
	}, notify.Keys{}, mostAccounts)
}

// Unlinked has nobody be told at an account any more.
func (w ways) Unlinked(ctx context.Context, a bot.Account) error {
	_, err := w.others(ctx, a, "")
	return err
}

// others ends the subscriptions at an account but for one; there is whether that is there.
func (w ways) others(ctx context.Context, a bot.Account, mine notify.SubscriptionID) (there bool, err error) {
	all, err := w.ledger.Subscriptions(ctx)
	if err != nil {
		return false, err
	}
	for _, s := range all {
		switch {
		case s.Address != addressOf(a):
		case s.ID == mine:
			there = true
		default:
			if err := w.ledger.Unsubscribe(ctx, s.ID, w.now()); err != nil && progress.CodeOf(err) != progress.NotFound {
				return there, err
			}
		}
	}
	return there, nil
}

// accountSub is the id of the subscription of a person at an account.
func accountSub(p progress.Person, a bot.Account) notify.SubscriptionID {
	sum := sha256.Sum256([]byte(strings.Join([]string{string(p), a.Platform, a.Team, a.ID}, "\x00")))
	return notify.SubscriptionID("sub_" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:16])))
}
