package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/api/kit"
)

// cookieName is the session's cookie. The prefixed one is for HTTPS: browsers
// keep it to this host.
const (
	cookieName       = "herald_session"
	secureCookieName = "__Host-herald_session"
)

// authenticate finds out who calls: by token, by session, or, in the open mode,
// by being on this machine. A token that is no good is never overlooked.
func (c *call) authenticate() (err error) {
	secret, ok := bearer(c.Request)
	c.who, err = c.identify(c.Request, c.ClientIP(), secret, ok)
	return err
}

// identify finds out who makes a request from an address, which came with a
// token or not.
func (s *server) identify(r *http.Request, address, token string, ok bool) (who access.Caller, err error) {
	if ok {
		err = s.guess(address, token, func() error {
			who, err = s.Access.Token(r.Context(), token)
			return err
		})
		return who, err
	}
	if err := s.origins.checkChange(r); err != nil {
		return who, err
	}
	if secret := s.session(r); secret != "" {
		return s.Access.Session(r.Context(), secret)
	}
	if who, ok = s.Access.Open(); ok {
		return who, checkLocal(r)
	}
	return who, &progress.Error{Code: progress.Unauthorized, Say: "send a token: Authorization: Bearer hrld_…"}
}

// admitVisitor admits anyone who is not too fast, and finds out whether they have
// logged in, or need not in the open mode. Another site's page borrows nobody's session.
func admitVisitor(c *call) error {
	if err := c.visitors.Allow(c.ClientIP(), c.now()); err != nil {
		return err
	}
	if who, err := c.identify(c.Request, c.ClientIP(), "", false); err == nil {
		c.who = who
	}
	return nil
}

// guess tries a secret. Those that people choose might be guessed, so an
// address that is wrong too often has to wait before the next is tried.
func (s *server) guess(address, secret string, try func() error) error {
	if access.Issued(secret) {
		return try()
	}
	if err := s.guesses.Peek(address, s.now()); err != nil {
		return err
	}
	err := try()
	if kit.CodeOf(err) == progress.Unauthorized {
		_ = s.guesses.Allow(address, s.now()) // counted; this one was tried
	}
	return err
}

// bearer is the token of a request: in the Authorization header, or, from a
// browser's socket, among the subprotocols.
func bearer(r *http.Request) (secret string, ok bool) {
	if h := r.Header.Get("Authorization"); h != "" {
		scheme, secret, _ := strings.Cut(h, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return "", true
		}
		return strings.TrimSpace(secret), true
	}
	for _, h := range r.Header["Sec-Websocket-Protocol"] {
		for p := range strings.SplitSeq(h, ",") {
			if secret, ok := strings.CutPrefix(strings.TrimSpace(p), "bearer."); ok {
				return secret, true
			}
		}
	}
	return "", false
}

// session is the secret of the session's cookie, "" for none.
func (s *server) session(r *http.Request) string {
	k, err := r.Cookie(s.sessionCookie(r))
	if err != nil {
		return ""
	}
	return k.Value
}

// sessionCookie is the name of the session's cookie. On HTTPS no other counts:
// a neighbour could have set it.
func (s *server) sessionCookie(r *http.Request) string {
	if s.secure(r) {
		return secureCookieName
	}
	return cookieName
}

// secure reports whether the browser speaks HTTPS: to this server, or by the
// public URL to a proxy before it.
func (s *server) secure(r *http.Request) bool {
	return r.TLS != nil || strings.HasPrefix(s.PublicURL, "https://")
}

// setSession gives the browser a session's cookie; "" takes it away.
func setSession(c *call, secret string, expires time.Time) {
	k := &http.Cookie{ //nolint:gosec // Secure wherever the browser speaks HTTPS
		Name: c.sessionCookie(c.Request), Value: secret, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: c.secure(c.Request), Expires: expires,
	}
	if secret == "" {
		k.MaxAge = -1
	}
	http.SetCookie(c.Writer, k)
}

// loginBody is a token, or the one-time code of a login URL.
type loginBody struct {
	Token string `json:"token"`
	Code  string `json:"code"`
}

// maxLogin is how long the body of a login may be, in bytes: anyone may send it.
const maxLogin = 4 << 10

// login is POST /api/login: it makes a session.
func login(c *call) error {
	if err := c.origins.checkChange(c.Request); err != nil {
		return err
	}
	var b loginBody
	body, err := kit.Read(c.Writer, c.Request, maxLogin)
	if err != nil {
		return err
	}
	if err := kit.Decode(body, &b); err != nil {
		return err
	}
	secret := b.Code
	if secret == "" {
		secret = b.Token
	}
	if secret == "" {
		return kit.Invalid("token", "must not be empty; or send the code of a login URL")
	}
	if err := beginSession(c, secret); err != nil {
		return err
	}
	c.reply(http.StatusOK, meOf(c))
	return nil
}

// logout is POST /api/logout: it ends the session, if there is one.
func logout(c *call) error {
	if err := endSession(c); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	c.Writer.WriteHeaderNow()
	return nil
}

// beginSession begins a session of whoever has the secret.
func beginSession(c *call, secret string) error {
	return c.guess(c.ClientIP(), secret, func() error {
		session, who, err := c.Access.Login(c.ctx(), secret)
		if err != nil {
			return err
		}
		c.who = who
		setSession(c, session, who.Expires)
		return nil
	})
}

// endSession ends the session, if there is one.
func endSession(c *call) error {
	if err := c.origins.checkChange(c.Request); err != nil {
		return err
	}
	if secret := c.session(c.Request); secret != "" {
		if err := c.Access.Logout(c.ctx(), secret); err != nil {
			return err
		}
		recheck(c)
	}
	setSession(c, "", past)
	return nil
}

// recheck has the credentials of all open sockets looked at, whether or not this
// caller waits for it.
func recheck(c *call) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.ctx()), patienceRecheck)
	hub, watchers := c.Hub, c.watchers
	go func() {
		defer cancel()
		hub.Recheck(ctx)
		watchers.io.Recheck(ctx)
	}()
}

// patienceRecheck is how long that may take; the next round of pings asks again.
const patienceRecheck = 15 * time.Second

// me is the caller as they see themselves.
type me struct {
	Person     progress.Person  `json:"person"`
	Groups     []string         `json:"groups"`
	Rights     []string         `json:"rights"`
	All        bool             `json:"sees_all"`
	Credential string           `json:"credential"` // its name, no secret
	Expires    progress.Instant `json:"expires_at"`
}

func meOf(c *call) me {
	out := me{
		Person: c.who.Person, Groups: c.who.Groups, All: c.who.All, Credential: c.who.Credential, Expires: progress.Instant(c.who.Expires),
		Rights: []string{},
	}
	for _, r := range []progress.Right{progress.MayRead, progress.MayReport, progress.MayOperate, progress.MayApprove, progress.MayAdmin} {
		if c.who.Has(r) {
			out.Rights = append(out.Rights, r.String())
		}
	}
	if out.Groups == nil {
		out.Groups = []string{}
	}
	return out
}

// getMe is GET /api/me.
func getMe(c *call) error {
	c.reply(http.StatusOK, meOf(c))
	return nil
}
