package textcard

// folding chooses which of n things are shown in a room that is too small for
// all. Each run of things that are not shown takes one line.
type folding struct {
	n      int
	room   int           // lines
	height func(int) int // of a thing, in lines
	order  []int         // the things, those that matter most first
}

// fold tells which things are shown. They and the lines of the runs fit the
// room, if it has a line at all.
func (f folding) fold() []bool {
	shown := make([]bool, f.n)
	used := 1 // one run hides all
	for _, i := range f.order {
		more := f.height(i) + f.runs(shown, i)
		if used+more <= f.room {
			shown[i] = true
			used += more
		}
		if used >= f.room+1 {
			break
		}
	}
	return shown
}

// runs is how many more runs there are when a thing of a run is shown: it splits
// the run, shortens it, or ends it.
func (f folding) runs(shown []bool, i int) int {
	n := -1
	if i > 0 && !shown[i-1] {
		n++
	}
	if i < f.n-1 && !shown[i+1] {
		n++
	}
	return n
}

// nearest orders things: the urgent ones, then by their distance from the focus,
// what follows before what went before.
func nearest(n, focus int, urgent func(int) bool) []int {
	order := make([]int, 0, n)
	for i := range n {
		if urgent(i) {
			order = append(order, i)
		}
	}
	add := func(i int) {
		if i >= 0 && i < n && !urgent(i) {
			order = append(order, i)
		}
	}
	add(focus)
	for d := 1; d <= n; d++ {
		add(focus + d)
		add(focus - d)
	}
	return order
}
