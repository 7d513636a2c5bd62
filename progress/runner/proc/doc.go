// Package proc starts one command and controls it with all its descendants:
// what a runner needs to run other people's programs as if it were not there.
//
// [Start] takes a [Spec] and gives a [Process]. The command runs in a process
// group of its own, so that [Process.Pause], [Process.Resume], [Process.Signal]
// and [Process.Stop] reach its children too. With a Mark in its environment
// those are found that have left the group, and after a crash of the runner
// [Leftovers] and [KillLeftovers] find what it has left behind.
//
// # Output
//
// Without Watch the command writes into Stdout and Stderr directly: nothing of
// ours is in between. With Watch its output comes through pipes, is passed on
// byte for byte in the order in which it was written, and Watch sees a copy.
// When Stdout and Stderr are one file the command gets one pipe for both, so
// that their order holds; Watch then sees everything as stream 1. When our own
// output is closed ("| head -1") so is the pipe, and the command ends as it
// would without us.
//
// A Watch that is slower than the output does not hold it up: 16 MiB wait for it,
// and beyond that the oldest bytes that wait are left out, which Gap tells. The
// end of the output is always seen.
//
// # The end
//
// Everything that was written before the command ended has been passed on and
// watched when [Process.Wait] returns. Descendants may hold the output open
// longer ("sleep 100 &"): they are listened to until 250 ms of silence, for 2 s
// at most. What they write later is still passed on, until they end, but no
// longer watched; Exit.Open says so. Where that must not be, Stop ends them.
//
// # Terminals
//
// With Terminal the command gets a pty: our terminal goes into raw mode until
// the command has ended, every key goes to the command, and the size follows.
// Ctrl-Z belongs to the command then, so it cannot stop us. Whoever may panic
// while the command runs defers [Process.Restore]. Herald's own lines need \r\n
// meanwhile.
//
// Without Terminal, when we have a controlling terminal in the foreground and
// Stdin is a terminal, the command's group becomes the foreground group: Ctrl-C
// and Ctrl-Z go to the command alone, and it reads what is typed. When it is
// stopped by Ctrl-Z we stop as well, as the shell expects, and fg resumes both.
// When Stdout or Stderr is a pipe, or Stdin is no terminal, we keep the terminal
// (there may be a pager) until the command asks for it; then Ctrl-C comes to us,
// and the caller passes it on with Signal. Give one command at a time a
// terminal.
//
// # Limits
//
// Linux and macOS only; elsewhere [Start] fails and says what is missing. A
// descendant is ours if it is in the group or the session of the command, has
// the mark, or has a parent that is ours. One that has left the group, cleared
// its environment and lost its parent cannot be found. Nor can marks of other
// users' processes be read, or on macOS those of programs that the system
// protects.
package proc
