// Package blocktest holds messages and views to what Slack documents of Block Kit.
//
// It reads plain JSON and knows no library: [Check] does what chat.postMessage does with
// blocks before it takes them, [CheckView] what views.open and views.publish do. Both are
// stricter than Slack where its pages disagree: the smaller limit counts, and a field that
// is not documented is an error.
//
// [Live] tells what a client would make of a message beyond its letters: links, mentions,
// emoji. A test that shows texts of strangers asks it.
//
// Sources: docs.slack.dev/reference/block-kit, and slackapi/bolt-js#2509 for the total over
// all blocks. No binary has this package.
package blocktest
