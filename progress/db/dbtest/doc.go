// Package dbtest gives tests databases, one of each kind.
//
//	func TestMain(m *testing.M) { dbtest.Main(m) }
//
//	func TestClaim(t *testing.T) {
//		dbtest.Each(t, func(t *testing.T, d *db.DB) { ... })
//	}
//
// SQLite databases are files in the test's folder. PostgreSQL databases are
// schemas of their own, dropped afterwards, in a server that is started when
// the first test of a test binary asks for it and stopped by Main; it keeps
// its data in a temporary folder, listens only on a socket in there and does
// not wait for the disk. To use a server that runs already, set
// HERALD_TEST_POSTGRES to its postgres:// URL.
//
// Without the programs of PostgreSQL the tests that need it fail; they never
// skip. The package is for _test files only.
package dbtest
