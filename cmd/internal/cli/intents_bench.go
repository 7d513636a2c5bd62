package cli

import (
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/taskherald/herald/intents"
)

// benchTime is how long messages are measured.
const benchTime = 2 * time.Second

// bench prints what a message takes.
func (t *trial) bench() error {
	var all []intents.Input
	keep := func(in intents.Input) error {
		all = append(all, in)
		return nil
	}
	if err := t.each(keep, func(string) error { return nil }); err != nil {
		return err
	}
	if len(all) == 0 && t.bad {
		return t.ended()
	}
	if len(all) == 0 {
		return failure{errors.New("there is no message to measure in " + t.phrases.name)}
	}
	took := measured(benchTime, len(all), func(i int) { t.parser.Parse(all[i]) })
	if err := (results{t.Process}).print(took.String()); err != nil {
		return err
	}
	return t.ended()
}

// taken is what messages took.
type taken struct {
	messages int // different ones
	each     time.Duration
	allocs   float64 // a message
	bytes    float64
}

// String has a figure a line.
func (t taken) String() string {
	return fmt.Sprintf("messages        %d\nns/message      %d\nallocs/message  %.2f\nbytes/message   %.0f\n", t.messages, t.each.Nanoseconds(), t.allocs, t.bytes)
}

// measured does something with each of n, over and over, for about as long as it is told.
func measured(about time.Duration, n int, do func(int)) taken {
	pass := func(times int) time.Duration {
		start := time.Now()
		for range times {
			for i := range n {
				do(i)
			}
		}
		return time.Since(start)
	}
	times := 1
	for pass(times) < about/100 { // what is made once is made here, and not counted
		times *= 2
	}
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	count, took := 0.0, time.Duration(0)
	for took < about {
		took += pass(times)
		count += float64(times) * float64(n)
	}
	runtime.ReadMemStats(&after)
	return taken{
		messages: n, each: time.Duration(float64(took) / count),
		allocs: float64(after.Mallocs-before.Mallocs) / count, bytes: float64(after.TotalAlloc-before.TotalAlloc) / count,
	}
}
