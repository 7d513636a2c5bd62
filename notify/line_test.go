package notify

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
)

var t0 = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func card(n int) Slot   { return Slot{Card: CardID(fmt.Sprint("c", n))} }
func letter(n int) Slot { return Slot{Letter: LetterID(fmt.Sprint("m", n))} }

// take takes the next turn, which has to be there, and begins its call.
func take(t *testing.T, l *Line, now time.Time) Turn {
	t.Helper()
	turn, ok := l.Next(now)
	if !ok {
		_, at, waits := l.When(now)
		t.Fatalf("no turn at %v; next %v, %v", now.Sub(t0), at.Sub(t0), waits)
	}
	l.Called(now)
	return turn
}

func TestLineOrder(t *testing.T) {
	t.Parallel()
	l := NewLine(Pace{})
	l.Add(card(1), 5, false, t0, time.Time{})
	l.Add(letter(2), 0, false, t0, time.Time{})
	l.Add(card(1), 9, false, t0, time.Time{}) // keeps its place
	l.Add(card(1), 7, false, t0, time.Time{}) // never goes back
	l.Add(letter(3), 0, true, t0, time.Time{})
	l.Add(letter(4), 0, false, t0, t0.Add(time.Minute))
	for _, want := range []Slot{letter(3), card(1), letter(2)} {
		turn := take(t, l, t0)
		if turn.Slot != want || want == card(1) && turn.Version != 9 {
			t.Fatalf("%+v before %+v", turn, want)
		}
		l.Done(t0, true)
	}
	if turn, at, ok := l.When(t0); !ok || turn.Slot != letter(4) || !at.Equal(t0.Add(time.Minute)) {
		t.Fatal(turn, at, ok)
	}
	if _, ok := l.Next(t0.Add(59 * time.Second)); ok {
		t.Fatal("went before it was due")
	}
	take(t, l, t0.Add(time.Minute))
	l.Done(t0, true)
	if !l.Empty() {
		t.Fatal("something is left")
	}
}

func TestLinePace(t *testing.T) {
	t.Parallel()
	l := NewLine(Pace{Gap: time.Second, Edit: 10 * time.Second})
	at := func(s float64) time.Time { return t0.Add(time.Duration(s * float64(time.Second))) }
	l.Add(card(1), 1, false, t0, time.Time{})
	take(t, l, t0)
	l.Done(t0, true)
	l.Add(card(1), 2, false, at(.1), time.Time{})
	l.Add(card(2), 1, false, at(.2), time.Time{})
	if turn := take(t, l, at(1)); turn.Slot != card(2) {
		t.Fatal("a picture came too soon after the one before", turn)
	}
	l.Done(at(1.5), true)
	if _, at1, _ := l.When(at(1.5)); !at1.Equal(at(10)) {
		t.Fatal(at1.Sub(t0))
	}
	l.Add(card(1), 3, true, at(1.6), time.Time{})
	if _, ok := l.Next(at(1.9)); ok {
		t.Fatal("even what is urgent keeps the gap between calls")
	}
	if turn := take(t, l, at(2)); turn.Slot != card(1) || turn.Version != 3 {
		t.Fatal(turn)
	}
}

// TestLineMoment is many letters of one moment, put in line in any order: those of a
// task go in theirs.
func TestLineMoment(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		l := NewLine(Pace{})
		for _, i := range rng.Perm(30) {
			s := Slot{Letter: LetterID(fmt.Sprint(i)), Task: progress.TaskID(fmt.Sprint("t", i%3))}
			l.Add(s, int64(i), false, t0, time.Time{})
		}
		last := map[progress.TaskID]int64{}
		for !l.Empty() {
			turn := take(t, l, t0)
			if turn.Version < last[turn.Task] {
				t.Fatalf("%d came after %d", turn.Version, last[turn.Task])
			}
			last[turn.Task] = turn.Version
			l.Done(t0, true)
		}
	}
}

func TestLineLag(t *testing.T) {
	t.Parallel()
	l := NewLine(Pace{Lag: time.Second})
	l.Add(card(1), 1, false, t0, time.Time{})
	l.Add(card(1), 2, false, t0.Add(900*time.Millisecond), time.Time{}) // waits no longer for moving on
	if _, at, _ := l.When(t0); !at.Equal(t0.Add(time.Second)) {
		t.Fatal(at.Sub(t0))
	}
	l.Add(card(2), 1, true, t0, time.Time{})
	if turn := take(t, l, t0); turn.Slot != card(2) {
		t.Fatal("what is urgent need not wait", turn)
	}
}

func TestLineMovedMeanwhile(t *testing.T) {
	t.Parallel()
	l := NewLine(Pace{})
	l.Add(card(1), 1, false, t0, time.Time{})
	take(t, l, t0)
	l.Add(card(1), 4, true, t0, time.Time{})
	l.Add(card(1), 3, false, t0, time.Time{})
	l.Add(card(2), 1, false, t0, time.Time{})
	l.Done(t0, true)
	if turn := take(t, l, t0); turn.Slot != card(1) || turn.Version != 4 || !turn.Urgent {
		t.Fatal(turn)
	}
	l.Add(card(1), 4, false, t0, time.Time{}) // shown by the turn that is under way
	l.Done(t0, true)
	if turn := take(t, l, t0); turn.Slot != card(2) {
		t.Fatal(turn)
	}
	l.Done(t0, true)
	if !l.Empty() {
		t.Fatal("a version that is shown was asked for again")
	}
}

