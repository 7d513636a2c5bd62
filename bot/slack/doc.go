// Package slack is how Herald takes part in a Slack workspace: the ears, a platform that
// hears what people say and press there, and the mouth, a channel of notify that tells them.
// An operator makes an app of their own for it; no public address is needed.
//
// # What comes in
//
// By Socket Mode, or by signed requests over HTTP, which end in the same handlers:
//
//	socket or request → verify → acknowledge → parse → seen before? → queue → work
//
// Slack wants its acknowledgement within three seconds, so nothing before the queue touches a
// store or the network. On a socket it comes first of all; of a request it is the answer, once
// what came in is in line. What Slack sends again is known by its id and done once. A mention, a
// direct message, a reply in a thread of ours and a command are turns of the bot; so is the
// press of a button, once it is known what was sealed in it, who in Herald has linked the
// account that pressed it, and that they may. The one thing that cannot wait its turn is the
// modal that asks for a reason: its trigger is good for three seconds, so it opens before
// anything is looked up, and its submission is the press.
//
// Who presses is told privately what came of it. The message with the button is left as it
// is: its card moves because its task has moved, like every other copy of it.
//
// # What goes out
//
// Everything that Herald tells a place goes through a lane of package notify to [Channel],
// which has package slackcard lay it out and posts it:
//
//	a card      one message per task in a room, changed in place
//	a question  a message of its own, whose buttons go once it is decided
//	an end      below the card, and shown in the room too
//	the rest    below the card alone; logs as a file
//
// Only what belongs to an interaction is answered directly: a private line, a modal, a Home.
//
// A [notify.Address] names a channel by its id or as #name, or a person by their id for
// their direct messages. Slack's name for a message, in receipts, is the channel's id, a
// slash and the timestamp: "C0123ABC/1700000000.000100". Slack takes no key that would make
// a second try harmless. So the first block of a message has the message's ID as its
// block_id, and [Channel.Find] looks for that before a message is sent again that may be
// there.
//
// Buttons name nobody and no channel, and outlive the process that posted them: they hold a
// verb, a task, and what of it they were made for, sealed (package ticket).
//
// What a refusal of Slack means for a message is a table, in failure.go. [Client] makes each
// call once, with a bound on its time and on what is read of the answer; when it is made
// again is for lanes to say, which know the budget of the workspace. No error, and no line of
// the log, has a token, a response_url or a trigger in it.
package slack
