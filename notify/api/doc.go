// Package api is what people and programs ask of the road out over HTTP: their
// webhooks, mailboxes and browsers, the secrets that sign what is sent, and what
// became of it.
//
//	POST /api/webhooks              a URL is told of tasks; the answer has its secret, once
//	POST /api/webhooks/{id}/rotate  another secret; the old one signs beside it for a while
//	POST /api/webhooks/{id}/test    a letter that says only that it is a test
//	POST /api/subscriptions         a mail address is told of tasks, once whoever reads there has said yes
//	POST /api/push/subscriptions    a browser is, again and again the same one
//	GET  /api/callbacks/secret      what signs the callbacks of the tasks that one makes
//	GET  /api/deliveries            the letters, with what their last try came to
//	POST /api/deliveries/redrive    what could not be delivered is tried again
//	PUT  /api/preferences           how somebody wants to be told: ways, quiet hours, digests
//	POST /api/preferences/mutes     not of these tasks, for a time or for ever
//	GET  /api/tasks/{id}/why        who was told of a task's events, who was not, and why
//	POST /api/routes/test           who would be told of an event; nothing is sent
//	POST /api/act                   the button of a push message decides an approval
//
// Beside it are the pages that links in messages lead to: /act/{ticket} to decide,
// /confirm/{pass} and /leave/{pass} for an address. Nobody logs in for them, but to
// decide what is of high risk: what is sealed in the link says in whose name it is and
// what for (package progress/ticket), and all else is looked at anew, each time. A GET
// changes nothing; a POST needs the form of the page, and the cookie that came with it.
//
// It is a guest of the API of progress ([kit.Guest]), which authenticates, limits and
// describes its routes as its own. People see what is theirs; admins see
// everybody's when they ask for all of it, and may change everything by its id.
//
// Nothing is sent from here: a letter is written, and its lane is told.
package api
