package config

import (
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"slices"
	"strings"
)

const dots = "••••••"

// Secret is a text that prints as dots, or with dots in place of its password,
// with every verb of fmt and in slog, JSON and YAML. Its zero value is empty.
// The text stands behind a function because fmt, which does not ask the methods
// of what is in unexported fields, follows everything else to its end.
type Secret struct {
	reveal func() string
	shown  string
}

// Hide makes a secret that shows nothing of s but whether it is empty.
func Hide(s string) Secret {
	if s == "" {
		return Secret{}
	}
	return Secret{func() string { return s }, dots}
}

// HidePassword makes a secret of a file path or a URL that shows all of it but
// the password. A URL that cannot be read shows only its scheme.
func HidePassword(s string) Secret {
	if s == "" {
		return Secret{}
	}
	return Secret{func() string { return s }, withoutPassword(s)}
}

func withoutPassword(s string) string {
	scheme, _, ok := strings.Cut(s, "://")
	if !ok {
		return s
	}
	u, err := url.Parse(s)
	if err != nil {
		return scheme + "://" + dots
	}
	if _, set := u.User.Password(); set {
		u.User = url.UserPassword(u.User.Username(), dots)
	}
	if q := u.Query(); hidePasswords(q) {
		u.RawQuery = strings.ReplaceAll(q.Encode(), "+", "%20") // libpq reads + as a plus
	}
	return strings.ReplaceAll(u.String(), url.PathEscape(dots), dots)
}

// hidePasswords puts dots for the passwords among a URL's parameters, and tells
// whether there are any.
func hidePasswords(q url.Values) (found bool) {
	for key, values := range q {
		if strings.Contains(strings.ToLower(key), "password") {
			q[key] = slices.Repeat([]string{dots}, len(values))
			found = true
		}
	}
	return found
}

// Reveal returns the text itself.
func (s Secret) Reveal() string {
	if s.reveal == nil {
		return ""
	}
	return s.reveal()
}

// String returns what may be shown.
func (s Secret) String() string { return s.shown }

// Format prints what may be shown, whatever the verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.shown) }

// LogValue is what slog writes.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.shown) }

// MarshalText is what JSON and YAML write.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.shown), nil }
