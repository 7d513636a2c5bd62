package chattest

import (
	"context"
	"sync"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
)

// Walls are what rooms were shown.
type Walls struct {
	mu    sync.Mutex
	at    map[string]progress.TaskID // by what the platform calls messages
	shown map[string][]progress.TaskID
	down  error
}

// NewWalls makes some that were shown nothing.
func NewWalls() *Walls { return &Walls{at: map[string]progress.TaskID{}} }

// Put makes a message one about a task.
func (w *Walls) Put(far string, id progress.TaskID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at[far] = id
}

// Fail has all that is asked fail, until it is called with nil.
func (w *Walls) Fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.down = err
}

// Show sets what a place was shown, by its name in addresses, and that no other was.
func (w *Walls) Show(to string, ids ...progress.TaskID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.shown = map[string][]progress.TaskID{to: ids}
}

// Shown is chat.Rooms'.
func (w *Walls) Shown(_ context.Context, to []notify.Address) (out []progress.TaskID, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, a := range to {
		out = append(out, w.shown[a.To]...)
	}
	return out, w.down
}

// TaskAt is chat.Rooms'.
func (w *Walls) TaskAt(_ context.Context, far string) (progress.TaskID, bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	id, ok := w.at[far]
	return id, ok, w.down
}
