package slack_test

import (
	"github.com/slack-go/slack"

	"github.com/taskherald/herald/templates/slackcard"
)

// keys is a card with a button of every kind.
func keys() slackcard.Post {
	var keys []slack.BlockElement
	for _, k := range [][2]string{
		{slackcard.ActionDo + "approve", "sealed-approve"}, {slackcard.ActionReason + "reject", "sealed-reject"},
		{slackcard.ActionPress + "0", "ticket-yes"}, {slackcard.ActionSay + "1", "status t1"}, {slackcard.ActionLogs + "0", "t1"},
		{slackcard.ActionHome, "-"}, {"herald.do.explode", "x"}, {"someone.elses", "y"}, {slackcard.ActionDo + "pause", "-"},
	} {
		keys = append(keys, slack.NewButtonBlockElement(k[0], k[1], slack.NewTextBlockObject(slack.PlainTextType, k[0], false, false)))
	}
	link := slack.NewButtonBlockElement(slackcard.ActionOpen+"0", "open", slack.NewTextBlockObject(slack.PlainTextType, "Open", false, false))
	link.URL = "https://herald.example.com/tasks/t1"
	return slackcard.Post{Text: "a card", Blocks: []slack.Block{
		slack.NewHeaderBlock(slack.NewTextBlockObject(slack.PlainTextType, "Store CRM", false, false)),
		slack.NewActionBlock("keys", append(keys, link)...),
	}}
}
