// Package setup gets an app of Slack to work: it writes the manifest from which
// Slack makes the app, and looks at what has become of it.
//
//	m, err := setup.NewManifest(setup.Wanted{})
//	os.Stdout.Write(m.JSON())
//
//	for _, f := range setup.App{API: api, BotToken: bot, AppToken: app}.Check(ctx) { … }
//
// Each operator makes an app of their own, so no secret of ours is in anybody's
// workspace, and Slack's limits for apps that are sold do not bind it.
//
// The manifest asks for the least that Herald needs. It does not ask for
// chat:write.public: in a channel that the bot has not been invited to it could
// speak, but neither hear replies nor find its own messages, and whoever is in a
// room should say who comes in.
//
// A check changes nothing and posts nothing. It opens no socket either: Slack
// would send over it what is meant for the server. All words are ours, those of
// Slack are repeated only where they are names or codes, and no token is ever
// part of them.
package setup
