// Package bus is the bell: it says that something moved, and no more.
//
// The engine rings after each commit with the tasks that have changed, and who
// shows tasks to people listens. A ring may be lost and may come twice; it is
// never the only copy of anything. Whoever hears one looks at the store, which
// is the truth.
//
// [Local] is the bell of one process. A bell between processes has the same two
// methods and passes the same tests (bustest).
package bus
