// Package outlook knows how long the tasks of a server still take. It holds what
// was learned of past runs (package estimate), brings it up to date as runs end,
// and turns a guess into an ETA as people are shown it.
//
// [Open] makes one that knows nothing yet. [Outlook.Run] reads the past from the
// store and then learns as runs end: those of this process come through
// [Outlook.Learn], those of other nodes are looked for once a minute. Nothing waits
// for it: until the past has been read, an ETA is what the task's worker says
// itself, or none. Where the store does not answer, that is logged once, and tried
// again after a second, then two, at most a minute later.
//
// # Memory
//
// Of the past the newest 40 runs are read of each of the newest 500 kinds, while they
// have no more than 200,000 steps together, and of a long run no more than it takes to
// learn it as a whole. When more than 1,000 kinds are known, or more runs have ended
// than could be taken in (1,024 may wait), all is read anew and the old forgotten. What
// a kind takes is bounded by package estimate. Of plans of more than 500 steps an
// estimate is used again for 250 milliseconds, of at most 256 tasks.
//
// # What an ETA counts
//
// Work, from now on. Time in which a task is paused or waits for a decision is in
// no number; how often people still have to act stands beside them. What a worker
// says of its own task wins over what was learned.
package outlook
