package worlds

import (
	"fmt"
	"slices"
)

// World is one kind of job.
type World struct {
	Name   string // of the kind
	Family string // the way in which it behaves
	Unseen bool   // it is not to be tuned with

	kind *kind
	seed uint64
}

// The seeds are some with which the simplest estimates (elapsed by percent, the
// mean of three runs, medians by step) are about as good as on real jobs.
const (
	tuneSeed   = 77
	unseenSeed = 50
)

// perHalf is how many worlds a half has.
const perHalf = 69

// Worlds lists all worlds, those to tune with first.
func Worlds() []World {
	return append(half(tuneSeed, false, families), half(unseenSeed, true, slices.Concat(families, strange))...)
}

// Half lists the worlds of one half.
func Half(unseen bool) []World {
	if unseen {
		return Worlds()[perHalf:]
	}
	return Worlds()[:perHalf]
}

// First is the world with no more than its first n runs.
func (w World) First(n int) World {
	k := *w.kind
	k.runs = min(k.runs, n)
	w.kind = &k
	return w
}

// half deals the families around, and the numbers of steps among them.
func half(seed uint64, unseen bool, from []family) []World {
	worlds := make([]World, perHalf)
	trades := tradesOf(diceOf(seed, 0))
	for i := range worlds {
		f, d := from[i%len(from)], diceOf(seed, uint64(i+1))
		class := classes[(i+i/len(from))%len(classes)]
		k := ordinary(d, pick(d, trades), max(f.least, d.whole(class.from, class.to)), class)
		f.shape(k, d)
		name := fmt.Sprintf("%s-%d", f.name, 1+i/len(from))
		worlds[i] = World{Name: name, Family: f.name, Unseen: unseen, kind: k, seed: seed<<32 | uint64(i+1)}
	}
	return worlds
}

// class is a number of steps, and how restless such jobs are.
type class struct {
	from, to   int
	low, high  float64 // the deviation of the steps
	walk, jolt float64 // the most of the deviations of the pace
	outlier    float64 // the most of the outliers
	even       float64 // how much the steps differ, 1 as they would
	turns      float64 // how likely one changes for good
	caches     float64 // how likely the largest has a cache
}

// classes are as likely as each other.
var classes = []class{
	{from: 1, to: 2, low: 0.01, high: 0.05, walk: 0.35, jolt: 0.03, outlier: 0.015, even: 0.6, turns: 0.6},
	{from: 3, to: 5, low: 0.015, high: 0.12, walk: 0.20, jolt: 0.04, outlier: 0.06, even: 0.1, turns: 0.35, caches: 0.1},
	{from: 6, to: 15, low: 0.01, high: 0.17, walk: 0.28, jolt: 0.07, outlier: 0.12, even: 1.5, turns: 0.4, caches: 0.85},
}
