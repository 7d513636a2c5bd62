// Package pushcard writes the payload of push messages: what a browser shows as a
// notification.
//
//	l := pushcard.New(book)
//	payload := l.Payload(pushcard.Input{Notice: &notice, Subject: &subject, Tag: tag, Open: link})
//
// It is JSON in the form of Declarative Web Push (Push API, "declarative push message"),
// so that a browser that knows the form shows it by itself, without the service worker;
// elsewhere our service worker reads the same. What the worker needs beyond the form
// stands in data: the tag, the page to open, whether to ring again, and the tickets of
// decisions that need no page.
//
//	{"web_push": 8030, "notification": {
//	  "title": "⚠️ Approval required for Step 3", "lang": "en", "dir": "auto", "body": "Task: CRM\n…",
//	  "navigate": "https://herald.example.com/tasks/01k…", "tag": "…", "silent": false, "requireInteraction": true,
//	  "actions": [{"action": "approve", "title": "Approve", "navigate": "https://herald.example.com/act/…"}, …],
//	  "data": {"tag": "…", "open": "https://…", "renotify": true, "task_id": "01k…", "approve": "…"}}}
//
// The title is what happened; the body says of which task, and more. Actions stand only
// beside the question that they decide. Of a digest the body has as many tasks as have room,
// a line each. All texts are plain text on every platform.
//
// # Fit
//
// A payload has at most 3,000 bytes, as push services take 4,096 of which encryption
// needs some. The end of the body goes first, then that of the title. URLs and tickets are whole
// or not there: where they alone are too long, the actions go.
package pushcard
