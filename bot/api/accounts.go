package api

import (
	"context"
	"net/http"
	"time"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
)

// Accounts are the accounts on chat platforms that people have linked: *store.Accounts of
// bot/store is one.
type Accounts interface {
	// NewCode makes a code by which an account becomes a person's, good once until a time.
	NewCode(ctx context.Context, p progress.Person) (code string, until time.Time, err error)

	// Of are a person's, the oldest link first.
	Of(ctx context.Context, p progress.Person) ([]bot.LinkedAccount, error)

	// Who is whose an account is; ok is false where nobody has linked it.
	Who(ctx context.Context, a bot.Account) (p progress.Person, ok bool, err error)

	// Unlink ends that it is anybody's; ok is false if it was nobody's.
	Unlink(ctx context.Context, a bot.Account) (ok bool, err error)
}

// accountRoutes are those of chat accounts.
func accountRoutes(s *server) []kit.Route {
	h := accounts{s}
	return []kit.Route{
		{Method: http.MethodPost, Path: "/api/chat/codes", Name: "makeChatCode", Right: progress.MayRead, Do: h.code},
		{Method: http.MethodGet, Path: "/api/chat/accounts", Name: "listChatAccounts", Right: progress.MayRead, Do: h.list},
		{Method: http.MethodDelete, Path: "/api/chat/accounts/:platform/:team/:account", Name: "unlinkChatAccount", Right: progress.MayRead, Do: h.unlink},
	}
}

// accounts handles what is asked of them.
type accounts struct{ *server }

// chatCode is a code by which an account is linked.
type chatCode struct {
	Code    string           `json:"code"`
	Expires progress.Instant `json:"expires_at"`
	Say     string           `json:"say"` // on the platform
}

// linkSay is what is said on a platform before a code, to link an account.
const linkSay = "link "

// code is POST /api/chat/codes.
func (s accounts) code(c *kit.Call) error {
	made, err := s.newCode(c)
	if err != nil {
		return err
	}
	c.Reply(http.StatusCreated, made)
	return nil
}

func (s accounts) newCode(c *kit.Call) (chatCode, error) {
	err := s.linked()
	if err == nil {
		err = s.whole(c)
	}
	if err != nil {
		return chatCode{}, err
	}
	code, until, err := s.Accounts.NewCode(c.Ctx(), c.Who.Person)
	return chatCode{code, progress.Instant(until), linkSay + code}, progress.Trouble(err)
}

// linked refuses what needs accounts where there can be none.
func (s accounts) linked() error {
	if s.Accounts != nil {
		return nil
	}
	return &progress.Error{Code: progress.Conflict, Say: "this server links no chat accounts"}
}

// whole refuses a credential that may do less than its person. What is done from a linked
// account is done with all that the person may: a token for reading must not become a way to
// approve.
func (s accounts) whole(c *kit.Call) error {
	who, ok, err := s.Person(c.Ctx(), c.Who.Person)
	if err != nil {
		return progress.Trouble(err)
	}
	if ok && (c.Who.Has(progress.MayAdmin) || who.Rights&^c.Who.Rights == 0) && (c.Who.All || !who.All) {
		return nil
	}
	return &progress.Error{Code: progress.Forbidden, Say: "a linked account may do all that you may, and this token may do less: use one with all scopes of yours, or log in"}
}

// chatAccount is an account as the API shows it.
type chatAccount struct {
	Platform string           `json:"platform"`
	Team     string           `json:"team"`
	Account  string           `json:"account"`
	Name     string           `json:"name,omitempty"`
	Person   progress.Person  `json:"person"`
	LinkedAt progress.Instant `json:"linked_at"`
}

// chatAccounts are accounts, the oldest link first.
type chatAccounts struct {
	Accounts []chatAccount `json:"accounts"`
}

// list is GET /api/chat/accounts: the caller's own, or of somebody whom an admin names.
func (s accounts) list(c *kit.Call) error {
	if err := s.linked(); err != nil {
		return err
	}
	who := c.Who.Person
	if name := progress.Person(c.Query().Text("person")); name != "" && name != who {
		if !c.Who.Has(progress.MayAdmin) {
			return &progress.Error{Code: progress.Forbidden, Field: "person", Say: "those of others are for admins"}
		}
		if err := kit.Short("person", string(name), mostPerson); err != nil {
			return kit.Invalid("person", "must be UTF-8 text without NUL, of at most %d characters", mostPerson)
		}
		who = name
	}
	all, err := s.Accounts.Of(c.Ctx(), who)
	if err != nil {
		return progress.Trouble(err)
	}
	out := chatAccounts{Accounts: []chatAccount{}}
	for _, a := range all {
		out.Accounts = append(out.Accounts, chatAccount{a.Platform, a.Team, a.ID, a.Name, a.Person, progress.Instant(a.At)})
	}
	c.Reply(http.StatusOK, out)
	return nil
}

// mostPerson is how many characters the name of a person has.
const mostPerson = 200

// noTeam stands in paths for the team of a platform that has none.
const noTeam = "-"

// unlink is DELETE /api/chat/accounts/{platform}/{team}/{account}.
func (s accounts) unlink(c *kit.Call) error {
	if err := s.end(c); err != nil {
		return err
	}
	c.Done()
	return nil
}

// end unlinks the account of the path, if it is the caller's, or the caller is an admin.
func (s accounts) end(c *kit.Call) error {
	if err := s.linked(); err != nil {
		return err
	}
	a := bot.Account{Platform: c.Param("platform"), Team: c.Param("team"), ID: c.Param("account")}
	if a.Team == noTeam {
		a.Team = ""
	}
	who, ok, err := s.Accounts.Who(c.Ctx(), a)
	if err == nil && ok && (who == c.Who.Person || c.Who.Has(progress.MayAdmin)) {
		ok, err = s.Accounts.Unlink(c.Ctx(), a)
	} else {
		ok = false
	}
	if err == nil && !ok {
		err = &progress.Error{Code: progress.NotFound, Say: "no such account of yours is linked"}
	}
	return progress.Trouble(err)
}
