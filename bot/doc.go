// Package bot talks with people about their tasks: what somebody says or presses goes in as
// a [Turn], and what is said back comes out as a templates.Reply.
//
// A turn is understood by package intents, what it asks for is done by the engine with the
// rights of who said it, and what there is to say is an Answer, which the book puts into
// words. The bot never picks for a person: where several tasks are meant it offers them, and
// what is risky or not sure it asks first. A question carries tickets, so that a "yes" or a
// press minutes later does exactly what was asked, or says that things have moved.
//
// Where one talks has a memory (bot/store keeps it over a restart): a thread remembers what
// it is about, a person in a room for a while what was spoken of, listed and asked last.
package bot
