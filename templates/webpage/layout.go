package webpage

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates/web"
)

//go:embed *.html
var pages embed.FS

// Layout renders pages. It may be used from any goroutine.
type Layout struct {
	list, task, kinds, kind, problem *template.Template
	act, leave, confirm              *template.Template
	notifications, accounts          *template.Template
	assets                           map[string]web.Asset // by the name in a page's path
}

// New reads the templates.
func New() (*Layout, error) {
	l := &Layout{assets: map[string]web.Asset{}}
	plain := web.Assets()
	for _, a := range plain {
		l.assets[a.Name] = a
	}
	base, err := template.New("base").Funcs(funcs(plain)).ParseFS(pages, "base.html", "chat.html", "parts.html")
	if err != nil {
		return nil, fmt.Errorf("webpage: %w", err)
	}
	for name, into := range map[string]**template.Template{
		"list": &l.list, "task": &l.task, "kinds": &l.kinds, "kind": &l.kind, "problem": &l.problem, "accounts": &l.accounts,
	} {
		if err := extend(base, into, name+".html"); err != nil {
			return nil, err
		}
	}
	if err := extend(base, &l.notifications, "notifications.html", "preferences.html"); err != nil {
		return nil, err
	}
	for name, into := range map[string]**template.Template{"act": &l.act, "leave": &l.leave, "confirm": &l.confirm} {
		if err := extend(base, into, "bare.html", name+".html"); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// extend makes a page of what all pages have and more files.
func extend(base *template.Template, into **template.Template, files ...string) error {
	t, err := base.Clone()
	if err == nil {
		*into, err = t.ParseFS(pages, files...)
	}
	if err != nil {
		return fmt.Errorf("webpage: %w", err)
	}
	return nil
}

// Asset is a file that pages load from /static/ by that name.
func (l *Layout) Asset(name string) (a web.Asset, ok bool) {
	a, ok = l.assets[name]
	return a, ok
}

// Page is what every page has.
type Page struct {
	Person   progress.Person // who looks at it, "" for nobody
	Logout   bool            // the person has a session to end
	Notice   Notice          // what came of the form that was sent, if one was
	Fragment bool            // only the part that changes is wanted
	URL      string          // of the server, as people reach it
}

// Notice says what came of a form.
type Notice struct {
	Text string // "" for none
	Bad  bool   // it was refused
}

// render writes a page, or the part of it that changes.
func render(t *template.Template, fragment bool, data any) ([]byte, error) {
	name := "page"
	if fragment {
		name = "live"
	}
	var out bytes.Buffer
	if err := t.ExecuteTemplate(&out, name, data); err != nil {
		return nil, fmt.Errorf("webpage: %w", err)
	}
	return out.Bytes(), nil
}

// Problem is what went wrong instead of a page.
type Problem struct {
	Title string
	Text  string
	ID    string // of the request, which the server's log names
}

// Problem renders the page of what went wrong.
func (l *Layout) Problem(p Page, what Problem) ([]byte, error) {
	return render(l.problem, false, problemView{p, what})
}

// problemView is a problem as its template sees it.
type problemView struct {
	Page
	Problem
}

// Heading is the title of the tab.
func (v problemView) Heading() string { return v.Title + " · Herald" }
