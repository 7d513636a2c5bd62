package client

import (
	"context"
	"net/url"

	"github.com/taskherald/herald/progress"
)

// ChatAccounts are the accounts on chat platforms that people have linked. It may be used from
// any number of goroutines.
type ChatAccounts struct{ http *caller }

// ChatAccountsOf are those of a server.
func ChatAccountsOf(c *Client) ChatAccounts { return ChatAccounts{http: c.http} }

// ChatCode is a code that links an account.
type ChatCode struct {
	Code    string           `json:"code"`
	Expires progress.Instant `json:"expires_at"`
	Say     string           `json:"say"` // what to send to Herald in chat
}

// ChatAccount is an account on a chat platform, and whose it is.
type ChatAccount struct {
	Platform string           `json:"platform"` // such as slack
	Team     string           `json:"team"`     // the workspace, "" where the platform has none
	Account  string           `json:"account"`  // its id there
	Name     string           `json:"name,omitempty"`
	Person   progress.Person  `json:"person"`
	LinkedAt progress.Instant `json:"linked_at"`
}

// Code is a new code of the caller, good once and for ten minutes. It is Forbidden for a token
// that may do less than its person.
func (a ChatAccounts) Code(ctx context.Context) (c ChatCode, err error) {
	err = a.http.post(ctx, "/api/chat/codes", "", nil, &c)
	return c, err
}

// List are a person's, the oldest link first; "" is the caller, somebody else is for admins.
func (a ChatAccounts) List(ctx context.Context, who progress.Person) ([]ChatAccount, error) {
	var out struct {
		Accounts []ChatAccount `json:"accounts"`
	}
	q := url.Values{}
	if who != "" {
		q.Set("person", string(who))
	}
	err := a.http.get(ctx, chatAccountsPath, q, &out)
	return out.Accounts, err
}

// Unlink ends that an account is anybody's, at once: an own one, for admins anybody's.
func (a ChatAccounts) Unlink(ctx context.Context, account ChatAccount) error {
	team := account.Team
	if team == "" {
		team = "-"
	}
	path := chatAccountsPath + "/" + url.PathEscape(account.Platform) + "/" + url.PathEscape(team) + "/" + url.PathEscape(account.Account)
	return a.http.remove(ctx, path, nil)
}

const chatAccountsPath = "/api/chat/accounts"
