// Latency measures how long it takes from a report to its sight, by polling and by
// streams.
//
//	go run ./examples/latency
//	go run ./examples/latency --reports 500 --every 50ms --poll 5s,1s --json
//
// It makes a task, reports on it, and watches it in all ways at once: by asking
// GET /api/tasks/{id}/progress again and again, by the WebSocket as client.Watch
// does, and by server-sent events. A report counts from before it is sent until a
// reader knows a version of the task that has it. Bytes are those on the wire, both
// ways, without the headers of TCP.
//
// Reports come at random moments, so that no poll is in step with them.
//
// It finds the server and the token in HERALD_URL and HERALD_TOKEN.
package main
