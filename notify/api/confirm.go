package api

import (
	"net/http"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress/api/kit"
	"github.com/taskherald/herald/progress/ticket"
	"github.com/taskherald/herald/templates/webpage"
)

// confirmings handles links that confirm an address.
type confirmings struct{ *server }

// passage is that of the path. It ends with whoever wants the address told.
func (s confirmings) passage(c *kit.Call) (passage, error) {
	p, err := s.server.passage(c.Ctx(), c.Param("pass"), ticket.ForConfirm)
	if err != nil || p.lapse != "" {
		return p, err
	}
	_, ok, err := s.Person(c.Ctx(), p.sub.Owner)
	if err == nil && !ok {
		p.lapse = webpage.Departed
	}
	return p, err
}

// show is GET /confirm/{pass}.
func (s confirmings) show(c *kit.Call) error {
	p, err := s.passage(c)
	if err != nil {
		return err
	}
	return s.answer(c, p, http.StatusOK, webpage.Notice{})
}

// press is POST /confirm/{pass}: the button of its page.
func (s confirmings) press(c *kit.Call) error {
	p, err := s.passage(c)
	switch {
	case err != nil:
		return err
	case p.lapse != "" || p.sub.Off != notify.Unconfirmed:
		return s.answer(c, p, http.StatusOK, webpage.Notice{})
	}
	if _, ours := s.form(c, c.Param("pass")); !ours {
		return s.answer(c, p, http.StatusForbidden, webpage.Again())
	}
	if err := s.alter(c, p, confirm); err != nil {
		return err
	}
	c.See(c.Request.URL.Path)
	return nil
}

// confirm switches on a subscription that waited for it.
func confirm(s *notify.Subscription) {
	if s.Off == notify.Unconfirmed {
		s.Off, s.OffAt = "", time.Time{}
	}
}

func (s confirmings) answer(c *kit.Call, p passage, status int, n webpage.Notice) error {
	a := s.address(p)
	a.Notice, a.Done = n, a.Off == ""
	if p.lapse == "" && a.Off == notify.Unconfirmed {
		a.Off, a.Form = "", s.formFor(c, c.Param("pass"))
	}
	return s.page(c, goneStatus(p.lapse, status), func(l *webpage.Layout) ([]byte, error) { return l.Confirm(a) })
}
