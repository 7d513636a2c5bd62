package live

import (
	"context"

	"github.com/taskherald/herald/progress"
)

// Subscription is what a reader wants to see, and who it is. Nothing that it
// points to may be changed afterwards.
type Subscription struct {
	Task    progress.TaskID // "" for all tasks that Actor may see and Filter lets through
	Filter  Filter          // only with all tasks
	Since   *int64          // only with one task: the seq that the reader has; nil for a snapshot
	Logs    bool            // log lines that are written from now on
	Worker  string          // control frames for the worker of this name; "" for none
	Notices bool            // words for people of what concerns Actor from now on
	Script  Script          // only with one task, and without what stands above: what is sent instead of frames; nil for frames

	Actor progress.Actor

	// Still says whether the credential is good and what it is good for now. It
	// is asked at every round of pings. An error closes the reader with 1008,
	// unless it is Unavailable or that of ctx. nil means good for ever.
	Still func(ctx context.Context) (progress.Actor, error)
}

// Filter lets through the tasks that have all that it names. The zero value
// lets all through.
type Filter struct {
	Kind   string
	Owner  string
	Labels map[string]string
}

// matches reports whether the filter lets the task through.
func (f Filter) matches(s *progress.Spec) bool {
	if (f.Kind != "" && f.Kind != s.Kind) || (f.Owner != "" && f.Owner != s.Owner) {
		return false
	}
	for k, v := range f.Labels {
		if have, ok := s.Labels[k]; !ok || have != v {
			return false
		}
	}
	return true
}
