// Package notify is the road out: it tells people and programs what became of
// tasks, each thing once, on the channel that they chose.
//
// There are two ways to be told. A card is a live picture of a task in one place.
// It is reconciled: whatever it missed, its next turn shows the present, and what
// came between is never sent. A letter says one thing that happened. It is
// delivered: it stays in line until the far side has said yes, its time is up, or
// a person has to look at it.
//
//	event ─ outbox ─ Notifier ─ Route ─ letters and marks ─ lane ─ Channel
//
// Events wait in the outbox, which is written together with them. The [Notifier]
// takes them in order, asks [Route] (pure) who is told how, writes letters and
// raises marks in one transaction, and lets go of the events. All of that may be
// repeated: a letter's id follows from its event and subscription. On many nodes
// one holds the lease and does all of it.
//
// A lane is the ordered line of work toward one [Address], one call at a time. A
// [Line] (pure) picks what is next; what a failure means is decided in one place
// (failure.go). Accounts that count calls over many lanes share a [Budget].
//
// A [Channel] encodes and sends. It writes no sentence of its own: words come
// from the book (package templates).
package notify
