package estimate

import "math"

// Estimate says how long a run still takes.
func (b *Book) Estimate(r *Run) Guess {
	v := b.look(narrow(b.known(r.Kind), r))
	low, high := b.reach(b.known(r.Kind), v)
	room := v.room()
	return Guess{
		Low:    max((v.left+room)*math.Exp(-low*v.spread)-room, 0),
		Likely: v.left,
		High:   (v.left+room)*math.Exp(min(high*v.spread, mostHigh)) - room,
		Basis:  v.basis,
	}
}

// age is how well a kind is known.
type age int

const (
	fresh age = iota // no run of it has ended well
	young            // one or two have
	warm
	ages
)

func (k *kind) age() age {
	switch {
	case k.well == 0:
		return fresh
	case k.well < warmAfter:
		return young
	}
	return warm
}

// phaseEnds are the parts of the way at which phases end.
var phaseEnds = [...]float64{0.02, 0.1, 0.25, 0.45, 0.65, 0.82, 0.92, math.Inf(1)}

const phases = len(phaseEnds)

func phaseOf(part float64) int {
	for i, end := range phaseEnds {
		if part < end {
			return i
		}
	}
	return phases - 1
}

// band is how many spreads low and high lie from the likely, more than at first,
// by phase.
type band struct{ low, high [phases]float64 }

// A band begins so wide, and moves so much when something comes to lie outside.
// Kinds have a band on top of that of all.
var (
	firstReach = [ages]float64{1.8, 1.5, 1.2}
	worldRate  = [ages]float64{0.08, 0.04, 0.02}
)

const (
	kindRate   = 0.12
	outside    = 0.1 // share that is to lie below low, and above high
	leastReach = 0.05
	roomPart   = 0.01
	mostHigh   = 5 // how far high may lie from the likely, as a log: 150 times as long
)

// room is added to times before their logs are compared, in seconds: what is
// less than a hundredth of the run is noise.
func (v *view) room() float64 { return roomPart * v.whole }

// reach are the spreads from the likely down to low and up to high.
func (b *Book) reach(k *kind, v view) (low, high float64) {
	first, w := firstReach[v.age], &b.world.band[v.age]
	return max(first+w.low[v.phase]+k.band.low[v.phase], leastReach), max(first+w.high[v.phase]+k.band.high[v.phase], leastReach)
}

// checks are the parts of its way at which a run that has ended is asked about.
var checks = [...]float64{0.001, 0.05, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9}

// check asks what would have been guessed on a run's way, and learns how far
// that was off.
func (b *Book) check(k *kind, r *Run) {
	for _, part := range checks {
		then := r.At(part * r.Elapsed)
		v := b.look(narrow(k, &then))
		b.settle(k, v, r.Elapsed-then.Elapsed)
	}
}

// settle moves the bands by what was left in truth.
func (b *Book) settle(k *kind, v view, left float64) {
	low, high := b.reach(k, v)
	room := v.room()
	off := math.Log((left+room)/(v.left+room)) / max(v.spread, 1e-6)
	b.world.band[v.age].move(v.phase, worldRate[v.age], off, low, high)
	k.band.move(v.phase, kindRate, off, low, high)
}

// move widens the side on which the truth lay outside, and narrows the other, so
// that it lies outside as often as it should. The sides reach so far now.
func (b *band) move(phase int, rate, off, low, high float64) {
	shift(&b.low[phase], rate, -off, low)
	shift(&b.high[phase], rate, off, high)
}

// shift moves one side. One that is as narrow as can be stays, however long all
// goes well, or it would take as long to come back.
func shift(side *float64, rate, off, reach float64) {
	switch {
	case off > reach:
		*side += rate * (1 - outside)
	case reach > leastReach:
		*side -= rate * outside
	}
}
