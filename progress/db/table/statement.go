package table

import "strings"

// Statement is SQL in the making, with its arguments.
type Statement struct {
	strings.Builder
	Args []any
}

// Add appends a part; each ? of it becomes the next placeholder, and stands for the
// next of args.
func (s *Statement) Add(part string, args ...any) {
	for _, a := range args {
		before, after, _ := strings.Cut(part, "?")
		s.Args = append(s.Args, a)
		s.WriteString(before + Dollar(len(s.Args)))
		part = after
	}
	s.WriteString(part)
}
