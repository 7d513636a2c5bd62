package bot

import (
	"github.com/taskherald/herald/intents"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// notices begins or ends what the person is told of a task, of all for nil. A message that
// was heard before changes nothing: the person may have thought otherwise since.
func notices(t *talk, task *progress.Task) (templates.Answer, error) {
	switch {
	case t.again && task == nil:
		return list(t)
	case t.again, task != nil && t.said.Intent == intents.Subscribe && task.Status.Ended():
		return status(t, *task) // of what has ended there is no more news
	}
	a := templates.Answer{About: templates.TopicHush}
	var id progress.TaskID
	if task != nil {
		id, a.Task = task.ID, t.subject(*task)
	}
	var err error
	if t.said.Intent == intents.Subscribe {
		a.About = templates.TopicFollow
		a.By, err = t.Notices.Follow(t.ctx, t.turn.Who, id)
	} else {
		a.Until, err = t.Notices.Hush(t.ctx, t.turn.Who, id, t.said.Wait)
	}
	switch progress.CodeOf(err) {
	case progress.Invalid, progress.Forbidden, progress.NotFound, progress.Conflict, progress.Limited, progress.TooLarge:
		return templates.Answer{About: templates.TopicRefused, Task: a.Task, Refusal: refusal(err), Intent: string(t.said.Intent)}, nil
	}
	return a, err
}
