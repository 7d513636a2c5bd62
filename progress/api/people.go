package api

import (
	"net/http"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/access"
)

// wirePerson is a person as the API shows them.
type wirePerson struct {
	Name       progress.Person  `json:"name"`
	Role       access.Role      `json:"role"`
	Groups     []string         `json:"groups"`
	Disabled   bool             `json:"disabled"`
	DisabledAt progress.Instant `json:"disabled_at,omitzero"`
	CreatedAt  progress.Instant `json:"created_at"`
	CreatedBy  progress.Person  `json:"created_by,omitempty"`
}

func personOf(p access.Person) wirePerson {
	w := wirePerson{
		Name: p.Name, Role: p.Role, Groups: p.Groups, Disabled: !p.DisabledAt.IsZero(), DisabledAt: progress.Instant(p.DisabledAt),
		CreatedAt: progress.Instant(p.CreatedAt), CreatedBy: p.CreatedBy,
	}
	if w.Groups == nil {
		w.Groups = []string{}
	}
	return w
}

// listPeople is GET /api/people.
func listPeople(c *call) error {
	people, err := c.Access.Directory().People(c.ctx(), c.who)
	if err != nil {
		return err
	}
	out := make([]wirePerson, len(people))
	for i, p := range people {
		out[i] = personOf(p)
	}
	c.reply(http.StatusOK, map[string]any{"people": out})
	return nil
}

// newPerson is the body that adds a person.
type newPerson struct {
	Name   string      `json:"name"`
	Role   access.Role `json:"role"`
	Groups []string    `json:"groups"`
}

// addPerson is POST /api/people.
func addPerson(c *call) error {
	b := newPerson{Role: access.RoleMember}
	if err := c.bind(&b); err != nil {
		return err
	}
	p, err := c.Access.Directory().AddPerson(c.ctx(), c.who, b.Name, b.Role, b.Groups)
	if err != nil {
		return err
	}
	c.reply(http.StatusCreated, personOf(p))
	return nil
}

// editPerson is the body that changes a person.
type editPerson struct {
	Role     *access.Role `json:"role"`
	Groups   *[]string    `json:"groups"`
	Disabled *bool        `json:"disabled"`
}

// changePerson is PATCH /api/people/{name}.
func changePerson(c *call) error {
	var b editPerson
	if err := c.bind(&b); err != nil {
		return err
	}
	p, err := c.Access.Directory().EditPerson(c.ctx(), c.who, progress.Person(c.Param("name")), access.Edit(b))
	if err != nil {
		return err
	}
	recheck(c)
	c.reply(http.StatusOK, personOf(p))
	return nil
}

// invitation is a login URL, good once.
type invitation struct {
	URL     string           `json:"url"` // the code is its fragment, which browsers do not send
	Code    string           `json:"code"`
	Expires progress.Instant `json:"expires_at"`
}

// invite is POST /api/people/{name}/login.
func invite(c *call) error {
	code, expires, err := c.Access.Invite(c.ctx(), c.who, progress.Person(c.Param("name")))
	if err != nil {
		return err
	}
	c.reply(http.StatusCreated, invitation{base(c) + "/login#" + code, code, progress.Instant(expires)})
	return nil
}

// base is where people reach this server.
func base(c *call) string {
	switch {
	case c.PublicURL != "":
		return c.PublicURL
	case c.secure(c.Request):
		return "https://" + c.Request.Host
	}
	return "http://" + c.Request.Host
}

// wireToken is a token as the API shows it: without its secret.
type wireToken struct {
	ID        string           `json:"id"`
	Name      string           `json:"name"`
	Person    progress.Person  `json:"person"`
	Scopes    []string         `json:"scopes"`
	CreatedAt progress.Instant `json:"created_at"`
	CreatedBy progress.Person  `json:"created_by,omitempty"`
	ExpiresAt progress.Instant `json:"expires_at"`
	RevokedAt progress.Instant `json:"revoked_at"`
	UsedAt    progress.Instant `json:"used_at"` // about a minute exact
}

func tokenOf(t access.Token) wireToken {
	return wireToken{
		ID: t.ID, Name: t.Name, Person: t.Person, Scopes: t.Scopes, CreatedAt: progress.Instant(t.CreatedAt), CreatedBy: t.CreatedBy,
		ExpiresAt: progress.Instant(t.ExpiresAt), RevokedAt: progress.Instant(t.RevokedAt), UsedAt: progress.Instant(t.UsedAt),
	}
}

// listTokens is GET /api/tokens: the caller's own; with ?person= somebody
// else's and with ?all=1 everyone's, for admins.
func listTokens(c *call) error {
	q := newQuery(c)
	person := progress.Person(c.DefaultQuery("person", string(c.who.Person)))
	if q.Flag("all") {
		person = ""
	}
	if q.Err() != nil {
		return q.Err()
	}
	tokens, err := c.Access.Directory().Tokens(c.ctx(), c.who, person)
	if err != nil {
		return err
	}
	out := make([]wireToken, len(tokens))
	for i, t := range tokens {
		out[i] = tokenOf(t)
	}
	c.reply(http.StatusOK, map[string]any{"tokens": out})
	return nil
}

// newToken is the body that makes a token.
type newToken struct {
	Name    string          `json:"name"`
	Person  progress.Person `json:"person"`
	Scopes  []string        `json:"scopes"`
	Expires when            `json:"expires_at"`
}

// madeToken is a token with its secret, which is shown this once.
type madeToken struct {
	wireToken
	Token string `json:"token"`
}

// createToken is POST /api/tokens.
func createToken(c *call) error {
	var b newToken
	if err := c.bind(&b); err != nil {
		return err
	}
	t, secret, err := c.Access.Directory().MakeToken(c.ctx(), c.who, access.Grant{
		Person: b.Person, Name: b.Name, Scopes: b.Scopes, Expires: time.Time(b.Expires),
	})
	if err != nil {
		return err
	}
	c.reply(http.StatusCreated, madeToken{tokenOf(t), secret})
	return nil
}

// revokeToken is DELETE /api/tokens/{id}.
func revokeToken(c *call) error {
	t, err := c.Access.Directory().RevokeToken(c.ctx(), c.who, c.Param("id"))
	if err != nil {
		return err
	}
	recheck(c)
	c.reply(http.StatusOK, tokenOf(t))
	return nil
}
