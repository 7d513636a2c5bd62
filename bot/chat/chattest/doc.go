// Package chattest is what a chat platform stands on in tests: a [Parrot] for the bot, a
// [Register] for accounts, [Walls] for what rooms were shown, and a [Journal] for the log. Each
// notes what it is asked, and does what the test says.
package chattest
