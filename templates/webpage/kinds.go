package webpage

import (
	"net/url"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates/textcard"
)

// Kinds is what the page of all kinds shows.
type Kinds struct {
	Kinds []progress.WireKindWhole
	More  string // the path of the page that has more of them, "" for none
}

// Kinds renders the page of all kinds.
func (l *Layout) Kinds(p Page, k Kinds) ([]byte, error) {
	view := kindsView{Page: p, More: k.More}
	for i, kind := range k.Kinds {
		view.Kinds = append(view.Kinds, kindRow{kind, sparkOf(i+1, kind)})
	}
	return render(l.kinds, p.Fragment, view)
}

// kindsView is what the template of all kinds sees.
type kindsView struct {
	Page
	Kinds []kindRow
	More  string
}

// kindRow is a kind with the picture of its newest runs.
type kindRow struct {
	progress.WireKindWhole
	Spark spark
}

// Heading is the title of the tab.
func (v kindsView) Heading() string { return "Kinds · Herald" }

// Kind renders the page of one kind. One without runs says so.
func (l *Layout) Kind(p Page, k progress.WireKindWhole) ([]byte, error) {
	return render(l.kind, p.Fragment, kindView{p, kindRow{k, sparkOf(1, k)}})
}

// kindView is a kind as its template sees it.
type kindView struct {
	Page
	kindRow
}

// Heading is the title of the tab.
func (v kindView) Heading() string { return v.Kind + " · Kinds · Herald" }

// Tasks is where the list of its tasks is.
func (v kindView) Tasks() string {
	kind, target := progress.CutRunKind(v.Kind)
	ask := url.Values{"kind": {kind}}
	if target != "" {
		ask.Set("label", progress.TargetKey+":"+target)
	}
	return "/?" + ask.Encode()
}

// kindPath is where a kind's page is. Browsers take away what is only dots.
func kindPath(kind string) string {
	if kind == "." || kind == ".." {
		return "/kinds"
	}
	return "/kinds/" + url.PathEscape(kind)
}

// seconds shows a number of them, a dash for none.
func seconds(v *float64) string {
	if v == nil {
		return "–"
	}
	return lasted(*v)
}

// lasted shows a number of seconds.
func lasted(s float64) string {
	if s == 0 {
		return "0 s"
	}
	return span(time.Duration(s * float64(time.Second)))
}

// share shows a share of a whole, a dash for none.
func share(v *float64) string {
	if v == nil {
		return "–"
	}
	return textcard.Share(*v)
}

// trend says how times have changed, and whether that is good.
func trend(ratio *float64) tendency {
	switch said := textcard.Trend(ratio); {
	case said == "":
		return tendency{"–", ""}
	case said == textcard.Trend(new(1.0)):
		return tendency{said, ""}
	case *ratio > 1:
		return tendency{said, "slower"}
	default:
		return tendency{said, "faster"}
	}
}

// tendency is a trend in words, and its class.
type tendency struct{ Text, Class string }

// endSign shows how a run ended.
func endSign(word string) sign {
	switch word {
	case "success":
		return statuses[progress.Completed]
	case "partial":
		return sign{"✓", "completed in part", "completed"}
	}
	return statuses[progress.Status(word)]
}
