// Package links makes the links with which people act from where a message reached
// them, without logging in: to decide an approval, to confirm that an address wants to
// be told, and to end a subscription.
//
//	l := links.New(sealer, base, nil)
//	invite := l.Invite(m, progress.ViaMail) // for the approval that m is about
//	leave := l.Leave(m, to.To)              // for List-Unsubscribe
//
// Each is the URL of a page of package notify/api with a sealed text in it (package
// progress/ticket). Opening one changes nothing; its button does.
package links
