package api

import (
	"net/http"
	"net/url"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
	"github.com/taskherald/herald/templates/webpage"
)

// pageRoutes are what people see in a browser, beside the login page and the
// documentation. They are no part of the API and its document: what they show
// may change at any time. What goes wrong there is a page too.
var pageRoutes = []route{
	{method: http.MethodGet, path: "/", name: "listPage", face: pageFace, right: progress.MayRead, do: showList},
	{method: http.MethodGet, path: "/tasks/:id", name: "taskPage", face: pageFace, right: progress.MayRead, do: showTask},
	{method: http.MethodPost, path: "/tasks/:id/:verb", name: "commandForm", face: pageFace, do: commandForm},
	{method: http.MethodGet, path: "/kinds", name: "kindsPage", face: pageFace, right: progress.MayRead, do: showKinds},
	{method: http.MethodGet, path: "/kinds/:kind", name: "kindPage", face: pageFace, right: progress.MayRead, do: showKind},
	{method: http.MethodGet, path: "/static/:name", name: "asset", face: pageFace, open: true, do: asset},
	{method: http.MethodPost, path: "/login", name: "loginForm", face: pageFace, open: true, do: loginForm},
	{method: http.MethodPost, path: "/logout", name: "logoutForm", face: pageFace, open: true, do: logoutForm},
}

// show answers with a page that was rendered.
func show(c *call, status int, page []byte, err error) error {
	if err != nil {
		return err
	}
	kit.Dress(c.Writer.Header(), kit.PagePolicy)
	if c.secrets.in(c.Request.URL.Path) {
		c.Header("Referrer-Policy", "no-referrer")
	}
	c.send(status, page)
	return nil
}

// see sends the browser to another page, by GET.
func see(c *call, to string) {
	c.Header("Location", to)
	c.Header("Cache-Control", "no-store")
	c.Status(http.StatusSeeOther)
	c.Writer.WriteHeaderNow()
}

// pageOf is what every page has.
func pageOf(c *call) webpage.Page {
	return webpage.Page{
		Person: c.who.Person, Logout: loggedIn(c.who), Fragment: c.Query("fragment") == "1",
		URL: base(c),
	}
}

// pageFace is that of pages.
var pageFace = &face{refusePage, nativeFace.refused}

// refusePage answers a page's request with a page that says what went wrong.
// Who is not logged in gets to do so, and comes back afterwards.
func refusePage(c *call, id string, err error) {
	status := kit.Status(err)
	if _, sent := bearer(c.Request); status == http.StatusUnauthorized && !sent {
		toLogin(c)
		return
	}
	kit.Head(c.Writer.Header(), err)
	p := kit.ProblemOf(err)
	what := webpage.Problem{Title: p.Title, Text: webpage.Sentence(p.Detail)}
	if status >= http.StatusInternalServerError {
		what.ID = id
	}
	body, err := c.layout.Problem(pageOf(c), what)
	if err != nil {
		c.Log.Error("a page could not be made", "request_id", id, "error", err)
	}
	_ = show(c, status, body, nil) // an empty page is better than none
}

// toLogin leads to the login page. In the open mode nobody needs it: a cookie
// of another server at this address is forgotten, and that is all.
func toLogin(c *call) {
	back := "/"
	if c.Request.Method == http.MethodGet {
		q := c.Request.URL.Query()
		q.Del("fragment")
		back = (&url.URL{Path: c.Request.URL.Path, RawQuery: q.Encode()}).String()
	} else if id := c.taskID(); id.Valid() {
		back = "/tasks/" + string(id)
	}
	setSession(c, "", past)
	if _, open := c.Access.Open(); open {
		see(c, back)
		return
	}
	see(c, "/login?next="+url.QueryEscape(back))
}

// asset is GET /static/{name}: a file whose name changes with its content.
func asset(c *call) error {
	a, ok := c.layout.Asset(c.Param("name"))
	if !ok {
		return &progress.Error{Code: progress.NotFound, Say: "there is no such file"}
	}
	c.Header("Cache-Control", "public, max-age=31536000, immutable")
	c.Header("X-Content-Type-Options", "nosniff")
	c.Data(http.StatusOK, a.Type, a.Body)
	return nil
}
