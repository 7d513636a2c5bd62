package config

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// parseAPI reads where the methods of a chat are; usual is where they are by default. The
// token goes there, so nobody may listen on the way. No error repeats what was given, which
// may hold a password.
func parseAPI(usual string) func(string) (string, error) {
	return func(s string) (string, error) {
		u, err := url.Parse(s)
		switch {
		case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
			return "", errors.New("must be a URL such as " + usual)
		case u.User != nil:
			return "", errors.New("holds a user or a password; write only " + u.Scheme + "://" + u.Host + u.Path)
		case u.Scheme == "http" && !Loopback(net.JoinHostPort(u.Hostname(), "80")):
			return "", errors.New("must be https: over http anybody on the way reads the token; http is for this machine")
		}
		return strings.TrimRight(u.String(), "/") + "/", nil
	}
}

// pairForm is what pairs are of: something of a chat, and the group of Herald that its
// members are in.
type pairForm struct {
	id      *regexp.Regexp
	what    string // the first of them is, such as "the id of a role of Discord"
	example string // of such an id
}

// pairs is the field of groups, a list whose words are pairs.
func pairs(at func(*Config) *map[string]string, form pairForm) field {
	return field{
		list: true,
		set: func(c *Config, words []string) []error {
			all, errs := map[string]string{}, make([]error, len(words))
			for i, w := range words {
				errs[i] = form.add(all, w)
			}
			*at(c) = all
			return errs
		},
		get: func(c *Config) (words []string) {
			for _, id := range slices.Sorted(maps.Keys(*at(c))) {
				words = append(words, id+"="+(*at(c))[id])
			}
			return words
		},
	}
}

// add reads a pair, and puts it to the others.
func (f pairForm) add(all map[string]string, s string) error {
	id, group, ok := strings.Cut(s, "=")
	id, group = strings.TrimSpace(id), strings.TrimSpace(group)
	before, twice := all[id]
	switch {
	case !ok || !f.id.MatchString(id):
		return fmt.Errorf("%q is no pair; write %s, and a group, such as %s=deployers", s, f.what, f.example)
	case group == "" || strings.HasPrefix(group, "group:"):
		return fmt.Errorf("%q names no group; write its name alone, such as %s=deployers", s, id)
	case twice:
		return fmt.Errorf("%s is in here twice; it is %s already", id, before)
	}
	all[id] = group
	return nil
}
