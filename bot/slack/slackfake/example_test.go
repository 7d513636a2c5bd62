package slackfake_test

import (
	"context"
	"fmt"
	"net/http"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"github.com/taskherald/herald/bot/slack/slackfake"
)

// An app posts a button, somebody presses it, and the app changes the message.
func Example() {
	s := slackfake.New(slackfake.Options{})
	defer s.Close()
	api := slack.New(slackfake.BotToken, slack.OptionAppLevelToken(slackfake.AppToken), slack.OptionHTTPClient(&http.Client{Transport: s.Transport()}))
	socket := socketmode.New(api, socketmode.OptionDialer(s.Dialer()))
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	go func() { _ = socket.RunContext(ctx) }()
	ready := make(chan error)
	go func() {
		for e := range socket.Events {
			switch press, ok := e.Data.(slack.InteractionCallback); {
			case e.Type == socketmode.EventTypeHello:
				ready <- nil
			case ok:
				err := socket.Ack(*e.Request)
				if err == nil {
					said := slack.MsgOptionText("approved by <@"+press.User.ID+">", false)
					_, _, _, err = api.UpdateMessage(press.Channel.ID, press.Message.Timestamp, said)
				}
				ready <- err
			}
		}
	}()
	fmt.Println("connected:", <-ready)

	approve := slack.NewButtonBlockElement("approve", "", slack.NewTextBlockObject("plain_text", "Approve", false, false))
	_, _, err := api.PostMessage("#deploys", slack.MsgOptionText("Deploy?", false), slack.MsgOptionBlocks(slack.NewActionBlock("", approve)))
	fmt.Println("posted:", err)

	ana := s.User("ana")
	press, err := ana.Press(ana.Sees(slackfake.Deploys)[0], "Approve")
	fmt.Println("pressed:", err)
	fmt.Println("acknowledged:", press.Wait(ctx))
	fmt.Println("changed:", <-ready)
	m := ana.Sees(slackfake.Deploys)[0]
	fmt.Println(m.Shows, m.Pings)
	fmt.Println("429s:", len(s.Limited()))
	// Output:
	// connected: <nil>
	// posted: <nil>
	// pressed: <nil>
	// acknowledged: <nil>
	// changed: <nil>
	// approved by @U0ANA00001 [<@U0ANA00001>]
	// 429s: 0
}
