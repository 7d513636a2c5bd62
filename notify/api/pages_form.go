package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
	"github.com/taskherald/herald/templates/webpage"
)

// mostForm is how long a form of the page may be, in bytes.
const mostForm = 4 << 10

// add is POST /notifications: a mail address.
func (s places) add(c *kit.Call) error {
	f, err := kit.Form(c.Writer, c.Request, mostForm)
	if err != nil {
		return err
	}
	body := map[string]any{"channel": notify.Email, "to": f.Get("to")}
	all := f.Get("what") == "all"
	if all {
		body["events"], body["longer_than_seconds"] = []string{}, 0
	}
	err = as(c, body, subscriptionsOf(s.server).add)
	return s.done(c, "added", err, webpage.Notifications{Typed: f.Get("to"), All: all})
}

// press is POST /notifications/{id}/{deed}: a button of a place.
func (s places) press(c *kit.Call) error {
	name := c.Param("deed")
	deed, body := s.deed(name)
	if deed == nil {
		return &progress.Error{Code: progress.NotFound, Say: fmt.Sprintf("there is no button %q", name)}
	}
	if _, err := kit.Form(c.Writer, c.Request, mostForm); err != nil {
		return err
	}
	return s.done(c, name, as(c, body, deed), webpage.Notifications{})
}

// deed is what the API does at a button, and with what; nil for none.
func (s places) deed(name string) (do func(*kit.Call) error, body any) {
	to := subscriptionsOf(s.server)
	switch name {
	case "test":
		return to.test, nil
	case "confirm":
		return to.confirm, nil
	case "remove":
		return to.remove, nil
	case "unmute":
		return mutes{preferences(s)}.remove, nil
	case "on", "off":
		return to.change, map[string]any{"on": name == "on"}
	}
	return nil, nil
}

// done goes back to the page after a form has done what it is for. What was refused is
// said there at once, with what was typed.
func (s places) done(c *kit.Call, deed string, err error, typed webpage.Notifications) error {
	switch status := kit.Status(err); {
	case err == nil:
		c.See(placesPath + "?done=" + url.QueryEscape(deed))
		return nil
	case status >= http.StatusInternalServerError:
		return err
	default:
		return s.answer(c, status, webpage.Notice{Text: webpage.Sentence(kit.ProblemOf(err).Detail), Bad: true}, typed)
	}
}

// as has the API do what a form asks for: the call as it would come from a program, with
// its path and a JSON body, and an answer that nobody reads.
func as(c *kit.Call, body any, do func(*kit.Call) error) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	r := c.Request.Clone(c.Ctx())
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
	return do(&kit.Call{Who: c.Who, Session: c.Session, Writer: unread{}, Request: r, Most: c.Most, Path: c.Path})
}

// unread is an answer that goes nowhere.
type unread struct{}

// Header gives headers that are lost.
func (unread) Header() http.Header { return http.Header{} }

// WriteHeader does nothing.
func (unread) WriteHeader(int) {}

// Write takes all.
func (unread) Write(b []byte) (int, error) { return len(b), nil }
