// Package textcard writes tasks as text for terminals: the progress view of one
// task, a table of many, what has happened as plain lines, and lines of output.
//
//	s := textcard.Screen{Width: 80, Height: 23, Colour: true, Unicode: true, Now: now}
//	fmt.Print(s.Task(task))
//
// It is pure: the size of the screen, what it can show and the time come in as
// arguments, and the same arguments give the same text.
//
// # Fit
//
// No line is wider than the screen, which counts as at least 40 columns. Widths
// are counted a character at a time, as the plainest terminals do; one that joins
// several characters into one picture shows less, never more. With a height the
// view is never longer: long texts are cut first, then substeps, then steps far
// from those that are under way, which leave a line such as "… 12 completed …".
//
// # Strangers' texts
//
// Titles, names, messages and output come from anywhere. [Clean] takes out all
// that could move the cursor, colour or reorder what is beside it, or hide.
// Nothing of a task reaches the screen but through it. A screen that is not known
// to read UTF-8 gets ASCII alone, as some bytes of UTF-8 are commands to it.
//
// # Colour
//
// A colour only repeats what a symbol and a word say.
package textcard
