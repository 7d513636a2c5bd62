package webpage

import (
	"fmt"
	"strings"

	"github.com/taskherald/herald/progress"
)

// List is what the list of tasks shows. A task stands in one place only.
type List struct {
	Waiting []progress.Wire // for this person's decision
	Live    []progress.Wire // others that have not ended
	Ended   []progress.Wire
	Found   []progress.Wire // instead of all these: a later page, as it comes

	Older  string // the path of the page after this, "" for none
	Others string // the path of all that have not ended, if they are too many for here
	Socket string // where their frames come from, a path
	Filter Filter
}

// Filter is what the list is narrowed by, as the query has it.
type Filter struct {
	Text, Status, Kind, Owner string
	Labels                    []string
}

// List renders the list of tasks.
func (l *Layout) List(p Page, list List) ([]byte, error) {
	return render(l.list, p.Fragment, listView{p, list})
}

// listView is a list as its template sees it.
type listView struct {
	Page
	List
}

// Heading is the title of the tab.
func (v listView) Heading() string {
	if n := len(v.Waiting); n > 0 {
		return fmt.Sprintf("⚠ %d · Tasks · Herald", n)
	}
	return "Tasks · Herald"
}

// section is a part of the list.
type section struct {
	ID, Title  string
	Tasks      []progress.Wire
	More, Says string // where more of them are, and the words of that link
}

// Sections are the parts of the list that have tasks.
func (v listView) Sections() []section {
	all := []section{
		{"waiting-tasks", "Waiting for you", v.Waiting, "", ""},
		{"live-tasks", "Under way", v.Live, v.Others, "All that are under way"},
		{"ended-tasks", "Ended", v.Ended, v.Older, "Older tasks"},
		{"found-tasks", "Found", v.Found, v.Older, "Older tasks"},
	}
	var out []section
	for _, s := range all {
		if len(s.Tasks) > 0 {
			out = append(out, s)
		}
	}
	return out
}

// Any reports whether the filter leaves anything out.
func (f Filter) Any() bool {
	return f.Text+f.Status+f.Kind+f.Owner != "" || len(f.Labels) > 0
}

// Fixed are the parts of the filter that the form has no field for.
func (v listView) Fixed() []pair {
	f := v.Filter
	var out []pair
	for _, p := range []pair{{"kind", f.Kind}, {"owner", f.Owner}} {
		if p.Value != "" {
			out = append(out, p)
		}
	}
	for _, l := range f.Labels {
		out = append(out, pair{"label", l})
	}
	return out
}

// pair is a name and what it stands for.
type pair struct{ Name, Value string }

// choice is one of several, and whether it is chosen.
type choice struct {
	Value, Text string
	Chosen      bool
}

// Choices are the statuses to choose from.
func (v listView) Choices() []choice {
	f := v.Filter
	live, ended := groups()
	all := []choice{{"", "any status", false}, {live, "under way", false}, {ended, "ended", false}}
	for _, s := range progress.Statuses() {
		all = append(all, choice{string(s), statuses[s].Symbol + " " + statuses[s].Word, false})
	}
	for i := range all {
		if all[i].Value == f.Status {
			all[i].Chosen = true
			return all
		}
	}
	return append(all, choice{f.Status, strings.ReplaceAll(f.Status, ",", ", "), true})
}

// groups are the statuses of tasks that have not ended, and of those that have.
func groups() (live, ended string) {
	var l, e []string
	for _, s := range progress.Statuses() {
		if s.Ended() {
			e = append(e, string(s))
		} else {
			l = append(l, string(s))
		}
	}
	return strings.Join(l, ","), strings.Join(e, ",")
}
