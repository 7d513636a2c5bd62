package pipeline

import "slices"

// arrange brings steps in running order: each after all that it needs; of those
// that could be next, one without an approval before one with, and then the
// first in the file. So a step comes behind an approval only if it is an
// approval itself, or needs that one or a later one, if by others.
//
// Steps that are gone count as having run, and are left out, as are steps of a
// circle and what needs them.
func arrange(nodes []node, gone []bool) []int {
	waits, next := make([]int, len(nodes)), make([][]int, len(nodes))
	var open, gates, order []int // those that could be next, by their place in the file
	ready := func(k int) {
		list := &open
		if nodes[k].Approval != nil {
			list = &gates
		}
		at, _ := slices.BinarySearch(*list, k)
		*list = slices.Insert(*list, at, k)
	}
	for k, n := range nodes {
		for _, before := range n.after {
			if !gone[before] {
				waits[k]++
				next[before] = append(next[before], k)
			}
		}
		if waits[k] == 0 && !gone[k] {
			ready(k)
		}
	}
	for len(open)+len(gates) > 0 {
		list := &open
		if len(open) == 0 {
			list = &gates
		}
		k := (*list)[0]
		*list = (*list)[1:]
		order = append(order, k)
		for _, after := range next[k] {
			if waits[after]--; waits[after] == 0 && !gone[after] {
				ready(after)
			}
		}
	}
	return order
}

// ordered is the steps in running order, with their needs as indexes in it.
func ordered(nodes []node) []Step {
	order := arrange(nodes, make([]bool, len(nodes)))
	at := make([]int, len(nodes))
	for i, k := range order {
		at[k] = i
	}
	steps := make([]Step, len(order))
	for i, k := range order {
		steps[i] = nodes[k].Step
		steps[i].Needs = make([]int, len(nodes[k].after))
		for j, before := range nodes[k].after {
			steps[i].Needs[j] = at[before]
		}
		slices.Sort(steps[i].Needs)
	}
	return steps
}
