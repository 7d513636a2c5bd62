// Package email is the channel to mailboxes: each message is a mail of text and HTML,
// handed to one mail server.
//
// What is said comes from the book (package mailcard). Here it becomes a mail: its
// Message-ID is the message's id, the same in every try. All mails about a task are one
// thread, as each refers to the same id, which no mail has itself. Auto-Submitted keeps
// robots from answering. List-Unsubscribe and its POST (RFC 8058) let mail programs end a
// subscription; DKIM signs them with the rest. No text of a stranger comes into a header
// but the subject, which is cleaned, bounded and encoded.
//
//	Message-ID: <msg_4m2c…@example.com>
//	In-Reply-To: <task.7hq3…@example.com>
//	References: <task.7hq3…@example.com>
//
// Connections are kept for the next mail, a few and for a short while, with one mail at a
// time on each. That one which was idle has been ended by the server costs nothing: the mail
// goes out on another. Only when all of a mail is on its way and no answer comes is it in
// doubt whether it arrived.
//
// What an answer means is one table (fate.go). An answer to the address is about the address,
// one to the mail is about the mail, and one to our name, our password or our sender is
// about us: then the channel stops. Over a connection without TLS no password goes, but to
// this machine, and where TLS is asked for nothing goes without it. Errors are for the owner
// of the subscription: they have the server's words, on one line, and no link, password or
// user name.
package email
