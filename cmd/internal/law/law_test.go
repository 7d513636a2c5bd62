package law

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// A law looks at a tree and says what is wrong with it.
type law struct {
	name  string
	check func(*tree) []finding
}

// A finding is one breach of a law.
type finding struct {
	at   string // what breaks it: a file, a package, or package.Name; an exemption names this
	says string // what is wrong and what to do
}

var laws = []law{
	{"imports", heldTo(allowed)},
	{"fences", fenced},
	{"pure", pure},
	{"sizes", sizes},
	{"globals", globals},
	{"comments", comments},
	{"sql", sql},
	{"dialects", dialects},
	{"habits", habits},
	{"top", top},
}

func TestLaws(t *testing.T) {
	const root = "../../.."
	repository, err := grow(os.DirFS(root), func(name string) bool {
		check := exec.CommandContext(t.Context(), "git", "check-ignore", "--quiet", "--", name)
		check.Dir = root
		return check.Run() == nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range laws {
		t.Run(l.name, func(t *testing.T) {
			found, unused := pardon(l.name, l.check(repository), exemptions)
			slices.SortFunc(found, func(a, b finding) int { return strings.Compare(a.at, b.at) })
			for _, f := range found {
				t.Errorf("%s: %s", f.at, f.says)
			}
			for _, e := range unused {
				t.Errorf("the exemption of %s from %s is no longer needed: delete its line", e.at, e.law)
			}
		})
	}
}

// pardon takes the exempted findings of a law away and returns the rest, and
// the exemptions that pardon nothing.
func pardon(name string, found []finding, list []exemption) (rest []finding, unused []exemption) {
	for _, e := range list {
		if e.law != name {
			continue
		}
		before := len(found)
		found = slices.DeleteFunc(found, func(f finding) bool { return f.at == e.at })
		if len(found) == before {
			unused = append(unused, e)
		}
	}
	return found, unused
}

// findings collects, for laws to write tersely.
type findings []finding

func (f *findings) add(at, format string, args ...any) {
	*f = append(*f, finding{at, fmt.Sprintf(format, args...)})
}

// words writes a list for people.
func words(list []string) string { return strings.Join(list, ", ") }
