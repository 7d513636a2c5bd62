// Package notify is the road out: it tells people and programs what became of
// tasks, each thing once, on the channel that they chose, when they want it.
//
// There are two ways to be told. A card is a live picture of a task in one place.
// It is reconciled: whatever it missed, its next turn shows the present, and what
// came between is never sent. A letter says one thing that happened. It is
// delivered: it stays in line until the far side has said yes, its time is up, or
// a person has to look at it.
//
//	event ─ outbox ─ Notifier ─ Route ─┬─ letters and marks ─ lane ─ Channel
//	                                   ├─ held ─ bundle ──────┘
//	                                   ├─ chain ─ stages ─────┘
//	                                   └─ trace
//
// # Who is told
//
// Events wait in the outbox, which is written together with them. The [Notifier]
// takes them in order and asks [Route] (pure) who is told of each: those who have
// subscribed to it, those whom a [Rule] of the operator names, and those who are
// asked to decide. It is a [Decision] an address, with its reason. An address is
// told once: of two messages to it the one that comes at once, or whose reader may
// decide what is asked. A subscription makes an address known; rules and questions reach people
// where their subscriptions lead. An address that a rule writes out is nobody's
// (Subscription.Vouched). No other is told, whatever a task asks for.
//
// [Preferences] then say how a person is told (manner.go): not of what is muted, not
// on a channel that they have switched off, together with others in a digest, or when
// their quiet hours end. Approvals and ends pass unless they say otherwise. Programs
// have no preferences.
//
// What all that comes to is written in one transaction, which lets go of the events:
// letters, raised marks, what is held, chains, and a [Trace] that keeps every decision
// for whoever asks why. All of it may be repeated: a letter's id follows from its
// event, subscription and round, a bundle's from its subscription and its time. On
// many nodes one holds the lease and does all of it. [Notifier.Preview] is the same
// without the writing.
//
// # What comes later
//
// Beside events, the Notifier looks at what is due by the clock (due.go, [Agenda]).
//
// What is [Held] is kept as which event of which task, never as words. When its bundle's
// time comes, it is told as things stand: one digest, a line a task, without those that
// the address was told of since. A question that still waits is a letter of its own.
//
// A [Chain] is what happens while an approval is not decided: [Stage] after stage, frozen
// when it was asked, each telling it once more (Letter.Round). A stage whose question has
// reached nobody who may decide does not keep the next waiting, and if it has reached
// nobody at all the operators are told. A decision ends the chain, and people are not sent
// a question any more that needs no answer.
//
// # How it gets there
//
// A lane is the ordered line of work toward one [Address], one call at a time. A
// [Line] (pure) picks what is next; what a failure means is decided in one place
// (failure.go). Accounts that count calls over many lanes share a [Budget]. Whether
// somebody may still be told is asked again when a letter's turn comes.
//
// A [Channel] encodes and sends. It writes no sentence of its own: words come
// from the book (package templates).
package notify
