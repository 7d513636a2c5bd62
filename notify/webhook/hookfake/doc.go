// Package hookfake is a receiver of webhooks for tests.
//
// It believes nothing: signature, freshness and the form of each event are held to
// Standard Webhooks and CloudEvents by code of its own, and what does not hold is
// refused as a good receiver would, and fails the test unless it asks for
// [Hook.Refused]. It keeps what it has accepted, one message an id, and counts how
// often each came. Faults are given to the calls to come: answers, redirects,
// silence, and hanging up before or after it has what it was sent.
//
//	h := hookfake.New(t, secret)
//	h.Fail(hookfake.Answer(503), hookfake.Fault{Cut: hookfake.AfterKeeping})
//	… h.URL … h.Got() … h.Calls()
//
// It listens on 127.0.0.1, by plain http. No binary has this package.
package hookfake
