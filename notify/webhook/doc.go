// Package webhook is the channel that tells programs: a POST to a URL which
// somebody has given.
//
// What is sent is a CloudEvents 1.0 event in its structured JSON form
// (cloudevents.io). Its type is the kind of what happened behind "herald.", such as
// herald.task.completed; a live picture is herald.task.progress. Its data hold the
// event and the task as the API shows them, the task once more as an execution,
// and a sentence that says it.
//
// How it is sent is Standard Webhooks (standardwebhooks.com): three headers with
// the id, the time of the try, and signatures over both and the body. The id is
// the same in every try, so that a receiver knows a second one, and no try needs
// to be held back because the one before may have arrived. While a secret is
// replaced there are two signatures, one by each.
//
//	webhook-id: msg_4m2c…
//	webhook-timestamp: 1770000000
//	webhook-signature: v1,K5oZ… v1,9aBc…
//
// The receiver says yes with 2xx. 410 ends the subscription, 429 and 503 with
// Retry-After are obeyed, 400 and its like and redirects make the letter dead, and
// everything else is tried again. Addresses go through package guard. No URL beyond
// its host, no secret and nothing of an answer's text comes into an error.
package webhook
