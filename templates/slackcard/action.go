package slackcard

import (
	"slices"
	"strings"

	"github.com/taskherald/herald/progress"
)

// The ids of actions. Those that end in a dot are followed by a verb or a number.
const (
	ActionDo     = "herald.do."     // a verb; the value is a sealed button
	ActionReason = "herald.reason." // a verb that opens the modal for a reason first; the value is a sealed button
	ActionPress  = "herald.press."  // a number; the value is a ticket
	ActionSay    = "herald.say."    // a number; the value is what is said in the person's name
	ActionOpen   = "herald.open."   // a number; a link: nothing to do
	ActionLogs   = "herald.logs."   // a number; the value is the id of the task
	ActionHome   = "herald.home"    // draws the App Home anew
	ActionMore   = "herald.more"    // a menu; the value of its option is another action: ParseAction reads both
)

// What is found in the submission of the modal for a reason.
const (
	CallbackReason = "herald.reason" // its callback_id; its private_metadata is what [Layout.Reason] was given
	BlockReason    = "reason"        // the block_id of its input, which is optional
	InputReason    = "reason"        // the action_id of its input
)

// Action is what somebody pressed.
type Action struct {
	Kind  string        // one of the ids: ActionDo, ActionReason …, never ActionMore
	Verb  progress.Verb // of ActionDo and ActionReason
	Value string        // of the button
}

// ParseAction reads a press from its action_id and its value; of a menu the value is that of
// the option. It reports false for what is none of ours.
func ParseAction(id, value string) (Action, bool) {
	if id == ActionMore {
		inner, rest, ok := strings.Cut(value, " ")
		if !ok || inner == ActionMore {
			return Action{}, false
		}
		return ParseAction(inner, rest)
	}
	if id == ActionHome {
		return Action{Kind: ActionHome}, true
	}
	for _, kind := range []string{ActionDo, ActionReason, ActionPress, ActionSay, ActionOpen, ActionLogs} {
		rest, ok := strings.CutPrefix(id, kind)
		if !ok || rest == "" {
			continue
		}
		a := Action{Kind: kind, Value: value}
		if kind == ActionDo || kind == ActionReason {
			a.Verb = progress.Verb(rest)
			return a, slices.Contains(verbs(), a.Verb)
		}
		return a, true
	}
	return Action{}, false
}

// verbs are those that buttons give, in the order in which they stand.
func verbs() []progress.Verb {
	return []progress.Verb{
		progress.VerbApprove, progress.VerbReject, progress.VerbResume, progress.VerbPause,
		progress.VerbRetry, progress.VerbSkip, progress.VerbRestart, progress.VerbCancel,
	}
}
