package worlds

import (
	"fmt"
	"math"
)

// trade is the steps that jobs of one sort have, and about how long each takes
// with those who share it.
type trade struct {
	names []string
	usual []float64
}

// sorts are the sorts of jobs, each step with the least and the most that it
// takes in seconds.
var sorts = [][]stint{
	{{"checkout", 2, 15}, {"restore cache", 3, 30}, {"build", 30, 900}, {"lint", 10, 120}, {"test", 30, 1500}, {"package", 5, 90}, {"publish", 5, 60}, {"deploy", 20, 400}, {"smoke", 10, 120}, {"notify", 1, 4}},
	{{"extract", 30, 1200}, {"validate", 5, 120}, {"transform", 60, 2400}, {"load", 30, 1800}, {"index", 10, 600}, {"reconcile", 5, 200}, {"report", 5, 60}, {"notify", 1, 4}},
	{{"fetch", 20, 600}, {"prepare", 30, 600}, {"train", 300, 5400}, {"evaluate", 30, 900}, {"export", 5, 90}, {"deploy", 20, 400}},
	{{"download", 10, 300}, {"probe", 1, 8}, {"decode", 20, 600}, {"encode", 60, 3600}, {"thumbnail", 3, 40}, {"upload", 10, 600}, {"notify", 1, 4}},
	{{"snapshot", 5, 120}, {"dump", 60, 2400}, {"compress", 30, 900}, {"encrypt", 10, 200}, {"copy", 60, 1800}, {"verify", 20, 900}, {"prune", 3, 100}},
	{{"checkout", 2, 15}, {"plan", 10, 90}, {"provision", 60, 900}, {"configure", 30, 400}, {"migrate", 5, 600}, {"deploy", 20, 400}, {"test", 30, 600}, {"cleanup", 3, 60}},
}

type stint struct {
	name      string
	low, high float64
}

// tradesOf settles about how long things take, for those who share a trade.
func tradesOf(d dice) []trade {
	var all []trade
	for _, sort := range append(sorts, sorts...) {
		var t trade
		for _, s := range sort {
			t.names, t.usual = append(t.names, s.name), append(t.usual, d.spread(s.low, s.high))
		}
		all = append(all, t)
	}
	return all
}

// ordinary is a job that nothing special is said of.
func ordinary(d dice, t trade, steps int, c class) *kind {
	k := &kind{
		runs: d.whole(30, 80), shared: d.between(0.2, 1) * c.walk, memory: d.between(0.9, 0.99), jolt: d.between(0.2, 1) * c.jolt,
		outlier: d.between(0, c.outlier), fail: d.between(0, 0.12), cancel: d.between(0, 0.04),
		jitter: d.Float64(), gap: pick(d, []float64{0, 0, 0.2, 1}), quantum: pick(d, []float64{0, 1}),
		usual: d.spread(10, 20_000), tail: pick(d, []float64{0, 0.05, 0.1}), breaks: d.IntN(steps),
		drift: pick(d, []float64{0, 0, 0.002, -0.003}),
	}
	k.steps = stepsOf(d, t, steps, d.spread(c.low, c.high))
	k.even(d.between(0, 1) * c.even)
	k.scale(d)
	k.chatter(d)
	k.timetable(d)
	if d.chance(c.turns) {
		regimes(k, d)
	}
	if d.chance(c.caches) {
		cache(k, d)
	}
	if d.chance(0.2) { // a size that is told and matters to nothing
		k.size, k.given = d.between(0.2, 0.8), true
	}
	if d.chance(0.15) {
		k.burst = d.between(0.05, 0.3)
	}
	return k
}

// stepsOf picks steps of a trade, in its order; what it lacks comes twice.
func stepsOf(d dice, t trade, n int, noise float64) []step {
	var steps []step
	for round := 1; len(steps) < n; round++ {
		left := n - len(steps)
		for i, name := range t.names {
			if left == 0 || !d.chance(math.Min(1, float64(left)/float64(len(t.names)-i))) {
				continue
			}
			if left--; round > 1 {
				name = fmt.Sprintf("%s %d", name, round)
			}
			steps = append(steps, step{name: name, base: t.usual[i] * d.times(0.35), noise: noise * d.times(0.4)})
		}
	}
	return steps
}

// even makes the steps less unlike: 1 leaves them, 0 makes them the same.
func (k *kind) even(unlike float64) {
	mean := 0.0
	for i := range k.steps {
		mean += math.Log(k.steps[i].base) / float64(len(k.steps))
	}
	for i := range k.steps {
		s := &k.steps[i]
		s.base = math.Exp(mean + unlike*(math.Log(s.base)-mean))
	}
}

// scale keeps a usual run between some seconds and less than two hours.
func (k *kind) scale(d dice) {
	by := d.times(0.3)
	if total := k.usually() * by; total > 5000 {
		by *= 5000 / total
	} else if total < 12 {
		by *= 12 / total
	}
	for i := range k.steps {
		k.steps[i].base *= by
	}
}

// chatter gives the steps their percents; a fifth of all jobs say none.
func (k *kind) chatter(d dice) {
	if d.chance(0.2) {
		return
	}
	share := pick(d, []float64{0.4, 0.8, 1})
	for i := range k.steps {
		if d.chance(share) {
			k.steps[i].talk = talkOf(d, pick(d, shapes))
		}
	}
}

func talkOf(d dice, shape string) talk {
	t := talk{shape: shape, bend: d.between(1.3, 3.5), each: pick(d, []float64{1, 2, 5, 5, 10, 10}), beats: d.chance(0.2)}
	if d.chance(0.25) {
		t.noise = d.between(0.5, 5)
	}
	if d.chance(0.1) {
		t.back = 0.05
	}
	return t
}

// timetable spreads the runs over some weeks.
func (k *kind) timetable(d dice) {
	k.first = 1_700_000_000 + d.between(0, 10*day)
	k.every = max(1.3*k.usually(), d.between(5, 40)*day/float64(k.runs))
	if d.chance(0.2) {
		k.every, k.jitter = max(k.every, day), 0.02
	}
}
