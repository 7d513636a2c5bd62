// Package replay asks an estimate.Book what is left of runs that are already
// over: it reads how they went, in the order of time, and answers each question
// with what was known at that moment.
//
//	err := replay.Replay(os.Stdin, os.Stdout)
//
// The book is the one that a server uses; only the clock is that of the lines.
//
// Logs of years are rarely clean, and one line must not cost the rest: what is
// missing in a line is taken from those before it, what makes no sense is left
// out, and every question is answered. Only what is not a JSON object with an op
// ends a replay.
package replay
