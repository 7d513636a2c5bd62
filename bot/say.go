package bot

import (
	"strconv"
	"strings"

	"github.com/taskherald/herald/intents"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// say is what a button says in the person's name: an intent and an exact id, which means
// the same in every language.
func say(intent intents.Intent, id progress.TaskID) string { return string(intent) + " " + string(id) }

// sayStep is say of one step.
func sayStep(intent intents.Intent, id progress.TaskID, step int) string {
	if step == 0 {
		return say(intent, id)
	}
	return string(intent) + " step " + strconv.Itoa(step) + " " + string(id)
}

// ours reports whether a text may be what a button says: its words do not tell in what
// language the person speaks.
func ours(text string) bool {
	words := strings.Fields(text)
	if len(words) != 2 && len(words) != 4 {
		return false
	}
	return topicOf(intents.Intent(words[0])) != "" && (len(words) == 2 || words[1] == "step") && len(idsIn(words[len(words)-1])) > 0
}

// topicOf is what answers an intent that is about one task, "" for any other.
func topicOf(intent intents.Intent) templates.Topic {
	switch intent {
	case intents.Status:
		return templates.TopicStatus
	case intents.Logs:
		return templates.TopicLogs
	case intents.ETA:
		return templates.TopicETA
	case intents.History:
		return templates.TopicHistory
	case intents.Subscribe:
		return templates.TopicFollow
	case intents.Unsubscribe:
		return templates.TopicHush
	case intents.Approve, intents.Reject, intents.Retry, intents.Skip, intents.Pause, intents.Resume, intents.Cancel, intents.Restart:
		return templates.TopicDone
	}
	return ""
}
