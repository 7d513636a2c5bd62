package bus_test

import (
	"slices"
	"testing"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/bus"
	"github.com/taskherald/herald/progress/bus/bustest"
)

func TestLocal(t *testing.T) {
	t.Parallel()
	bustest.Run(t, func(*testing.T) bustest.Bell { return bus.NewLocal() })
}

// TestLocalOrder is what only the bell of one process promises: every ring
// once, in order, before Ring returns.
func TestLocalOrder(t *testing.T) {
	t.Parallel()
	b := bus.NewLocal()
	var got []int64
	stop := b.Listen("", func(m progress.Moved) { got = append(got, m.Seq) })
	b.Ring([]progress.Moved{{Task: "a", Seq: 1}, {Task: "b", Seq: 2}, {Task: "a", Seq: 3}})
	stop()
	b.Ring([]progress.Moved{{Task: "a", Seq: 4}})
	if !slices.Equal(got, []int64{1, 2, 3}) {
		t.Fatal(got)
	}
}

func BenchmarkRing(b *testing.B) {
	l := bus.NewLocal()
	n := 0
	l.Listen("a", func(progress.Moved) { n++ })
	l.Listen("", func(progress.Moved) { n++ })
	moved := []progress.Moved{{Task: "a"}, {Task: "b"}}
	b.ReportAllocs()
	for b.Loop() {
		l.Ring(moved)
	}
	if n != 3*b.N {
		b.Fatal(n, b.N)
	}
}
