package live

import (
	"sync"

	"github.com/taskherald/herald/progress"
)

// past are states of tasks that replays have come by, the newest of each: many
// readers who come back to a task at once share the way.
type past struct {
	mu    sync.Mutex
	tasks map[progress.TaskID]*progress.Task
}

// mostPast is how many tasks are remembered.
const mostPast = 64

// before is the newest state known of a task that is not after a seq. A task that
// was forgotten and made again under the same id is another one.
func (p *past) before(now *progress.Task, seq int64) progress.Task {
	p.mu.Lock()
	defer p.mu.Unlock()
	if t, ok := p.tasks[now.ID]; ok && t.Seq <= seq && t.CreatedAt.Equal(now.CreatedAt) {
		return *t
	}
	return progress.Task{ID: now.ID}
}

// keep remembers a state.
func (p *past) keep(t *progress.Task) {
	if t.Seq == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.tasks == nil {
		p.tasks = make(map[progress.TaskID]*progress.Task, mostPast)
	}
	if _, ok := p.tasks[t.ID]; !ok && len(p.tasks) >= mostPast {
		for id := range p.tasks { // any: they are only a short cut
			delete(p.tasks, id)
			break
		}
	}
	p.tasks[t.ID] = t
}
