package progress

import (
	"encoding/json"
	"math"
)

// RemainingKey is the metadata in which a worker gives its own estimate of the
// time that its task still takes, in seconds.
const RemainingKey = "estimated_time_remaining"

// mostClaimed is the longest time that is believed, in seconds: a hundred years.
const mostClaimed = 100 * 366 * 24 * 60 * 60

// Claimed is the worker's own estimate of the time that is left, in whole
// seconds; nil if it gave none, or the task has ended.
func Claimed(t *Task) *int64 {
	raw, ok := t.Metadata[RemainingKey]
	if !ok || t.Status.Ended() {
		return nil
	}
	var s *float64
	if json.Unmarshal(raw, &s) != nil || s == nil || *s < 0 || *s > mostClaimed {
		return nil
	}
	whole := int64(math.Round(*s))
	return &whole
}
