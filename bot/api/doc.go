// Package api is how people talk with the bot over HTTP, and link the accounts with which they
// do in chat:
//
//	POST   /api/chat                                      something said, or a button pressed
//	POST   /api/chat/codes                                a code that links an account
//	GET    /api/chat/accounts                             those that are linked
//	DELETE /api/chat/accounts/{platform}/{team}/{account}
//	GET    /accounts                                      the same as a page
//
// It is a guest of the API of progress ([kit.Guest]), which authenticates, limits and
// describes its routes as its own. The reply of the bot comes as data, for those who draw it,
// and as plain text, with what was understood beside it.
//
// Who may read may talk. What they ask for is done with the rights that they call with,
// which the domain looks at anew for each act: a token that may only read cannot cancel
// anything by asking for it in words. What cannot be done is a reply, and no error. From a
// linked account people act with all their rights, so only who calls with all of them gets a
// code.
package api
