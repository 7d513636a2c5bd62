package law

import (
	"slices"
	"strings"
)

// topLevel is all that stands at the root of the repository.
const topLevel = `
	cmd bot notify intents progress templates config
	go.mod go.sum README.md
	.ci .gitignore .golangci.yml Makefile LICENSE CHANGELOG.md CONTRIBUTING.md docs examples bench
	.git`

// top finds names at the root that are not on the list, unless git ignores
// them.
func top(t *tree) []finding {
	var found findings
	may := strings.Fields(topLevel)
	for _, name := range t.top {
		if !slices.Contains(may, name) && !t.ignored(name) {
			found.add(name, "stands at the top level, where only these may: %s", words(may))
		}
	}
	return found
}
