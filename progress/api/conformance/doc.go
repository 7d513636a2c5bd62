// Package conformance is what clients that exist may rely on, as tests: the
// executions and the workflows, and that they are one state with the tasks.
//
// The tests speak HTTP, WebSocket and Socket.IO to a whole server, as a program
// outside does, and know nothing of how it is made. The table in clauses_test.go
// numbers what is promised, clause by clause, and names the tests that would
// fail without it. A promise that is changed begins there.
package conformance
