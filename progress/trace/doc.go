// Package trace tells of a task what estimates learn from, and look at: how long
// its present run and each step of it were worked on, and the percents that
// were said on the way.
//
//	run := trace.Of(&task, time.Now(), nil) // of a task that is under way
//	guess := book.Estimate(&run)
//
// It is pure, and counts only what was worked: tasks and their steps keep a
// clock of it.
package trace
