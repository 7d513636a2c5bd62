// Package runner runs a command, or a pipeline of steps, as a task of a Herald
// server, and obeys what people ask of it there.
//
//   - Command runs one command. Its output passes through untouched; what the
//     output says of progress becomes reports (package scan).
//   - Pipeline runs the steps of a file (package pipeline): in parallel where it
//     may, with retries, time-outs and approvals. What has become of each step is
//     saved (State), so that after a crash it goes on from the exact step.
//   - Worker claims tasks and runs the command or pipeline that they name.
//
// # What holds work and server together
//
// A link sends reports and never holds up the work: while the server is away they
// wait (client.Reporter). Every answer says how the task stands; orders keeps what
// the newest answers ask: hold, go on, leave a step out, stop, begin again. Frames
// of the task's socket are a bell only: they make the link ask at once.
//
// A rein holds one piece of work, whatever it does just now: a process, a pause
// between two tries, the wait for a decision. Pausing stops the whole group of
// processes; stopping asks gently, and ends what is left after a grace.
//
// # When the server and the runner differ
//
// Facts of the runner win while it runs: steps end here first. Wishes of people win
// over plans: a newer run or attempt, as the server counts them, replaces this one.
// An approval is only ever what the server says; without it nothing passes a gate.
package runner
