package estimate

import "math"

// cloud is what is believed of the log of a time: a sum of bells.
type cloud struct {
	bells [maxBells]bell
	n     int
}

// bell is a part of a cloud: logistic, with a standard deviation.
type bell struct{ weight, mean, spread float64 }

const (
	bellRuns = 10           // newest values that get a bell of their own
	maxBells = bellRuns + 2 // and the guess, and what nobody expects
	bellLife = 3            // values in which half of the weight of bells is gone
	guessed  = 0.3          // weight of the guess
	strange  = 0.08         // weight of what nobody expects
	cuts     = 5            // parts of equal weight that a bell is cut into
	logistic = 0.5513       // the scale of a logistic whose standard deviation is 1
)

func (c *cloud) put(weight, mean, spread float64) {
	c.bells[c.n] = bell{weight, mean, max(spread, 0.02)}
	c.n++
}

// cloudOf is what a series says of a job of that size in a run of that pace.
func cloudOf(s *series, size, pace float64) (c cloud) {
	mean, spread := s.guess(size)+pace, s.spread()
	c.put(guessed, mean, 0.9*spread)
	c.put(strange, mean+0.3, 3*max(spread, 0.25))
	n := min(len(s.past), bellRuns)
	fade := math.Exp2(-1.0 / bellLife)
	weight := (1 - guessed) * (1 - fade) / (1 - math.Pow(fade, float64(n)))
	usual, _ := s.slope.shift(size)
	for i := range n {
		v := s.past[len(s.past)-1-i]
		shift := 0.0
		if own, ok := s.slope.shift(v.size); ok && !math.IsNaN(size) {
			shift = usual - own
		}
		c.put(weight, v.time+shift+pace, clamp(2*s.apart(v), 0.03, clamp(0.4*spread, 0.03, 0.25)))
		weight *= fade
	}
	return c
}

// apart is how far the third nearest value lies from one.
func (s *series) apart(v sample) float64 {
	near := [3]float64{9, 9, 9}
	for _, o := range s.past {
		d := math.Abs(o.time - v.time) // itself is among them
		for i := range near {
			if d < near[i] {
				d, near[i] = near[i], d
			}
		}
	}
	return near[2]
}

// hear weighs the bells by what else is said: that the log is about mean, give
// or take spread.
func (c *cloud) hear(mean, spread float64) {
	total := 0.0
	for i := range c.n {
		b := &c.bells[i]
		own, said := 1/(b.spread*b.spread), 1/(spread*spread)
		both := b.spread*b.spread + spread*spread
		off := b.mean - mean
		b.weight *= math.Exp(-off*off/(2*both))/math.Sqrt(both) + 1e-4
		b.mean = (b.mean*own + mean*said) / (own + said)
		b.spread = math.Sqrt(1 / (own + said))
		total += b.weight
	}
	for i := range c.n {
		c.bells[i].weight /= total
	}
}

// dots are weighted seconds.
type dots struct {
	all [maxBells * cuts]dot
	n   int
}

type dot struct{ seconds, weight float64 }

// beyond sets the dots to the seconds that are left of the time once it has
// lasted so many, in order.
func (c *cloud) beyond(sofar float64, out *dots) {
	out.n = 0
	for _, b := range c.bells[:c.n] {
		scale := b.spread * logistic
		alive := 1.0 // the part of the bell that is still possible
		if sofar > 0 {
			alive = 1 / (1 + math.Exp((logOf(sofar)-b.mean)/scale))
		}
		if b.weight*alive < 1e-7 {
			continue
		}
		for i := range cuts {
			longer := alive * (1 - (float64(i)+0.5)/cuts)
			log := b.mean + scale*math.Log((1-longer)/longer)
			out.add(dot{max(secondsOf(log)-sofar, 0), b.weight * alive / cuts})
		}
	}
	if out.n == 0 { // it has outlasted all belief
		out.add(dot{0.1 * sofar, 1})
	}
}

// add puts a dot into its place.
func (d *dots) add(x dot) {
	i := d.n
	for ; i > 0 && d.all[i-1].seconds > x.seconds; i-- {
		d.all[i] = d.all[i-1]
	}
	d.all[i] = x
	d.n++
}

// at are the seconds below which such a part of the weight lies; 0 without dots.
func (d *dots) at(part float64) float64 {
	total := 0.0
	for _, x := range d.all[:d.n] {
		total += x.weight
	}
	sum, seconds := 0.0, 0.0
	for _, x := range d.all[:d.n] {
		seconds = x.seconds
		if sum += x.weight; sum >= part*total {
			break
		}
	}
	return seconds
}
