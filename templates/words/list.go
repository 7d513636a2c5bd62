package words

import "strings"

// List says several things in a row: a, b and c, or a, b or c.
func (t *Tongue) List(items []string, or bool) string {
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	key := "list.and"
	if or {
		key = "list.or"
	}
	last := len(items) - 1
	return t.Say(key, A("rest", strings.Join(items[:last], t.Say("list.comma"))), A("last", items[last]))
}

// Names says which people and groups are meant, groups being "group:NAME": ann or
// the group ops.
func (t *Tongue) Names(names []string) string {
	said := make([]string, len(names))
	for i, n := range names {
		said[i] = n
		if group, ok := strings.CutPrefix(n, "group:"); ok {
			said[i] = t.Say("list.group", A("name", group))
		}
	}
	return t.List(said, true)
}
