// Package discordcard turns what the book says into Discord's components: cards, approvals,
// notices, what the bot answers, boards and the form for a reason.
//
//	l := discordcard.New(book)
//	post := l.Card(id, &card, reader, seal)
//
// Everything here is pure: the same arguments give the same components. A layout may be used
// from many goroutines.
//
// # Messages
//
// A message is one container of Components V2, whose colour says how things stand, and whose
// id is the [Mark] of the id that it was given: by that a sender finds its own messages again.
// What matters most stands first, and the buttons that decide right below the question. [Post]
// has files for what is too long, and the same in plain words for logs and thread names.
//
// # Buttons
//
// A custom_id is one letter, the kind, and what a [Seal] or a ticket made: [ParseAction] reads
// it. What is longer than Discord takes is represented by its hash, and stands in full in
// [Post].Kept, which has to be stored before the message is sent. Discord has no dialog that
// asks once more: what cannot be taken back, and approving what is of high risk, opens the
// form of [Layout.Reason], as do buttons that ask for a reason.
//
// # Strangers' texts
//
// Discord reads Markdown in every text. Titles, prompts and the like are shown letter by
// letter: [Plain] puts a backslash before what Discord would make something of. Backslashes
// count for nothing inside code and masked links, and not where pings are looked for, so
// output is kept from closing its block, no name follows an @ without an invisible joiner
// between, and a title becomes a link only if nothing in it needs a backslash; else a link
// stands behind it. What of all this Discord documents and what was found out by trying is
// in package componenttest, which reads messages as Discord does.
//
// # Fit
//
// Discord refuses a message that is over any of its limits. All are in limits.go. Texts are
// measured as they are sent, with their backslashes, and never cut within one; what matters
// least goes first when the whole is too long. The buttons that decide an approval never go.
package discordcard
