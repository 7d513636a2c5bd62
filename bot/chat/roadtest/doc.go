// Package roadtest is the whole road out to a chat platform, for tests: tasks on a database, the
// notifier and its ledger, and at the end the channel of the platform, in virtual time.
//
//	roadtest.On(t, rules, open, func(t *testing.T, r *roadtest.Road) { … })
//
// [Road.Long] is a task of hours, [Road.Storm] are many tasks at once: both watch the cards that
// people see, and measure how old they are.
package roadtest
