package live

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestQueue compares a queue with a list that does the same the slow way.
func TestQueue(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { queueLife(t, rand.New(rand.NewPCG(seed, 1))) })
	}
}

func queueLife(t *testing.T, r *rand.Rand) {
	var q queue
	o := Options{Frames: 1 << 30, Bytes: 1 << 30}
	ticks := make([]node, 3)
	var model []*frame
	owner := map[*frame]int{} // the tick's
	frames, size := 0, 0
	busy := false
	for i := range 500 {
		switch f := (&frame{seq: int64(i), wire: make([]byte, r.IntN(100))}); r.IntN(4) {
		case 0:
			k := r.IntN(len(ticks))
			model = slices.DeleteFunc(model, func(f *frame) bool { o, ok := owner[f]; return ok && o == k })
			owner[f] = k
			wake, _ := q.put(&ticks[k], f, true, &o)
			woken(t, wake, &busy)
			model = append(model, f)
		case 1:
			wake, fits := q.put(&node{}, f, false, &o)
			woken(t, wake, &busy)
			if !fits {
				t.Fatal("does not fit")
			}
			model = append(model, f)
			frames++
			size += len(f.wire)
		default:
			if !busy {
				continue
			}
			room := make([]*frame, 1+r.IntN(4))
			j := q.take(room)
			want := min(len(model), len(room))
			if !slices.Equal(j.frames, model[:want]) {
				t.Fatal(i, len(j.frames), want)
			}
			for _, f := range j.frames {
				if _, tick := owner[f]; !tick {
					frames--
					size -= len(f.wire)
				}
			}
			if want > 0 && q.taken() != model[want-1].seq {
				t.Fatal(q.taken())
			}
			model = model[want:]
			busy = !j.nothing()
		}
		if q.frames != frames || q.bytes != size {
			t.Fatalf("counts %d frames and %d bytes, want %d and %d", q.frames, q.bytes, frames, size)
		}
	}
}

// woken holds that only who finds the queue idle has to wake somebody.
func woken(t *testing.T, wake bool, busy *bool) {
	t.Helper()
	if wake == *busy {
		t.Fatalf("wake is %v, busy %v", wake, *busy)
	}
	*busy = true
}

func TestQueueEnds(t *testing.T) {
	t.Parallel()
	var q queue
	o := Options{Frames: 2, Bytes: 10}
	q.put(&node{}, &frame{seq: 1}, false, &o)
	q.close(done, false)
	if wake, fits := q.put(&node{}, &frame{seq: 2, wire: make([]byte, 100)}, false, &o); wake || !fits {
		t.Fatal(wake, fits)
	}
	if q.close(revoked, true) {
		t.Fatal("ended twice")
	}
	room := make([]*frame, 4)
	if j := q.take(room); len(j.frames) != 1 || j.frames[0].seq != 1 {
		t.Fatal(j)
	}
	for range 2 {
		if j := q.take(room); j.end == nil || *j.end != done {
			t.Fatal(j)
		}
	}
	var full queue
	for i := range 4 {
		if _, fits := full.put(&node{}, &frame{}, false, &o); fits != (i < 2) {
			t.Fatal(i, fits)
		}
	}
	var heavy queue
	for i := range 4 {
		if _, fits := heavy.put(&node{}, &frame{wire: make([]byte, 6)}, i == 0, &o); fits != (i < 2) {
			t.Fatal(i, fits)
		}
	}
	heavy.close(revoked, true)
	if j := heavy.take(room); j.end == nil || *j.end != revoked {
		t.Fatal(j)
	}
}
