// Package table is how values go into tables and come out: times as
// microseconds, many rows in one statement, rows as lists. It is what the
// packages share that keep tables.
//
// Rows go in by portions of fixed sizes ([Bulk]), so that few texts of statements
// are ever prepared.
package table
