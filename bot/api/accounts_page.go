package api

import (
	"net/http"
	"net/url"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
	"github.com/taskherald/herald/templates/webpage"
)

// pageRoutes are the page on which people link chat accounts, and its forms.
func pageRoutes(s *server) []kit.Route {
	h := accountPage{accounts{s}}
	return []kit.Route{
		{Method: http.MethodGet, Path: accountsPath, Name: "accountsPage", Page: true, Right: progress.MayRead, Do: h.look},
		{Method: http.MethodPost, Path: accountsPath, Name: "codeForm", Page: true, Right: progress.MayRead, Do: h.give},
		{Method: http.MethodPost, Path: accountsPath + "/:platform/:team/:account/unlink", Name: "unlinkForm", Page: true, Right: progress.MayRead, Do: h.remove},
	}
}

// accountsPath is where the page is.
const accountsPath = "/accounts"

// mostForm is how long a form of the page may be, in bytes.
const mostForm = 4 << 10

// accountPage handles the page on which people link chat accounts.
type accountPage struct{ accounts }

// look is GET /accounts.
func (s accountPage) look(c *kit.Call) error {
	return s.answer(c, http.StatusOK, webpage.Unlinked(c.Query().Text("done")), webpage.Accounts{})
}

// give is POST /accounts. The code is in its answer alone.
func (s accountPage) give(c *kit.Call) error {
	if _, err := kit.Form(c.Writer, c.Request, mostForm); err != nil {
		return err
	}
	made, err := s.newCode(c)
	if err != nil {
		return s.refused(c, err)
	}
	return s.answer(c, http.StatusOK, webpage.Notice{}, webpage.Accounts{Say: made.Say, Until: made.Expires})
}

// remove is POST /accounts/{platform}/{team}/{account}/unlink.
func (s accountPage) remove(c *kit.Call) error {
	if _, err := kit.Form(c.Writer, c.Request, mostForm); err != nil {
		return err
	}
	if err := s.end(c); err != nil {
		return s.refused(c, err)
	}
	c.See(accountsPath + "?done=" + url.QueryEscape("unlink"))
	return nil
}

// refused says on the page why a form has done nothing.
func (s accountPage) refused(c *kit.Call, err error) error {
	status := kit.Status(err)
	if status >= http.StatusInternalServerError {
		return err
	}
	return s.answer(c, status, webpage.Notice{Text: webpage.Sentence(kit.ProblemOf(err).Detail), Bad: true}, webpage.Accounts{})
}

// answer shows the page with what came of a form.
func (s accountPage) answer(c *kit.Call, status int, n webpage.Notice, view webpage.Accounts) error {
	view.On = s.Accounts != nil
	if view.On {
		all, err := s.Accounts.Of(c.Ctx(), c.Who.Person)
		if err != nil {
			return progress.Trouble(err)
		}
		for _, a := range all {
			view.Linked = append(view.Linked, webpage.Account{Platform: a.Platform, Team: a.Team, ID: a.ID, Name: a.Name, At: progress.Instant(a.At)})
		}
	}
	layout, err := s.layout()
	if err != nil {
		return err
	}
	body, err := layout.Accounts(webpage.Page{Person: c.Who.Person, Logout: c.Session, Notice: n, Fragment: c.Query().Text("fragment") == "1"}, view)
	if err == nil {
		c.Show(status, body)
	}
	return err
}
