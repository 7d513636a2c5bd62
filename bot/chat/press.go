package chat

import (
	"context"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// What a press may come to besides a button.
const (
	NoButton = "?"     // is no button that was ever made
	askLogs  = "logs " // and an id: what the bot's own buttons say for the output of a task
)

// Logs is the turn that asks for the output of a task, as somebody would; ok is false where the
// id is none.
func Logs(id, task string) (t bot.Turn, ok bool) {
	return bot.Turn{ID: id, Via: progress.ViaButton, Text: askLogs + task}, progress.TaskID(task).Valid()
}

// Press has the bot answer a press. Who pressed is told alone, but for the output of a task if
// it is open: below its card all may read it who may know of it.
func (d *Desk) Press(ctx context.Context, at Spot, t bot.Turn, open bool) {
	h := d.Hear(ctx, at, t)
	h.Open = open && at.Far != "" && h.Reply.About == templates.TopicLogs
	d.Answer(ctx, h)
}
