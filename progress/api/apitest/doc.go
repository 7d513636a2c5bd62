// Package apitest gives tests a whole server, which can be stopped and started
// again.
//
//	s := apitest.New(t)
//	c := clientOf(s.URL, apitest.Admin)
//	s.Stop()  // as far as clients can tell, it is away
//	s.Start() // on the same address and database
//
// It runs on SQLite in the test's folder, and ends with the test.
package apitest