// TestLineDown is a far side that takes nothing for a while: who was first stays
// first, and what is urgent still goes before.
func TestLineDown(t *testing.T) {
	t.Parallel()
	l := NewLine(Pace{})
	for i := range 5 {
		l.Add(letter(i), 0, false, t0, time.Time{})
	}
	now := t0
	for range 7 {
		_, at, _ := l.When(now)
		now = at
		take(t, l, now)
		l.Back(now, time.Second, time.Minute)
	}
	if now.Sub(t0) != 6*time.Second {
		t.Fatal("the lane did not rest after each failure", now.Sub(t0))
	}
	l.Add(letter(9), 0, true, now, time.Time{})
	now = now.Add(time.Second)
	var order []Slot
	for !l.Empty() {
		order = append(order, take(t, l, now).Slot)
		l.Done(now, true)
	}
	want := []Slot{letter(9), letter(0), letter(1), letter(2), letter(3), letter(4)}
	if fmt.Sprint(order) != fmt.Sprint(want) {
		t.Fatal(order)
	}
}

// TestLinePoison is one letter that the far side cannot take: the others go on.
func TestLinePoison(t *testing.T) {
	t.Parallel()
	l := NewLine(Pace{})
	for i := range 20 {
		l.Add(letter(i), 0, false, t0, time.Time{})
	}
	now, sent, tries := t0, 0, 0
	for len(l.wait) > 1 {
		_, at, ok := l.When(now)
		if !ok || at.Sub(t0) > time.Minute {
			t.Fatalf("held up: %d sent by %v", sent, at.Sub(t0))
		}
		now = at
		if take(t, l, now).Slot == letter(0) {
			tries++
			l.Back(now, time.Second, time.Hour)
			continue
		}
		sent++
		l.Done(now, true)
	}
	if sent != 19 || tries < 2 || tries > 4 {
		t.Fatal(sent, tries)
	}
}

func TestLineLimited(t *testing.T) {
	t.Parallel()
	l := NewLine(Pace{})
	l.Add(letter(1), 0, false, t0, time.Time{})
	take(t, l, t0)
	l.Return()
	l.Rest(t0.Add(37 * time.Second))
	l.Add(letter(2), 0, true, t0, time.Time{})
	if _, at, _ := l.When(t0); !at.Equal(t0.Add(37 * time.Second)) {
		t.Fatal(at.Sub(t0))
	}
	if turn := take(t, l, t0.Add(37*time.Second)); turn.Slot != letter(2) || l.Fails() != 0 {
		t.Fatal(turn, l.Fails())
	}
}

// TestLineCrowd is a busy room: 200 tasks that move ten times a second, 50 calls a
// minute, an approval now and then.
func TestLineCrowd(t *testing.T) {
	t.Parallel()
	const tasks, minutes = 200, 6
	rng := rand.New(rand.NewPCG(1, 2))
	l := NewLine(Pace{Gap: 200 * time.Millisecond})
	b := NewBudget(Allowance{Calls: 50, Window: time.Minute, Reserve: 5})
	shown, version := make([]time.Time, tasks), make([]int64, tasks)
	for i := range shown {
		shown[i] = t0
	}
	asked := map[LetterID]time.Time{}
	var calls []time.Time
	var slowest, oldest time.Duration
	again, letters := t0, 0
	for tick := range minutes * 600 {
		now := t0.Add(time.Duration(tick) * 100 * time.Millisecond)
		for i := range tasks {
			version[i]++
			l.Add(card(i), version[i], false, now, time.Time{})
		}
		if rng.IntN(200) == 0 {
			letters++
			l.Add(letter(letters), 0, true, now, time.Time{})
			asked[letter(letters).Letter] = now
		}
		turn, at, _ := l.When(now)
		if at.After(now) || turn.Letter == "" && now.Before(again) {
			continue
		}
		if turn.Letter == "" {
			var ok bool
			if again, ok = b.Ask("room", turn.Urgent, now); !ok {
				continue
			}
		}
		got := take(t, l, now)
		if got.Letter != "" {
			slowest = max(slowest, now.Sub(asked[got.Letter]))
		} else {
			var i int
			_, _ = fmt.Sscanf(string(got.Card), "c%d", &i)
			oldest, shown[i] = max(oldest, now.Sub(shown[i])), now
			calls = append(calls, now)
		}
		l.Done(now, true)
	}
	bounded(t, calls, 50, time.Minute)
	if slowest > 2*time.Second || letters < 5 {
		t.Errorf("an approval took %v (%d of them)", slowest, letters)
	}
	if len(calls) < 42*minutes || oldest > 5*time.Minute {
		t.Errorf("%d pictures in %d minutes, the oldest %v: the budget is not used, or not fairly", len(calls), minutes, oldest)
	}
}

// bounded checks that no window holds more calls than it may.
func bounded(t *testing.T, calls []time.Time, most int, window time.Duration) {
	t.Helper()
	for i := most; i < len(calls); i++ {
		if gap := calls[i].Sub(calls[i-most]); gap < window {
			t.Fatalf("%d calls within %v", most+1, gap)
		}
	}
}

// TestRoom is that what waits in memory is bounded, the urgent too, and that nothing
// that can wait overtakes what is left in the store.
func TestRoom(t *testing.T) {
	t.Parallel()
	tr := newTrack(Pace{})
	enter := func(c Class) (most int) {
		for ; tr.room(c); most++ {
			l := Letter{ID: LetterID(fmt.Sprint(c, most)), Task: progress.TaskID(fmt.Sprint(most)), Class: c}
			tr.enter(&parcel{Letter: l})
		}
		return most
	}
	if calm, urgent := enter(ClassStep), enter(ClassEnd); calm != loadMost || urgent != loadMost {
		t.Fatal(calm, urgent)
	}
	tr.letters, tr.more = map[LetterID]*parcel{}, true
	if tr.room(ClassStep) || !tr.room(ClassEnd) {
		t.Fatal("who comes later goes first")
	}
}
