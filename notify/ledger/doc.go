// Package ledger keeps the road out in the database: which events nobody has
// looked at yet, lanes, letters, cards, what is told later and who is asked next,
// why somebody was told or not, subscriptions and preferences, keys that sign, and
// who does which work. It implements the ports of package notify (notify.Outbox, Post,
// Cards, Agenda, Rolls, Leases), and beside them what people ask for: making and changing
// subscriptions and preferences, redriving letters, forgetting what is old.
//
// What was written is on disk when a method returns nil. All of it may be
// repeated: a letter, an event of a bundle and a trace are written once, a mark only
// rises, a letter that is settled stays as it is, a chain is as it was written last.
//
// Many lanes settle one letter at a time. Those that wait at the same time share
// one transaction (group.go): one of them commits for all, and if that fails each
// is tried alone, so that no bad row fails its neighbours.
//
// Every statement is one text for SQLite and PostgreSQL. Lists go along an index
// in their own order, whatever they are asked for.
package ledger
