// Package setup gets an application of Discord to work: it writes the link that invites
// its bot, has Discord know its commands, and looks at what has become of it all.
//
//	a := setup.App{API: api, Token: token}
//	link := setup.Invite(application, server)
//	changed, err := a.Register(ctx, false)
//	for _, f := range a.Check(ctx) { … }
//
// Each operator makes an application of their own, so no secret of ours is in anybody's
// server. The link asks for the rights that Herald needs and no others: it may not manage
// anything, and mentions nobody.
//
// Commands are registered by difference. What Discord has already is left alone, as it
// takes 200 new ones a day, and what others have registered for the same application is
// never touched.
//
// A check changes nothing and posts nothing. It begins no session either: those are
// counted, and Discord would send over it what is meant for the server. All words are
// ours, those of Discord are repeated only where they are names, and no token is ever part
// of them.
package setup
