// Package webpush is the channel to browsers: a POST to the push service of each,
// encrypted for that browser alone (RFC 8030, 8188 and 8291).
//
// A browser that wants to be told makes a subscription: an endpoint, which is the
// address, and two keys. [Channel.Pack] checks those, and writes down with them for
// which key of this server they were made, since the service takes messages from
// the owner of that one alone (VAPID, RFC 8292). While the server's key is replaced
// each subscription is sent to with its own. One whose key the server has no more is
// gone: the browser has to make another.
//
// A message has the topic and the tag of its task. A browser that was off shows
// the last of each task, and a second try takes the place of the first: none needs
// to be held back because the one before may have arrived. How urgent it is
// follows from its class, how long the service keeps it from the letter, and from
// the approval that waits for the reader. Bodies are padded to a few sizes, so that
// theirs says little.
//
// 404 and 410 end the subscription, 429 is obeyed, and what is too large is sent
// once more without its details. 401 and 403 stop the channel, unless some service
// has taken the same key and contact of late: then the fault is not ours, and no
// single address may keep others from being told. Addresses are https and go
// through package guard. No error has more of an endpoint than its host, no key,
// and nothing of an answer's text.
package webpush
