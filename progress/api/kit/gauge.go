package kit

import (
	"fmt"
	"sync"
	"time"

	"github.com/taskherald/herald/progress"
)

// Gauge bounds how much each of many callers has under way at a time.
type Gauge struct {
	most int

	mu sync.Mutex
	in map[string]int
}

// NewGauge lets each caller have at most most under way.
func NewGauge(most int) *Gauge { return &Gauge{most: most, in: map[string]int{}} }

// Enter counts one more until leave is called, once. Limited when there are too
// many.
func (g *Gauge) Enter(caller string) (leave func(), err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.in[caller] >= g.most {
		return nil, &progress.Error{
			Code: progress.Limited, Err: &Slow{After: time.Second},
			Say: fmt.Sprintf("more than %d requests of yours are waiting already", g.most),
		}
	}
	g.in[caller]++
	return func() { g.leave(caller) }, nil
}

func (g *Gauge) leave(caller string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.in[caller]--; g.in[caller] == 0 {
		delete(g.in, caller)
	}
}
