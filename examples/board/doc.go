// Board shows several tasks at once, a line each.
//
//	go run ./examples/board            # all that you may see, until Ctrl-C
//	go run ./examples/board --kind import
//	go run ./examples/board a b c      # these, until all of them have ended
//
// In a terminal the lines are redrawn in place; elsewhere there is a line whenever
// a task's status or step changes, or another ten percent are done. The colours
// stay away with NO_COLOR.
//
// All tasks come over one WebSocket (/ws/tasks), named ones over one each, so that
// each goes on exactly where it was after a break. After a break of the one for all
// the server tells of the tasks that have not ended; what ended meanwhile is read.
//
// It finds the server and the token in HERALD_URL and HERALD_TOKEN.
package main
