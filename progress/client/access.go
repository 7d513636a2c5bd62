package client

import (
	"context"
	"net/url"
	"time"

	"github.com/taskherald/herald/progress"
)

// Access is about people and tokens.
type Access struct{ http *caller }

// Token is a token without its secret.
type Token struct {
	ID        string           `json:"id"`
	Name      string           `json:"name"`
	Person    progress.Person  `json:"person"`
	Scopes    []string         `json:"scopes"`
	CreatedAt progress.Instant `json:"created_at"`
	CreatedBy progress.Person  `json:"created_by"`
	ExpiresAt progress.Instant `json:"expires_at"`
	RevokedAt progress.Instant `json:"revoked_at"`
	UsedAt    progress.Instant `json:"used_at"` // about a minute exact
}

// TokenQuery says whose tokens to list: the caller's own, unless somebody is
// named or all are wanted, which admins may.
type TokenQuery struct {
	Person progress.Person
	All    bool
}

// Tokens lists tokens, the oldest first.
func (a Access) Tokens(ctx context.Context, q TokenQuery) ([]Token, error) {
	v := values{}
	v.add("person", string(q.Person))
	v.yes("all", q.All)
	var out struct {
		Tokens []Token `json:"tokens"`
	}
	err := a.http.get(ctx, "/api/tokens", url.Values(v), &out)
	return out.Tokens, err
}

// NewToken asks for a token.
type NewToken struct {
	Name    string          `json:"name"`
	Person  progress.Person `json:"person,omitempty"` // "" for the caller
	Scopes  []string        `json:"scopes"`           // of read, report, operate, approve, admin
	Expires time.Time       `json:"expires_at,omitzero"`
}

// MadeToken is a token with its secret, which cannot be had again.
type MadeToken struct {
	Token
	Secret string `json:"token"`
}

// MakeToken makes a token.
func (a Access) MakeToken(ctx context.Context, n NewToken) (t MadeToken, err error) {
	err = a.http.post(ctx, "/api/tokens", "", n, &t)
	return t, err
}

// RevokeToken ends a token at once.
func (a Access) RevokeToken(ctx context.Context, id string) (t Token, err error) {
	err = a.http.remove(ctx, "/api/tokens/"+url.PathEscape(id), &t)
	return t, err
}

// Person is somebody whom the server knows.
type Person struct {
	Name       progress.Person  `json:"name"`
	Role       string           `json:"role"` // admin, operator, member or viewer
	Groups     []string         `json:"groups"`
	Disabled   bool             `json:"disabled"`
	DisabledAt progress.Instant `json:"disabled_at"`
	CreatedAt  progress.Instant `json:"created_at"`
	CreatedBy  progress.Person  `json:"created_by"`
}

// People lists everybody.
func (a Access) People(ctx context.Context) ([]Person, error) {
	var out struct {
		People []Person `json:"people"`
	}
	err := a.http.get(ctx, "/api/people", nil, &out)
	return out.People, err
}

// NewPerson is somebody to add.
type NewPerson struct {
	Name   string   `json:"name"`
	Role   string   `json:"role,omitempty"` // "" means member
	Groups []string `json:"groups,omitempty"`
}

// AddPerson adds somebody.
func (a Access) AddPerson(ctx context.Context, n NewPerson) (p Person, err error) {
	err = a.http.post(ctx, "/api/people", "", n, &p)
	return p, err
}

// PersonEdit is what to change about somebody; nil fields leave it.
type PersonEdit struct {
	Role     *string   `json:"role,omitempty"`
	Groups   *[]string `json:"groups,omitempty"`
	Disabled *bool     `json:"disabled,omitempty"`
}

// EditPerson changes somebody.
func (a Access) EditPerson(ctx context.Context, name progress.Person, e PersonEdit) (p Person, err error) {
	err = a.http.patch(ctx, "/api/people/"+url.PathEscape(string(name)), e, &p)
	return p, err
}

// Invitation is a way to log in, good once.
type Invitation struct {
	URL     string           `json:"url"`
	Code    string           `json:"code"`
	Expires progress.Instant `json:"expires_at"`
}

// Invite makes a login URL for somebody.
func (a Access) Invite(ctx context.Context, name progress.Person) (i Invitation, err error) {
	err = a.http.post(ctx, "/api/people/"+url.PathEscape(string(name))+"/login", "", nil, &i)
	return i, err
}
