// Package checkup is what looks at the set-up of a chat have in common: what was found,
// in words for operators, why nobody answered, and whether clocks and addresses fit.
//
//	var r checkup.Report
//	r.Broken("invite it", "the bot is in no server")
//	for _, f := range r.Found { … }
//
// Each chat has checks of its own (bot/slack/setup, bot/discord/setup), and the command
// prints what all of them found in one form. A check changes nothing at the far side, and
// no finding holds a secret: what far sides say is repeated only where it is a name.
package checkup
