package estimate

import "math"

// Estimate says how long a run still takes.
func (b *Book) Estimate(r *Run) Guess {
	v := b.look(narrow(r))
	low, high := b.reach(b.known(r.Kind), v)
	room := v.room()
	return Guess{
		Low:    max((v.left+room)*math.Exp(-low*v.spread)-room, 0),
		Likely: v.left,
		High:   (v.left+room)*math.Exp(high*v.spread) - room,
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
		v := b.look(&then)
		b.settle(k, v, r.Elapsed-then.Elapsed)
	}
}

// settle moves the bands by what was left in truth.
func (b *Book) settle(k *kind, v view, left float64) {
	low, high := b.reach(k, v)
	room := v.room()
	off := math.Log((left+room)/(v.left+room)) / max(v.spread, 1e-6)
	w := &b.world.band[v.age]
	w.move(v.phase, worldRate[v.age], off < -low, off > high)
	k.band.move(v.phase, kindRate, off < -low, off > high)
}

// move widens the side on which the truth lay outside, and narrows the others,
// so that it lies outside as often as it should.
func (b *band) move(phase int, rate float64, below, above bool) {
	shift(&b.low[phase], rate, below)
	shift(&b.high[phase], rate, above)
}

func shift(reach *float64, rate float64, out bool) {
	if out {
		*reach += rate
	}
	*reach -= rate * outside
}
