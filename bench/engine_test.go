package bench

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/engine"
)

// execute shares b.N reports among callers, each on a task of its own.
func execute(b *testing.B, e *engine.Engine, callers, step int) {
	b.Helper()
	var left atomic.Int64
	left.Store(int64(b.N))
	var wg sync.WaitGroup
	b.ReportAllocs()
	b.ResetTimer()
	for i := range callers {
		wg.Go(func() {
			for n := 0; left.Add(-1) >= 0; n++ {
				p := float64(n%1_000_000) / 10_001
				_, err := e.Execute(context.Background(), progress.Command{
					Task: progress.TaskID(fmt.Sprint("t", i)), By: worker, Via: progress.ViaREST,
					Do: progress.Report{Step: progress.StepRef{Order: step}, StepProgress: &p, Message: new(fmt.Sprint("row ", n))},
				})
				if err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "reports/s")
}

// BenchmarkExecute is reports given to the engine without HTTP.
func BenchmarkExecute(b *testing.B) {
	for _, callers := range []int{1, 16, 64} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			e, _ := newEngine(b)
			for i := range callers {
				newTask(b, e, fmt.Sprint("t", i), 5)
			}
			execute(b, e, callers, 3)
		})
	}
}

// BenchmarkPlan is one caller on a plan of five steps, and on one of ten
// thousand.
func BenchmarkPlan(b *testing.B) {
	for _, steps := range []int{5, 10_000} {
		b.Run(fmt.Sprintf("steps=%d", steps), func(b *testing.B) {
			e, _ := newEngine(b)
			newTask(b, e, "t0", steps)
			execute(b, e, 1, steps/2+1)
		})
	}
}
