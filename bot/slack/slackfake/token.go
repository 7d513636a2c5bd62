package slackfake

import (
	"slices"
	"strings"
	"time"
)

// token is what a caller shows.
type token struct {
	text    string
	app     bool // an app's own, xapp-
	scopes  []string
	wrong   string    // what it is refused with, "" if it is good
	expires time.Time // zero for never
}

// lacks is the first of the scopes that the token does not have. A scope is met by
// any of its alternatives, "a|b".
func (t *token) lacks(scopes []string) string {
	for _, s := range scopes {
		if !slices.ContainsFunc(strings.Split(s, "|"), func(one string) bool { return slices.Contains(t.scopes, one) }) {
			return s
		}
	}
	return ""
}

func (t *token) missing(scope string) *refusal {
	return &refusal{code: "missing_scope", more: answer{
		"needed": strings.ReplaceAll(scope, "|", ","), "provided": strings.Join(t.scopes, ","),
	}}
}

// whose finds the token of a call, or says what is wrong with it.
func whose(w *workspace, text string, m method) (*token, *refusal) {
	if m.open {
		return nil, nil
	}
	t := w.tokens[text]
	switch {
	case text == "":
		return nil, no("not_authed")
	case t == nil:
		return nil, no("invalid_auth")
	case t.wrong != "":
		return nil, no(t.wrong)
	case !t.expires.IsZero() && !time.Now().Before(t.expires):
		return nil, no("token_expired")
	case t.app != m.app && !m.either:
		return nil, no("not_allowed_token_type")
	}
	return t, nil
}

// granted tells whether the bot has a scope, whatever else its token is.
func granted(w *workspace, scope string) bool {
	for _, t := range w.tokens {
		if !t.app && slices.Contains(t.scopes, scope) {
			return true
		}
	}
	return false
}
