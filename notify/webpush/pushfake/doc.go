// Package pushfake is a push service with the devices behind it, for tests.
//
// [New] starts the service on loopback, with TLS. [Service.Subscribe] is what a
// browser does: it makes a [Device] with a key pair and an endpoint, and what the
// browser would hand to the page is its [Subscription].
//
// The service takes what the strictest of the real ones take: who sends has to say
// who they are by RFC 8292, with a contact that could be real, for at most a day;
// a message has a TTL (RFC 8030), a Topic of at most 32 letters of base64url, and a
// body of at most 4,096 bytes that the device can read (RFC 8291). A real service
// cannot see that a message is not for its device; this one refuses it, so that
// the mistake shows where it was made. What is refused says why, as Apple's does,
// by {"reason": …}.
//
// A device that is off gets what waited for it when it comes on: of one topic the
// last, and nothing whose TTL is over. [Service.Pass] lets the time go by that a
// message may wait. [Service.Fail] gives the next requests a [Fault].
package pushfake
