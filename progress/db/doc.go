// Package db opens Herald's database and runs transactions on it.
//
// It knows two databases and hides which one it is. A file path opens SQLite,
// the default: one process, one file, no server. A postgres:// URL opens
// PostgreSQL, for many processes on one truth. All SQL above this package is
// written once, in the subset both understand: $1 placeholders, TEXT and
// BIGINT columns, ON CONFLICT, RETURNING and row values.
//
//	d, err := db.Open(ctx, "/var/lib/herald/herald.db")
//	err = d.Write(ctx, func(tx *db.Tx) error {
//		_, err := tx.Exec(ctx, `UPDATE tasks SET title = $2 WHERE id = $1`, id, title)
//		return err
//	})
//
// # Opening
//
// Open migrates to the newest schema and commits a write before it returns, so
// a server that starts can keep what it accepts. Everything that can be wrong
// comes back as an *OpenError, a line that says what is wrong and what to do.
//
// A SQLite file belongs to one Herald at a time: Open takes a lock on
// PATH.lock and keeps it until Close or the death of the process, kill -9
// included. Outside programs may read the file meanwhile; one that writes to
// it makes Herald wait up to five seconds for it. Missing folders are created
// with mode 0700 and the file with 0600. Files of at most 64 MiB are checked
// by PRAGMA quick_check(1) first; larger ones would make a start too slow.
//
// # Transactions
//
// Write is all or nothing: nil means committed and on disk (SQLite with
// synchronous=FULL, PostgreSQL with synchronous_commit=on), an error or a
// panic in the function rolls back. Read sees one snapshot and cannot write.
// On SQLite the write lock is taken when the transaction begins, so a
// transaction never fails half-way for being late, and a Write inside a Write
// would wait for itself: do not nest them.
//
// Both databases keep the same three rules inside a transaction. After a
// statement failed the transaction is dead: later statements fail, and so does
// Write, even if its function returns nil. Only one *sql.Rows is open at a
// time; read it to its end or close it before the next statement. A Tx serves
// one goroutine and ends with its function.
//
// Statements are prepared once per connection and kept, by text, in a bounded
// cache; pass values as arguments, never inside the text.
//
// # Migrations
//
// migrations/NNNN_name.sql, numbered from 0001 without gaps, are applied in
// order, each in a transaction of its own together with its row in
// schema_migrations. Several processes may start at once. A file that has been
// released is never edited; the next change is the next file.
package db
