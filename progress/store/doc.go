// Package store keeps the core's tables: tasks, steps, milestones, runs,
// snapshots, logs, idempotency keys, and people with their credentials.
//
// Tasks have one road for writing, [Store.Commit]: one transaction that loads
// what the caller does not know yet, asks it to decide, and writes what it
// decided. What is written follows from comparing tasks as they were with tasks
// as they are: a percent tick on a plan of ten thousand steps writes two rows.
//
// [History] keeps of each run that has ended what estimates and statistics are
// made of, also when its task is gone.
//
// [Index] finds and counts tasks, for the eyes of who asks. [Access] keeps
// people, tokens, sessions and login codes; its one road for writing is
// [Access.Change].
//
// Every statement is one text for SQLite and PostgreSQL. Rows go in by many at
// a time, in portions of fixed sizes, so that few texts are ever prepared.
package store
