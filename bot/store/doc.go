// Package store keeps what the bot remembers in the database: of each place of a
// conversation what it is about (bot.Memory), the reasons that people gave for what they
// were asked about, so that the press of a button minutes later carries them too, and whose
// the accounts on chat platforms are ([Accounts]).
//
// What was written is on disk when a method returns nil, so a question is answered after a
// restart too, and by another node. Of two that write at the same time the last one stays.
// Every statement is one text for SQLite and PostgreSQL.
//
// An account is linked by a code that a person gets where they are known, and that the
// account says on its platform. Codes are good once and for ten minutes, and are kept as
// hashes. Nothing about accounts is kept in memory: what is unlinked is so at once, on every
// node. How somebody is told at their account (bot.Ways) follows what is linked: it is
// noted with each change, and carried out after it, once more if that was cut short.
package store
