package slack

import (
	"context"

	"github.com/taskherald/herald/templates/slackcard"
)

// attach brings the files of a message to where it stands. One that does not arrive is no
// reason to say the message twice: the log has it.
func (c *Channel) attach(ctx context.Context, at Placed, files []slackcard.File) {
	for _, f := range files {
		if f.Content == "" {
			continue
		}
		err := c.o.Client.UploadFile(ctx, Upload{Channel: at.Channel, Thread: at.Thread, Name: f.Name, Title: f.Title, Content: f.Content})
		if err != nil {
			c.o.Log.Warn("a file was not uploaded to Slack", "channel", at.Channel, "file", f.Name, "error", failureOf(err))
		}
	}
}
