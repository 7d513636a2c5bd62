// Package slackfake is a Slack for tests, with a workspace behind it.
//
// [New] makes the workspace: people, channels, an app that is installed in it.
// What a program does there goes through the Web API, which is as strict as the
// real one: tokens, scopes, limits, error codes. What people do goes through
// [Slack.User]: they say something, press a button, submit a modal, and the app is
// told by Socket Mode or by signed HTTP, as its manifest would have it.
//
//	s := slackfake.New(slackfake.Options{})
//	api := slack.New(slackfake.BotToken, slack.OptionAPIURL(s.Start(t)), slack.OptionAppLevelToken(slackfake.AppToken))
//	… api.PostMessage(slackfake.General, slack.MsgOptionText("hello", true)) …
//	ana := s.User(slackfake.Ana)
//	seen := ana.Sees(slackfake.General)
//	press, err := ana.Press(seen[0], "Approve")
//	… press.Wait(ctx) …
//
// [Slack.Start] listens on loopback. Without it nothing listens anywhere, and the
// same workspace is reached from inside the process by [Slack.Transport] and
// [Slack.Dialer], inside a bubble of testing/synctest too: all its time is that of
// package time, and nothing in it is random.
//
// [Slack.Fail] gives the next calls of a method a [Fault]. docs/fakes.md says which
// facts about Slack it holds to and which it does not, each with its test.
package slackfake
