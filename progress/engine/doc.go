// Package engine is the one road by which tasks change: [Engine.Execute].
//
// Commands wait in a queue. One of those who wait takes all that wait, decides
// and applies them in memory in the order in which they came, writes what
// changed for all of them in one transaction, and then answers each. So one fsync
// carries many reports, an answered command is on disk, and the commands of one
// task keep their order. A transaction that fails is run again one command at a
// time, so that a command never fails its neighbours.
//
// Tasks that change are kept in memory, within a budget. Alone in its database
// (SQLite) the engine trusts what it keeps; beside others (PostgreSQL) every
// transaction locks its tasks first and reloads those that somebody else has
// changed.
//
// A percent tick writes the task's row and the changed step's row. A report
// that nobody could see, and a heartbeat that is not due, write nothing.
//
// A run that ends goes into history in the same transaction ([store.Past]), with
// a trail of the percents that were said of it. The trail is in memory only: of
// a task that was not there all the time it is shorter.
package engine
