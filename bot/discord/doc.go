// Package discord is how Herald takes part in a Discord server: the ears, a platform that
// hears what people say and press there, and the mouth, a channel of notify that tells them.
// An operator makes an application of their own for it; no public address is needed.
//
// # What goes out
//
// Everything that Herald tells a place goes through a lane of package notify to [Channel],
// which has package discordcard lay it out and posts it:
//
//	a card      one message per task in a channel, changed in place
//	a question  a message of its own, whose buttons go once it is decided
//	an end      in the channel, as a reply to the card
//	the rest    in a thread below the card; logs as a file
//
// What is said below a card stands in the thread that was begun at its message. Where none can
// be, as in direct messages, it is a reply to the card instead.
//
// A [notify.Address] names a channel or a thread by its id, a channel as #name, or a person as
// @id for their direct messages. Discord's name for a message, in receipts, is the id of its
// channel, a slash and its own: "1100000000000000021/1400000000000000001". A message is known
// again by its first component, whose id is made of the message's ID ([discordcard.Mark]):
// [Channel.Find] looks for that before a message is sent again that may be there. Besides
// each goes out with a nonce, by which Discord takes it once within a few minutes.
//
// # The hour
//
// A message that is older than an hour can hardly be changed any more. So a card moves before
// that: it is posted once more, as a reply to the first of its messages, where its thread is,
// and the one before becomes a line that says where it goes on. The new message has a mark
// made of the name of the old one: whoever is stopped in between finds it there. What has come
// to its end is changed where it stands.
//
// # Limits
//
// [Client] makes each call once, with a bound on its time and on what is read of the answer.
// It knows from the answers how many calls each of Discord's buckets still takes, and waits
// for a short while before one that would be too many; a longer while is for lanes to wait. It
// stops before Discord shuts out an address that makes too many calls which are refused. What
// belongs to an interaction is answered directly, beside those limits. What a refusal means
// for a message is a table, in failure.go. No error, and no line of the log, has a token in
// it, of the bot or of an interaction.
//
// Buttons name nobody and no channel, and outlive the process that posted them: they hold a
// verb, a task, and what of it they were made for, sealed (package ticket). What is too long
// for one is kept in the store by its hash.
package discord
