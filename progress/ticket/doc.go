// Package ticket seals and opens what lets somebody act without logging in: a
// [Ticket] in a link or a button lets whoever holds it give one of a few verbs to one
// task, in a person's name; a [Pass] lets them confirm or end a subscription.
//
//	s, err := ticket.New(secret)
//	text := s.Seal(t)              // for a URL: base/act/TEXT
//	t, err := s.Open(text, now)
//
// Both are texts of letters, digits, - and _ that say all of it themselves, with a MAC
// behind it (HMAC-SHA256, its first 128 bits); nothing is stored. What keeps a ticket
// from counting twice is the engine: commands made with it have one idempotency key
// (Ticket.Key), a person has one vote, and run, attempt and digest fence it.
//
// Who may read a message may use what is in it, so neither is good for long, and
// neither says more than whoever got the message knew.
package ticket
