package api

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress/api/kit"
	"github.com/taskherald/herald/progress/ticket"
	"github.com/taskherald/herald/templates/webpage"
)

// left is why a subscription is off that somebody ended from a mail.
const left = "unsubscribed from a mail"

// leavings handles links that end a subscription.
type leavings struct{ *server }

// passage is that of the path. One that leads nowhere any more has what it wants.
func (s leavings) passage(c *kit.Call) (passage, error) {
	p, err := s.server.passage(c.Ctx(), c.Param("pass"), ticket.ForLeave)
	if p.lapse == webpage.Ended || p.lapse == webpage.Moved {
		p.lapse = webpage.Silent
	}
	return p, err
}

// show is GET /leave/{pass}.
func (s leavings) show(c *kit.Call) error {
	p, err := s.passage(c)
	if err != nil {
		return err
	}
	a := s.address(p)
	a.Done = a.Off != ""
	return s.page(c, goneStatus(p.lapse, http.StatusOK), func(l *webpage.Layout) ([]byte, error) { return l.Leave(a) })
}

// press is POST /leave/{pass}: the button of its page, or a mail provider's, which RFC
// 8058 has send the same without a page, a cookie or a way to follow a redirect.
func (s leavings) press(c *kit.Call) error {
	p, err := s.passage(c)
	if err != nil {
		return err
	}
	if p.lapse == "" && oneClick(c) {
		at := s.now()
		if err := s.alter(c, p, func(sub *notify.Subscription) { leave(sub, at) }); err != nil {
			return err
		}
	}
	return s.show(c)
}

// leave switches a subscription off. One that is off stays off for the reason that it
// has.
func leave(s *notify.Subscription, at time.Time) {
	if s.Off == "" {
		s.Off, s.OffAt = left, at
	}
}

// mostClick is how long the body of a click may be, in bytes.
const mostClick = 4 << 10

// oneClick reports whether the body is what List-Unsubscribe-Post names, in one of the
// two forms that RFC 8058 has for it.
func oneClick(c *kit.Call) bool {
	body, err := kit.Read(c.Writer, c.Request, mostClick)
	if err != nil {
		return false
	}
	c.Request.Body = io.NopCloser(bytes.NewReader(body))
	if err := c.Request.ParseMultipartForm(mostClick); err != nil && c.Request.PostForm == nil {
		return false
	}
	return strings.EqualFold(c.Request.PostForm.Get("List-Unsubscribe"), "One-Click")
}
