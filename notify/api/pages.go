package api

import (
	"net/http"
	"slices"
	"strings"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
	"github.com/taskherald/herald/templates/web"
	"github.com/taskherald/herald/templates/webpage"
)

// pageRoutes are the page on which people say where they are told, its forms, and what
// browsers ask for to tell them.
func pageRoutes(s *server) []kit.Route {
	p := places{s}
	out := []kit.Route{
		{Method: http.MethodGet, Path: placesPath, Name: "notificationsPage", Page: true, Right: progress.MayRead, Do: p.look},
		{Method: http.MethodPost, Path: placesPath, Name: "addPlaceForm", Page: true, Right: progress.MayRead, Do: p.add},
		{Method: http.MethodPost, Path: placesPath + "/preferences", Name: "preferencesForm", Page: true, Right: progress.MayRead, Do: p.prefer},
		{Method: http.MethodPost, Path: placesPath + "/mutes", Name: "muteForm", Page: true, Right: progress.MayRead, Do: p.mute},
		{Method: http.MethodPost, Path: placesPath + "/:id/:deed", Name: "placeForm", Page: true, Right: progress.MayRead, Do: p.press},
	}
	for name, a := range web.Rooted() {
		out = append(out, kit.Route{Method: http.MethodGet, Path: "/" + name, Name: strings.ReplaceAll(name, ".", "_"), Page: true, Open: true, Do: gives(a)})
	}
	return out
}

// placesPath is where the page is.
const placesPath = "/notifications"

// gives answers with a file that stays at its path: the browser asks each time.
func gives(a web.Asset) func(*kit.Call) error {
	return func(c *kit.Call) error {
		h := c.Writer.Header()
		h.Set("Content-Type", a.Type)
		h.Set("Cache-Control", "no-cache")
		h.Set("X-Content-Type-Options", "nosniff")
		_, _ = c.Writer.Write(a.Body) // a caller that has gone away needs no answer
		return nil
	}
}

// places handles the page on which people say where they are told.
type places struct{ *server }

// look is GET /notifications.
func (s places) look(c *kit.Call) error {
	return s.answer(c, http.StatusOK, webpage.Settled(c.Query().Text("done")), webpage.Notifications{})
}

// answer shows the page with what came of a form, and what was typed in it.
func (s places) answer(c *kit.Call, status int, n webpage.Notice, view webpage.Notifications) error {
	subs, err := s.Ledger.SubscriptionsOf(c.Ctx(), c.Who.Person)
	if err != nil {
		return progress.Trouble(err)
	}
	view.Push, view.Mail = s.Push != nil, s.Email
	for _, sub := range subs {
		view.Places = append(view.Places, asPlace(sub))
	}
	if err := s.prefers(c, &view); err != nil {
		return err
	}
	layout, err := s.layout()
	if err != nil {
		return err
	}
	p := webpage.Page{Person: c.Who.Person, Logout: c.Session, Notice: n, Fragment: c.Query().Text("fragment") == "1"}
	if s.URL != nil {
		p.URL = s.URL()
	}
	body, err := layout.Notifications(p, view)
	if err == nil {
		c.Show(status, body)
	}
	return err
}

// ways are how people call the channels.
func ways(channel string) webpage.Way {
	switch channel {
	case notify.Email:
		return webpage.ByMail
	case notify.WebPush:
		return webpage.ByPush
	case notify.Slack, notify.Discord:
		return webpage.ByChat
	}
	return webpage.ByWebhook
}

// asPlace is a subscription as its owner sees it on the page.
func asPlace(s notify.Subscription) webpage.Place {
	return webpage.Place{
		ID: string(s.ID), Way: ways(s.Address.Channel), Name: s.Name, To: s.Address.Shown(), Usual: slices.Equal(s.Events, notify.Matters()), Events: s.Events,
		Task: s.Match.Task, Kind: s.Match.Kind, Owner: s.Match.Owner, Labels: s.Match.Labels, Over: s.Over,
		Off: s.Off, OffAt: progress.Instant(s.OffAt), Unproved: s.Off == notify.Unconfirmed,
	}
}
