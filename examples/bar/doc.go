// Bar shows one task as a bar that moves, until the task has ended.
//
//	go run ./examples/bar TASK
//
// Its exit code is 0 when the task completed and 1 when it failed or was
// cancelled, so that a script can wait for a task and go on:
//
//	go run ./examples/bar nightly && ./publish
//
// In a terminal the bar is redrawn in place; elsewhere there is a line for each
// ten percent and each step. A server that is stopped and started again is waited
// for, and the bar goes on where the task is then.
//
// It finds the server and the token in HERALD_URL and HERALD_TOKEN.
package main
