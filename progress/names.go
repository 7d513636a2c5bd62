package progress

import "strings"

// Names joins people and groups for a sentence: "ann, bob or the group ops".
func Names(list []string) string {
	said := make([]string, len(list))
	for i, n := range list {
		said[i] = n
		if group, ok := strings.CutPrefix(n, "group:"); ok {
			said[i] = "the group " + group
		}
	}
	if len(said) < 2 {
		return strings.Join(said, "")
	}
	last := len(said) - 1
	return strings.Join(said[:last], ", ") + " or " + said[last]
}
