// Package slackfake is a Slack for tests, with a workspace behind it.
//
// [New] makes the workspace: people, channels, an app that is installed in it. What a
// program does there goes through the Web API, which is as strict as the real one:
// tokens, scopes, limits, error codes. What people do goes through [Slack.User]: they say
// something, press a button, submit a modal, and the app is told by Socket Mode or by
// signed HTTP, as its manifest would have it.
//
//	s := slackfake.New(slackfake.Options{})
//	api := slack.New(slackfake.BotToken, slack.OptionHTTPClient(&http.Client{Transport: s.Transport()}))
//	… api.PostMessage("#deploys", …) …
//	ana := s.User("ana")
//	press, err := ana.Press(ana.Sees(slackfake.Deploys)[0], "Approve")
//	… press.Wait(ctx) … ana.Sees(slackfake.Deploys)[0].Shows …
//
// # Two ways in
//
// [Slack.Transport] and [Slack.Dial] reach the workspace inside the process: nothing
// listens anywhere, and it works in a bubble of testing/synctest, as all its time is that of
// package time. [Slack.Start] serves the same workspace on loopback, for other processes
// and for clients that want an address. Addresses that it hands out for sockets and uploads
// lead back the way by which they were asked for; each response_url leads to loopback once
// there is a server.
//
// # What the app hears
//
// The app hears by its sockets, or after [Slack.Deliver] at its URLs; [Slack.Feed] tells
// how that went: what was sent, how long each acknowledgement took, what was given up.
// [Feed.Send] sends anything at all, and [Sign] makes requests that can be forged.
//
// # What goes wrong
//
// [Slack.Fail] gives the next calls of a method a [Fault]. [Feed.Drop], [Feed.Freeze],
// [Feed.Disconnect] and [Feed.Disable] are for sockets, [Slack.Token] for tokens, and
// [Slack.Channel] for what an administrator does to channels. [Slack.Limited] are the calls
// that came too fast, which a test of good manners wants to be none. A [Message] says whom
// it pings and where it links; [Read] says the same of blocks that were never sent.
//
// docs/fakes.md says which facts about Slack the fake holds to and which it does not, each
// with its test. Nothing in it is random; only over HTTP the order of what is on its way at
// once is nobody's promise.
package slackfake
