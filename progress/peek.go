package progress

import "iter"

// Peek yields the steps in order, as All does, but none is copied: it is for
// those who look at all steps of a task again and again. What it yields must
// not be changed, nor kept.
func Peek(s Steps) iter.Seq[*Step] {
	return func(yield func(*Step) bool) {
		for _, b := range s.blocks {
			for _, step := range b.steps {
				if !yield(step) {
					return
				}
			}
		}
	}
}
