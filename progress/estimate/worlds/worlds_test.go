package worlds

import (
	"bytes"
	"math"
	"testing"
)

func TestWorldsAreManyAndUnlike(t *testing.T) {
	t.Parallel()
	names, seen := map[string]bool{}, [2]map[string]bool{{}, {}}
	var sizes [3]int
	for i, w := range Worlds() {
		if w.Unseen != (i >= perHalf) {
			t.Errorf("world %d of %d is on the wrong side", i, perHalf)
		}
		key := w.Name
		if w.Unseen {
			key = "unseen " + key
		}
		if names[key] {
			t.Errorf("two worlds are called %s", key)
		}
		names[key] = true
		seen[one(w.Unseen)][w.Family] = true
		if n := len(w.kind.steps); n < 1 || n > 17 {
			t.Errorf("%s has %d steps", w.Name, n)
		}
		sizes[(&answer{Steps: len(w.kind.steps)}).class()]++
	}
	if len(names) != 2*perHalf || len(seen[0]) < 24 || len(seen[1]) != len(seen[0])+4 {
		t.Errorf("%d worlds of %d and %d families", len(names), len(seen[0]), len(seen[1]))
	}
	for class, n := range sizes {
		if n < perHalf/2 || n > perHalf {
			t.Errorf("%d worlds are of class %d, of %d", n, class, 2*perHalf)
		}
	}
}

func TestHalvesAreTheWorlds(t *testing.T) {
	t.Parallel()
	for _, unseen := range []bool{false, true} {
		half := Half(unseen)
		if len(half) != perHalf || half[0].Unseen != unseen || half[perHalf-1].Unseen != unseen {
			t.Errorf("the half that is unseen: %v, has %d worlds", unseen, len(half))
		}
	}
}

// every is which worlds are among some.
const every = 25

// some is worlds of each half, few enough to be quick.
func some() []World {
	var few []World
	for i, w := range Worlds() {
		if i%every == 0 {
			few = append(few, w)
		}
	}
	return few
}

func written(t *testing.T, worlds []World) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, worlds); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSameWorldsSameBytes(t *testing.T) {
	t.Parallel()
	first, again := written(t, some()), written(t, some())
	if !bytes.Equal(first, again) {
		t.Error("the same worlds were played in two ways")
	}
	if w := some(); bytes.Equal(written(t, w[:1]), written(t, w[1:2])) {
		t.Error("two worlds were played the same way")
	}
}

func TestCurvesSayPercents(t *testing.T) {
	t.Parallel()
	for _, shape := range shapes {
		d, said, least, highest := diceOf(1, 1), 0, 100.0, 0.0
		talk := talk{shape: shape, bend: 2, each: 5, noise: 3, back: 0.1}
		talk.say(d, func(u, p float64) {
			said++
			least, highest = min(least, p), max(highest, p)
			if u <= 0 || u >= 1 || p < 0 || p > 100 {
				t.Errorf("%s says %v at %v", shape, p, u)
			}
		})
		if said < 2 || highest < 45 || least > 55 {
			t.Errorf("%s says %d percents from %v to %v", shape, said, least, highest)
		}
	}
	talk{}.say(diceOf(1, 1), func(_, p float64) { t.Errorf("who says nothing says %v", p) })
}

func TestCurvesBend(t *testing.T) {
	t.Parallel()
	halfway := map[string][2]float64{
		"straight": {50, 50}, "slow start": {5, 45}, "slow end": {55, 95}, "fast half": {51, 90},
		"stuck": {50, 99}, "jumps": {25, 50}, "quarters": {50, 50},
	}
	for shape, want := range halfway {
		p := talk{shape: shape, bend: 2}.curve(diceOf(1, 1))(0.5)
		if math.IsNaN(p) || p < want[0] || p > want[1] {
			t.Errorf("%s is at %v halfway, not in %v", shape, p, want)
		}
	}
}
