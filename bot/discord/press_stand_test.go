package discord_test

import (
	"github.com/bwmarrin/discordgo"

	"github.com/taskherald/herald/bot/discord/discordfake"
	"github.com/taskherald/herald/templates/discordcard"
)

// here is where people talk in these tests.
const here = "discord:" + discordfake.General

// The buttons of a card with one of every kind.
const (
	keyDo      = "dsealed-approve"
	keyReason  = "rsealed-reject"
	keyPress   = "pticket-yes"
	keySay     = "sstatus t1"
	keyLogs    = "lt1"
	keyKept    = "kAAAAAAAAAAAAAAAAAAAAAA"
	keyKeptAsk = "qBBBBBBBBBBBBBBBBBBBBBB"
	keyLost    = "kCCCCCCCCCCCCCCCCCCCCCC"
	keyOdd     = "xforeign"
)

// keys is a card with a button of every kind.
func keys() discordcard.Post {
	var rows []discordgo.MessageComponent
	rows = append(rows, discordgo.TextDisplay{Content: "Store CRM"})
	all := []string{keyDo, keyReason, keyPress, keySay, keyLogs, keyKept, keyKeptAsk, keyLost, keyOdd}
	for len(all) > 0 {
		n := min(5, len(all))
		var row discordgo.ActionsRow
		for _, id := range all[:n] {
			row.Components = append(row.Components, discordgo.Button{Label: id, CustomID: id, Style: discordgo.SecondaryButton})
		}
		rows, all = append(rows, row), all[n:]
	}
	return discordcard.Post{Text: "a card", Components: []discordgo.MessageComponent{discordgo.Container{ID: 7, Components: rows}}}
}
