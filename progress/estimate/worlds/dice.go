package worlds

import (
	"math"
	"math/rand/v2"
)

// dice is where chance comes from: the same seed, the same chances.
type dice struct{ *rand.Rand }

func diceOf(seed, stream uint64) dice {
	return dice{rand.New(rand.NewPCG(seed, stream))} //nolint:gosec // what is simulated must come out the same each time
}

func (d dice) between(low, high float64) float64 { return low + d.Float64()*(high-low) }

// spread is between low and high so that each doubling is as likely.
func (d dice) spread(low, high float64) float64 {
	return low * math.Exp(d.Float64()*math.Log(high/low))
}

func (d dice) chance(p float64) bool { return d.Float64() < p }

// whole is a whole number from low to high, both among them.
func (d dice) whole(low, high int) int { return low + d.IntN(high-low+1) }

// times is a factor around 1 whose logarithm has the deviation sigma.
func (d dice) times(sigma float64) float64 { return math.Exp(sigma * d.NormFloat64()) }

// bent is normal, but for a share of draws that lie much farther out.
func (d dice) bent(tail float64) float64 {
	if d.chance(tail) {
		return 2.5 * d.NormFloat64()
	}
	return d.NormFloat64()
}

// pareto is at least 1, and now and then very much more.
func (d dice) pareto(shape float64) float64 {
	return math.Pow(1-d.Float64(), -1/shape)
}

func pick[T any](d dice, of []T) T { return of[d.IntN(len(of))] }
