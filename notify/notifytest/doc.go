// Package notifytest is what every channel must pass, and a channel in memory for
// the tests of those who send.
//
// [Run] holds a channel to what package notify promises of all of them: a message
// arrives once, with its words, as text whatever is in it; the same message sent
// again is known as the same; each way to fail has its [notify.Fate]; no error has
// a secret in it; a call ends soon after its context; and what a channel can do
// beyond sending does what it says. The channel's own test makes its far side a
// [Far]: a server that really is called, and that is as strict as the real one.
//
//	func TestKit(t *testing.T) {
//		notifytest.Run(t, notifytest.Suite{New: func(t testing.TB) (notify.Channel, notifytest.Far) { … }})
//	}
//
// [NewMemory] makes the channel in memory. It has the powers that the test asks
// for, keeps a record of every call with its times, and fails as it is told: once,
// a few times, or until it is told otherwise. It reads the time from package time,
// so that it goes with testing/synctest.
package notifytest
