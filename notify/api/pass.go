package api

import (
	"context"
	"errors"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
	"github.com/taskherald/herald/progress/ticket"
	"github.com/taskherald/herald/templates/webpage"
)

// passage is how things are with a pass.
type passage struct {
	ticket.Pass
	sub   notify.Subscription // the zero one where nothing may be said of it
	lapse webpage.Lapse       // why the pass is good for nothing any more, "" while it is
}

// passage looks at all that a pass depends on. An error is trouble of ours.
func (s *server) passage(ctx context.Context, text, purpose string) (p passage, err error) {
	p.Pass, err = s.Sealer.OpenPass(text, s.now())
	late := errors.Is(err, ticket.ErrExpired)
	switch {
	case err != nil && !late, p.For != purpose:
		return passage{lapse: webpage.Forged}, nil
	case late:
		return passage{lapse: webpage.Stale}, nil
	}
	sub, err := s.Ledger.Subscription(ctx, notify.SubscriptionID(p.Subject))
	switch {
	case progress.CodeOf(err) == progress.NotFound:
		p.lapse = webpage.Ended
	case err != nil:
		return p, progress.Trouble(err)
	case !p.fits(&sub):
		p.lapse = webpage.Moved
	default:
		p.sub = sub
	}
	return p, nil
}

// fits reports whether a subscription has the address that the pass was sent to.
func (p passage) fits(s *notify.Subscription) bool { return ticket.OfAddress(s.Address.To) == p.Of }

// alter changes the subscription of a pass, unless it has another address by now.
func (s *server) alter(c *kit.Call, p passage, fn func(*notify.Subscription)) error {
	sub, err := s.Ledger.Change(c.Ctx(), p.sub.ID, func(sub *notify.Subscription) error {
		if p.fits(sub) {
			fn(sub)
		}
		return nil
	})
	if progress.CodeOf(err) == progress.NotFound {
		return nil // the page says so
	}
	if err != nil {
		return progress.Trouble(err)
	}
	s.Poke([]notify.Lane{laneOf(sub)})
	return nil
}

// address is the subscription as its pages show it.
func (s *server) address(p passage) webpage.Address {
	return webpage.Address{To: p.sub.Address.To, Owner: p.sub.Owner, Name: p.sub.Name, URL: s.URL(), Off: p.sub.Off, Lapse: p.lapse}
}
