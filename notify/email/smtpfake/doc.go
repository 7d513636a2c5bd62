// Package smtpfake is a mail server with one large mailbox, for tests.
//
// [New] starts it on loopback: plain, with STARTTLS or with TLS from the start, with
// or without accounts, with a certificate that is good, expired or another host's.
// Where it offers TLS or has accounts, it takes no mail without them.
//
// What comes is kept as [Mail]: the envelope, the header, the parts in their own
// bytes, and the whole as it was sent. A mail that breaks a rule that other servers
// or readers stumble over is refused with 554 and the reason: lines without CRLF or
// over 998 bytes, bytes over 127 where they may not be, a field twice, a Bcc, ids
// that are none, parts that cannot be decoded. So a line break that got into a
// header, or references with commas between, show where they were made.
//
// [Server.Fail] gives the next time that a [Stage] is reached a [Fault];
// [Server.Refuse] makes a mailbox refuse for good.
package smtpfake
