// Package chat is what the platforms on which people talk with Herald have in common: Slack and
// Discord differ in how something comes in and goes out, and in nothing between.
//
//	what comes in → Inbox: seen before? room in line? → Desk: who is it, what do they want → bot
//	bot → Desk: may all read it who are there? → the lane of the place, or whoever asked alone
//
// A platform acknowledges first, reads what came in, and puts it into its [Inbox], which does
// what belongs together in its order and all else beside it. The jobs ask the [Desk], which
// finds out whose account it is, has the bot answer, and says what there is to say where it may
// be read. What only the platform can do is behind [Side].
//
// Nothing here knows a platform, and nothing here touches a store or the network before a job
// runs.
package chat
