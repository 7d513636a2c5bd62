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

// nameOf gives a name without the space around it, and refuses what is none, or
// what may look like another: signs that nobody sees, or that turn the text
// around.
func nameOf(field, s string) (string, error) {
	s = strings.TrimSpace(s)
	switch {
	case s == "":
		return "", invalid(field, "must not be empty")
	case !utf8.ValidString(s) || strings.ContainsFunc(s, hidden):
		return "", invalid(field, "must be UTF-8 text without control and invisible characters")
	case utf8.RuneCountInString(s) > maxName:
		return "", invalid(field, "is %d characters long; at most %d are taken", utf8.RuneCountInString(s), maxName)
	case strings.HasPrefix(s, "group:"):
		return "", invalid(field, `must not begin with "group:"`)
	}
	return s, nil
}

// hidden is what neither prints nor is the plain space: control and format
// characters, other spaces, and what Unicode does not define.
func hidden(r rune) bool { return !unicode.IsPrint(r) }

// personName is nameOf for a new person, who must not pass for Herald itself
// and stands in the paths of URLs.
func personName(s string) (progress.Person, error) {
	s, err := nameOf("name", s)
	switch {
	case err != nil:
		return "", err
	case strings.EqualFold(s, string(progress.System)):
		return "", invalid("name", "%s is the name of the server itself", progress.System)
	case s == "." || s == ".." || strings.ContainsAny(s, `/\`):
		return "", invalid("name", `must not be "." or "..", nor have "/" or "\" in it`)
	}
	return progress.Person(s), nil
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
