// Package live sends tasks to open sockets as they move: WebSocket and SSE
// alike. A snapshot first, then every milestone once and in order,
// and of what ticks the newest.
//
// A [Hub] has a topic for each task that somebody reads. The one invariant is
// that everyone seated in a topic has been told all up to the topic's state: so
// they share each frame, which is encoded once. A ring of the bell marks the
// topic. If nobody is at it, one goroutine begins to work: it loads the task,
// reads the milestones that are new, makes frames of the difference, puts them
// into the queues of who is seated, then seats those who wait to join, and ends
// when there is nothing more to do. Rings that come meanwhile are one. Where
// nothing moves nothing runs.
//
// Who reads all tasks sits in the topic of each. That of a task that has ended
// is kept until the pulse has come round twice, so that a restart finds who was
// told of the end; after that a ring tells of it as of a new task.
//
// # Frames
//
// A lifecycle frame is an appended event. It shows its step as it was right
// after the event: the topic folds the event over the state that it told last.
// Who comes back with since=SEQ gets the same frames from a replay of all
// events. A replay does not know what ticked, so these may differ: the percent
// of the step of a plan_changed frame, and the percents at which a step and its
// task failed in an attempt that is not the last; and how long a new task takes is
// told as it is known by then. All else is the same, byte by byte.
//
// A progress frame shows all that ticks, so the newest makes up for those
// before it: percent, the step that moved, and while several steps are under
// way, all of them.
//
// A notice says in words for people what a lifecycle frame has said, and follows
// right after it. It goes to readers who asked for notices, if the event concerns
// them; its words are made once for all. It is for now: what is caught up with, by a
// replay or a snapshot, has none.
//
// # Scripts
//
// A reader of a [Script] is told of a task in the words of another face, and of
// every change, in order. Rings say what each command of a commit did; the topic
// hands that on to whoever reads a Script, who follows it from the state that it
// knows. Where a ring cannot say, as another process committed, the task itself
// does: then only the last of several changes is told.
//
// # Readers
//
// Each reader has a queue, which is empty nearly always and then holds nothing.
// A progress frame takes the place of the oldest of its task when a few wait
// already; other frames are never left out. Past a bound the reader is closed
// with 1013. A frame that enters an empty queue gets a goroutine that writes, all
// that waits in one call, until the queue is empty again: a slow reader delays
// nobody, and an idle socket costs one small goroutine that reads.
//
// One goroutine, while there are readers, pings them and asks again whether
// their credentials are good.
package live
