package progress

import (
	"slices"
	"strings"
)

// callbackWords are those of callback_events that are no kinds: of what every
// callback is told anyway, and of the progress between.
var callbackWords = []string{"started", "completed", "failed", "cancelled", "progress"}

// CallbackWord reports whether a word means anything in callback_events: started,
// completed, failed, cancelled, which a callback is always told of, progress, a kind
// of milestone such as task.paused, or with a star at its end how some begin, such
// as approval.*.
func CallbackWord(word string) bool {
	return slices.Contains(callbackWords, word) || slices.ContainsFunc(kinds[:], func(k KindInfo) bool {
		stem, open := strings.CutSuffix(word, "*")
		return k.Milestone && (word == string(k.Kind) || open && strings.HasPrefix(string(k.Kind), stem))
	})
}
