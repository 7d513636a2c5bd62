package pipeline

import (
	"maps"
	"slices"
	"strings"
)

// maxEdges bounds how often steps need each other.
const maxEdges = 1_000_000

// A node is a step on its way into the order: its needs are indexes in the
// file's order.
type node struct {
	draft
	after   []int
	assumed bool // it needs the step before it because it says nothing
}

// A net is the steps of a file, in its order, with their names.
type net struct {
	*reader
	nodes []node
	names map[string][]int // the steps that a name stands for: one, or a group's
	first map[string]place // where the name is
	edges int
	meant int // how often a name was suggested
}

// link finds out what each step needs.
func (r *reader) link(drafts []draft) ([]node, bool) {
	n := &net{reader: r, names: map[string][]int{}, first: map[string]place{}}
	spans := make([][]int, len(drafts)) // the steps of each item
	for i, d := range drafts {
		start := len(n.nodes)
		for _, s := range d.members {
			n.name(s, []int{len(n.nodes)})
			n.nodes = append(n.nodes, node{draft: s})
		}
		if !d.group {
			n.nodes = append(n.nodes, node{draft: d})
		}
		for k := start; k < len(n.nodes); k++ {
			spans[i] = append(spans[i], k)
		}
		n.name(d, spans[i])
	}
	for i, d := range drafts {
		before := []int(nil)
		if i > 0 {
			before = spans[i-1]
		}
		if !n.item(d, spans[i], before) {
			return nil, false
		}
	}
	n.circles()
	return n.nodes, len(r.problems) == 0
}

// name remembers what a name stands for, the first time.
func (n *net) name(d draft, steps []int) {
	if d.Name == "" {
		return
	}
	if before, twice := n.first[d.Name]; twice {
		n.problem(d.at, d.path+".name", "%q is already the name at line %d, column %d; name each differently",
			clip(d.Name), before.line, before.column)
		return
	}
	n.first[d.Name], n.names[d.Name] = d.at, steps
}

// item resolves the needs of a step, or of a group and its members.
func (n *net) item(d draft, own, before []int) bool {
	shared := before
	if d.explicit {
		shared = n.resolve(d.needs, own)
	}
	for _, k := range own {
		s := &n.nodes[k]
		s.after, s.assumed = shared, !d.explicit
		if d.group && len(s.needs) > 0 {
			s.after = unique(slices.Concat(shared, n.resolve(s.needs, []int{k})))
		}
		if n.edges += len(s.after); n.edges > maxEdges {
			n.problem(d.at, d.path, "makes more than %d needs of steps; put one step between large groups", maxEdges)
			return false
		}
	}
	return true
}

// resolve finds the steps that names stand for; own are those that need them.
func (n *net) resolve(needs []need, own []int) []int {
	var all []int
	for _, want := range needs {
		steps, known := n.names[want.name]
		switch {
		case !known:
			n.problem(want.at, want.path, "there is no step or group %q%s", clip(want.name), n.suggest(want.name))
		case slices.ContainsFunc(own, func(k int) bool { return slices.Contains(steps, k) }):
			n.problem(want.at, want.path, "%q cannot wait for itself", clip(want.name))
		default:
			all = append(all, steps...)
		}
		if len(all) > maxEdges {
			break // which item says
		}
	}
	return unique(all)
}

// suggest says which name was meant, as often as somebody reads it.
func (n *net) suggest(name string) string {
	if n.meant++; n.meant > shown {
		return ""
	}
	if best, ok := near(name, slices.Sorted(maps.Keys(n.names))); ok {
		return "; did you mean " + clip(best) + "?"
	}
	return ""
}

func unique(list []int) []int {
	slices.Sort(list)
	return slices.Compact(list)
}

// maxCircles is how many circles are told of at once.
const maxCircles = 20

// circles finds steps that wait for each other: what is left when all steps
// that can run have run.
func (n *net) circles() {
	gone := make([]bool, len(n.nodes))
	for range maxCircles {
		for _, k := range arrange(n.nodes, gone) {
			gone[k] = true
		}
		at := slices.Index(gone, false)
		if at < 0 {
			return
		}
		circle := n.circle(at, gone)
		n.sayCircle(circle)
		for _, k := range circle {
			gone[k] = true
		}
	}
}

// circle follows needs among what is left until it comes by a step again.
func (n *net) circle(at int, gone []bool) []int {
	var path []int
	for {
		if k := slices.Index(path, at); k >= 0 {
			return path[k:]
		}
		path = append(path, at)
		at = n.nodes[at].after[slices.IndexFunc(n.nodes[at].after, func(k int) bool { return !gone[k] })]
	}
}

// sayCircle names the whole circle, at the first of its steps in the file.
func (n *net) sayCircle(circle []int) {
	start := slices.Index(circle, slices.Min(circle))
	circle = slices.Concat(circle[start:], circle[:start])
	var said []string
	assumed := false
	for i, k := range circle {
		if i == 20 && len(circle) > 22 {
			said = append(said, "and so on")
			break
		}
		next := circle[(i+1)%len(circle)]
		said = append(said, clip(n.nodes[k].Name)+" needs "+clip(n.nodes[next].Name))
		assumed = assumed || n.nodes[k].assumed
	}
	s := n.nodes[circle[0]]
	tip := "take one of these needs away"
	if assumed {
		tip += "; a step that says no needs waits for the one before it, one with needs: [] for nothing"
	}
	n.problem(s.at, s.path, "waits for itself: %s; %s", strings.Join(said, ", "), tip)
}
