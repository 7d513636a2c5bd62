package access

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/taskherald/herald/progress"
)

// maxName is how long names of people, groups and tokens may be, in characters:
// that of an owner of a task.
const maxName = 200

// maxGroups is how many groups a person may be in.
const maxGroups = 100

// nameOf gives a name without the space around it, and refuses what is none.
func nameOf(field, s string) (string, error) {
	s = strings.TrimSpace(s)
	switch {
	case s == "":
		return "", invalid(field, "must not be empty")
	case !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl):
		return "", invalid(field, "must be UTF-8 text without control characters")
	case utf8.RuneCountInString(s) > maxName:
		return "", invalid(field, "is %d characters long; at most %d are taken", utf8.RuneCountInString(s), maxName)
	case strings.HasPrefix(s, "group:"):
		return "", invalid(field, `must not begin with "group:"`)
	}
	return s, nil
}

// personName is nameOf for a new person, who must not pass for Herald itself.
func personName(s string) (progress.Person, error) {
	s, err := nameOf("name", s)
	if err == nil && strings.EqualFold(s, string(progress.System)) {
		err = invalid("name", "%s is the name of the server itself", progress.System)
	}
	return progress.Person(s), err
}

// groupNames is nameOf for groups; the result is sorted, each once.
func groupNames(groups []string) ([]string, error) {
	if len(groups) > maxGroups {
		return nil, invalid("groups", "are %d; at most %d are taken", len(groups), maxGroups)
	}
	var out []string
	for _, g := range groups {
		name, err := nameOf("groups", g)
		if err != nil {
			return nil, err
		}
		out = append(out, name)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

func checkRole(r Role) error {
	if !slices.Contains(roles[:], r) {
		return invalid("role", "%q is not one of admin, operator, member, viewer", r)
	}
	return nil
}
