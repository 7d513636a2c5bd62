// Package api is how people talk with the bot over HTTP:
//
//	POST /api/chat  something said, or a button that was pressed; the answer is the reply
//
// It is a guest of the API of progress ([kit.Guest]), which authenticates, limits and
// describes its route as its own. The reply comes as data, for those who draw it, and as
// plain text, with what was understood beside it.
//
// Who may read may talk. What they ask for is done with the rights that they call with,
// which the domain looks at anew for each act: a token that may only read cannot cancel
// anything by asking for it in words. What cannot be done is a reply, and no error.
package api
