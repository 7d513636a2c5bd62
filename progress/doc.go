// Package progress is the domain of Herald: what a task is, how it may change
// and what follows when it does.
//
// It computes and nothing else. It reads no clock, no disk and no network, and
// imports only the standard library, so that every rule can be tested as a
// table and every history replayed.
//
// A [Command] is a wish or a fact: a worker's [Report], a person's [Approve],
// a timer's [Expire]. [Decide] checks it against a [Task] and says which
// events follow, or why none may. [Apply] folds an event into a task. Nothing
// else changes a task.
//
//	events, err := progress.Decide(task, command, now)
//	for _, e := range events {
//		task = progress.Apply(task, e)
//	}
//
// Tasks are values. A task, its steps and everything they point to are never
// changed in place: Apply returns a new task that shares what did not change,
// so a task may be read by any number of goroutines while the next one is made.
//
// Events come in two sorts. Milestones are appended: they have a Seq that
// counts 1, 2, 3 … without gaps, and replaying them gives the task back. Ticks
// (percent, message, metrics, metadata, heartbeats, log lines) have none; they
// live in the task's [Pulse], and a replay leaves the pulse out.
//
// The table in rules.go (verb × status) is the life of a task; docs/lifecycle.md
// is printed from it.
package progress
