package webpage

import (
	"net/url"
	"strings"

	"github.com/taskherald/herald/progress"
)

// Accounts is what the page shows on which people link their accounts on chat platforms.
type Accounts struct {
	On     bool             // this server links accounts
	Say    string           // what links one, with a code that was just made; "" for none
	Until  progress.Instant // until when it does
	Linked []Account        // the oldest link first
}

// Account is one that somebody has linked.
type Account struct {
	Platform string
	Team     string // "" where the platform has none
	ID       string
	Name     string // that somebody has there, "" if nobody knows
	At       progress.Instant
}

// Accounts renders the page on which people link their accounts on chat platforms.
func (l *Layout) Accounts(p Page, a Accounts) ([]byte, error) {
	return render(l.accounts, p.Fragment, accountsView{p, a})
}

// accountsView is that page as its template sees it.
type accountsView struct {
	Page
	Accounts
}

// Heading is the title of the tab.
func (v accountsView) Heading() string { return "Chat accounts · Herald" }

// Rows are the accounts.
func (v accountsView) Rows() (out []accountView) {
	for _, a := range v.Linked {
		out = append(out, accountView{a})
	}
	return out
}

// accountView is an account as its template sees it.
type accountView struct{ Account }

// Title names the account.
func (a accountView) Title() string {
	if a.Name != "" {
		return a.Name
	}
	return a.ID
}

// Facts are where it is.
func (a accountView) Facts() string {
	facts := []string{platform(a.Platform)}
	if a.Team != "" {
		facts = append(facts, "workspace "+a.Team)
	}
	if a.Name != "" {
		facts = append(facts, "account "+a.ID)
	}
	return strings.Join(facts, " · ")
}

// platform is what people call a platform.
func platform(name string) string {
	switch name {
	case "slack":
		return "Slack"
	case "discord":
		return "Discord"
	}
	return name
}

// Action is where the form that unlinks it is sent.
func (a accountView) Action() string {
	team := a.Team
	if team == "" {
		team = "-"
	}
	return "/accounts/" + url.PathEscape(a.Platform) + "/" + url.PathEscape(team) + "/" + url.PathEscape(a.ID) + "/unlink"
}

// Unlinked says what a form of the page of chat accounts has done, by its name; nothing for a
// name that is none.
func Unlinked(deed string) Notice {
	if deed != "unlink" {
		return Notice{}
	}
	return Notice{Text: "Unlinked. What is pressed and said from there counts for nothing from now on."}
}
