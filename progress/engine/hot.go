package engine

import (
	"container/list"
	"sync"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/trace"
)

// hot are the tasks that changed lately, within a budget of tasks and steps.
type hot struct {
	mu     sync.Mutex
	budget int
	size   int
	byID   map[progress.TaskID]*list.Element
	recent *list.List // of *kept, the newest in front
}

// kept is a task in memory and what belongs to it. It is never changed, but for
// marks and trail, which belong to the committer.
type kept struct {
	task  *progress.Task
	rev   int64
	beat  time.Time
	marks map[int]mark
	trail trace.Trail // of this run, from when on it was in memory
}

func (k *kept) size() int { return 1 + k.task.Steps.Len() }

func newHot(budget int) *hot {
	return &hot{budget: budget, byID: map[progress.TaskID]*list.Element{}, recent: list.New()}
}

func (h *hot) get(id progress.TaskID) (*kept, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	el, ok := h.byID[id]
	if !ok {
		return nil, false
	}
	h.recent.MoveToFront(el)
	return keptIn(el), true
}

// put keeps a task and lets go of those that were not used for longest.
func (h *hot) put(k *kept) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if el, ok := h.byID[k.task.ID]; ok {
		h.size -= keptIn(el).size()
		el.Value = k
		h.recent.MoveToFront(el)
	} else {
		h.byID[k.task.ID] = h.recent.PushFront(k)
	}
	h.size += k.size()
	for h.size > h.budget && h.recent.Len() > 1 {
		h.remove(h.recent.Back())
	}
}

func (h *hot) drop(ids []progress.TaskID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, id := range ids {
		if el, ok := h.byID[id]; ok {
			h.remove(el)
		}
	}
}

func (h *hot) remove(el *list.Element) {
	k := keptIn(el)
	h.recent.Remove(el)
	delete(h.byID, k.task.ID)
	h.size -= k.size()
}

func keptIn(el *list.Element) *kept {
	k, _ := el.Value.(*kept) // nothing else is in the list
	return k
}
