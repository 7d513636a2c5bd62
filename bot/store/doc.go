// Package store keeps what the bot remembers in the database: of each place of a
// conversation what it is about (bot.Memory), and the reasons that people gave for what
// they were asked about, so that the press of a button minutes later carries them too.
//
// What was written is on disk when a method returns nil, so a question is answered after a
// restart too, and by another node. Of two that write at the same time the last one stays.
// Every statement is one text for SQLite and PostgreSQL.
package store
