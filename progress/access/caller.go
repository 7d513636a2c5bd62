package access

import (
	"strings"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/store"
)

// Caller is who is calling. It is a value; its Groups are shared and must not
// be changed.
type Caller struct {
	progress.Actor
	Credential string       // no secret and stable: "token:ID", "session:ID" or "open"
	Expires    time.Time    // when the credential ends; a session's moves on with its use; zero for never
	bound      time.Time    // when what the caller makes has to end, zero for never
	origin     store.Origin // of what the caller makes
}

// What credentials are called.
const (
	tokenCredential   = "token:"
	sessionCredential = "session:"
	openCredential    = "open"
)

func (c Caller) tokenID() (id string, ok bool) {
	id, ok = strings.CutPrefix(c.Credential, tokenCredential)
	return id, ok && id != ""
}

func (c Caller) sessionID() (id string, ok bool) {
	id, ok = strings.CutPrefix(c.Credential, sessionCredential)
	return id, ok && id != ""
}

// callerOf is a person with a credential that has scopes.
func callerOf(p store.Person, scopes []string) Caller {
	return Caller{Actor: progress.Actor{
		Person: p.Name,
		Groups: p.Groups,
		Rights: Rights(p.Role) & rightsNamed(scopes),
		All:    p.Role != RoleMember,
	}}
}

func tokenCaller(t store.Token, p store.Person) Caller {
	c := callerOf(p, t.Scopes)
	c.Credential, c.Expires, c.bound = tokenCredential+t.ID, t.ExpiresAt, t.ExpiresAt
	c.origin = store.Origin{Token: t.ID, AdminMark: t.Origin.AdminMark}
	return c
}

// sessionCaller is bound by the end of its session only where that comes from a
// token: a session's own end is only there to log in again.
func sessionCaller(s store.Session, p store.Person) Caller {
	c := callerOf(p, s.Scopes)
	c.Credential, c.Expires, c.origin = sessionCredential+s.ID, earlier(s.EndsAt, s.UsedAt.Add(sessionIdle)), s.Origin
	if s.EndsAt.Before(s.CreatedAt.Add(sessionMost)) {
		c.bound = s.EndsAt
	}
	return c
}

// earlier is the earlier of two times, of which zero means never.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
