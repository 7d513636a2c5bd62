// Package slackcard turns what the book says into Slack's Block Kit: cards, approvals,
// notices, what the bot answers, boards, the App Home and the form for a reason.
//
//	l := slackcard.New(book)
//	post := l.Card(id, &card, reader, seal)
//	api.PostMessageContext(ctx, room, slack.MsgOptionText(post.Text, false), slack.MsgOptionBlocks(post.Blocks...))
//
// Everything here is pure: the same arguments give the same blocks. A layout may be used
// from many goroutines.
//
// # Messages
//
// The first block of a message has the id that it was given as its block_id, by which a
// sender finds its own messages again. [Post] has a text beside the blocks, for
// notifications and screen readers, and files for what is too long.
//
// # Buttons
//
// What a button does is in its action_id, and whom or what it is about in its value, which
// is what a [Seal] made of it: [ParseAction] reads both. A card offers all that its task
// admits; who pressed is found out when somebody does. What cannot be taken back asks once
// more, and so does approving what is of high risk.
//
// # Strangers' texts
//
// Titles, prompts and output stand in rich text and plain text only, where Slack parses
// nothing: no markup, link, mention or emoji comes of them. The text beside the blocks is
// mrkdwn; in it everything is escaped and taken apart that Slack would make something of.
//
// # Fit
//
// Slack refuses a message that is over any of its limits. All are in fit.go: texts are cut
// where they are put in, and what matters least goes first when the whole is too long. The
// buttons that decide an approval never go.
package slackcard
