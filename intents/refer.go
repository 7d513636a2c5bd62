package intents

// ref is a place in a message that names a task.
type ref struct {
	start, end int // tokens
	how        How
	fits       tasks // the tasks that it can be; none for one that is not there
	words      int   // of the title that were found
	not        bool  // it says which is not meant
}

// one is the set of one task.
func one(i int) (s tasks) {
	s.add(i)
	return s
}
