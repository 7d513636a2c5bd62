// Package discordfake is a Discord for tests, with a server behind it.
//
// [New] makes the server: people, roles, channels, an app that is in it. What a program
// does there goes through the REST API, which is as strict as the real one: tokens,
// permissions, limits, error codes. What people do goes through [Discord.User]: they say
// something, press a button, submit a modal, give a command, and the app is told by the
// gateway or by signed HTTP.
//
//	d := discordfake.New(discordfake.Options{})
//	client := &http.Client{Transport: d.Transport()}
//	… POST discordfake.API + "channels/" + discordfake.Deploys + "/messages" …
//	ana := d.User("ana")
//	press, err := ana.Press(ana.Sees(discordfake.Deploys)[0], "Approve")
//	… press.Wait(ctx) … press.Answers() …
//
// # Two ways in
//
// [Discord.Transport] and [Discord.Dial] reach the server inside the process: nothing listens
// anywhere, and it works in a bubble of testing/synctest, as all its time is that of package
// time. Ids hold the time from 2015 on, see [Time], so there New comes first and goes to
// 2026. [Discord.Start] serves the same server on loopback, for other processes and for
// clients that want an address. The addresses of the gateway lead back the way by which they
// were asked for.
//
// # What the app hears
//
// The app hears by the gateway, of interactions after [Discord.Deliver] at its URL instead;
// [Discord.Feed] tells how that went: what was sent, how long each first response took, what
// was never responded to. [Feed.Send] sends anything at all, and [Sign] makes requests that can
// be forged. An [Interaction] tells what a person sees of what they did.
//
// # What goes wrong
//
// [Discord.Fail] gives the next calls of a route a [Fault]. [Feed.Drop], [Feed.Freeze],
// [Feed.Disconnect], [Feed.Invalidate] and [Feed.CloseWith] are for the gateway, [Owner] for
// what becomes of the app, [Discord.Channel] for what an administrator does to channels and
// [Member] for what they do to people. [Discord.Limited] are the calls that came too fast, which a test of good
// manners wants to be none. A [Message] says whom it pings and where it links; [Read] says the
// same of components that were never sent.
//
// docs/fakes.md says which facts about Discord the fake holds to and which it does not, each
// with its test. Nothing in it is random; only over HTTP the order of what is on its way at
// once is nobody's promise.
package discordfake
