package webpage

import "github.com/taskherald/herald/progress"

// Address is what the pages behind links about a subscription show: whether its address
// is to be told.
type Address struct {
	To     string          // the address
	Owner  progress.Person // of the subscription
	Name   string          // of the subscription, "" for none
	URL    string          // of the server
	Done   bool            // it is as the link wants it
	Off    string          // why nothing is sent to it, "" if something is
	Form   string          // what the form brings back
	Lapse  Lapse           // why the link does nothing any more, "" while it may
	Notice Notice
}

// Leave renders the page on which a subscription is ended.
func (l *Layout) Leave(a Address) ([]byte, error) {
	return render(l.leave, false, a.view("Unsubscribe", "Unsubscribed"))
}

// Confirm renders the page on which an address is confirmed.
func (l *Layout) Confirm(a Address) ([]byte, error) {
	return render(l.confirm, false, a.view("Confirm your address", "Confirmed"))
}

func (a Address) view(before, after string) addressView {
	v := addressView{Address: a, said: a.Lapse.said(a.Owner), heading: before}
	switch {
	case a.Lapse != "":
		v.heading = v.said.Title
	case a.Done:
		v.heading = after
	}
	return v
}

// addressView is an address as its templates see it.
type addressView struct {
	Address
	said    said
	heading string
}

// Over is why the link does nothing.
func (v addressView) Over() said { return v.said }

// Heading is the title of the tab.
func (v addressView) Heading() string { return v.heading + " · Herald" }

// Named is what its owner calls the subscription, in quotes and behind a space.
func (v addressView) Named() string {
	if v.Name == "" {
		return ""
	}
	return " (“" + v.Name + "”)"
}
