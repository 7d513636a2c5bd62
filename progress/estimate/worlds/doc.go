// Package worlds is jobs that never were: simulated runs to tune and to test
// estimates with, and the scorer that says how good the answers were.
//
// A World is one kind of job that behaves in one way: its machines change
// their speed, its caches miss, it grows, it fails, it says percents that do
// not follow the time. Worlds lists them in two halves: one to tune with, and
// one to be looked at only when the tuning is over. The second half has ways
// of behaving of which the first has none.
//
// Write plays worlds as lines of JSON in the order of time, with queries among
// them. A query carries the truth, which the program that answers copies
// unread, and from which Score reads how good the answer was.
//
// The same world gives the same bytes every time. The package is for tests
// only.
package worlds
