package worlds

import "fmt"

// family is a way of behaving.
type family struct {
	name  string
	least int // steps it needs
	shape func(*kind, dice)
}

var families = []family{
	{"steady", 1, steady},
	{"noisy", 1, func(k *kind, d dice) { k.noisy(d.between(0.2, 0.35)) }},
	{"hidden inputs", 1, func(k *kind, d dice) { k.jolt = d.between(0.3, 0.42) }},
	{"outliers", 1, func(k *kind, d dice) { k.outlier = d.between(0.05, 0.1) }},
	{"regimes", 1, regimes},
	{"drift", 1, func(k *kind, d dice) { k.drift = pick(d, []float64{-1, 1}) * d.between(0.01, 0.03) }},
	{"day and night", 1, func(k *kind, d dice) { k.daily, k.jitter = d.between(0.15, 0.35), 1 }},
	{"shared machine", 1, func(k *kind, d dice) { k.shared, k.memory = d.between(0.2, 0.4), d.between(0.7, 0.95) }},
	{"runners", 1, runners},
	{"cache", 1, cache},
	{"caches", 3, caches},
	{"sized", 1, func(k *kind, d dice) { k.sized(d, d.between(0.3, 0.9)); k.given = true }},
	{"size not told", 1, func(k *kind, d dice) { k.sized(d, d.between(0.15, 0.4)); k.given = false }},
	{"floor", 1, floor},
	{"skips", 3, skips},
	{"changing plan", 3, changing},
	{"half a plan", 3, undeclared},
	{"side by side", 3, parallel},
	{"gaps", 2, func(k *kind, d dice) { k.gap = k.usually() * d.between(0.02, 0.1) }},
	{"one huge step", 2, huge},
	{"failures", 1, func(k *kind, d dice) { k.fail, k.cancel = d.between(0.2, 0.45), d.between(0.05, 0.15) }},
	{"retries", 1, retries},
	{"partial ends", 2, func(k *kind, d dice) { k.partial = d.between(0.05, 0.2) }},
	{"heavy seventh", 1, func(k *kind, d dice) { k.heavy = d.between(2, 3.5) }},
	{"waits", 2, waits},
	{"good percents", 1, func(k *kind, d dice) { k.talking(d, "straight", "items", "slow start"); k.jolt = d.between(0.2, 0.4) }},
	{"bad percents", 1, func(k *kind, d dice) { k.talking(d, "stuck", "fast half", "phases", "jumps", "slow end") }},
	{"quarters", 1, func(k *kind, d dice) { k.talking(d, "quarters"); k.quantum = 1 }},
}

func steady(k *kind, d dice) {
	k.noisy(d.between(0.02, 0.06))
	k.shared, k.jolt, k.drift, k.outlier = d.between(0, 0.05), d.between(0, 0.03), 0, 0
}

// noisy gives all steps about the same noise.
func (k *kind) noisy(by float64) {
	for i := range k.steps {
		k.steps[i].noise = by
	}
}

// regimes halves or doubles a step for good, one time or two.
func regimes(k *kind, d dice) {
	s := k.main()
	if d.chance(0.3) {
		s = &k.steps[d.IntN(len(k.steps))]
	}
	by := pick(d, []float64{0.4, 0.5, 0.6, 1.7, 2, 2.5})
	s.turns = []turning{{d.whole(8, 20), by}}
	if d.chance(0.6) {
		s.turns = append(s.turns, turning{d.whole(24, 45), 1 / by})
	}
}

func runners(k *kind, d dice) {
	k.speeds = []float64{1, d.between(1.4, 2.2)}
	if d.chance(0.4) {
		k.speeds = append(k.speeds, d.between(0.5, 0.8))
	}
	k.sticky = pick(d, []float64{0, 0, 0.6, 0.8})
}

// cache makes the largest step slow when its cache is empty.
func cache(k *kind, d dice) {
	k.miss, k.main().missed = d.between(0.08, 0.4), d.between(1.8, 4)
}

// caches lets several steps be slow together.
func caches(k *kind, d dice) {
	k.miss, k.missing = d.between(0.1, 0.3), d.between(0.1, 0.6)
	k.main().missed = d.between(1.5, 3)
	for i := range k.steps {
		if d.chance(0.4) {
			k.steps[i].missed = d.between(1.3, 4)
		}
	}
}

// sized lets some steps take longer for what is larger.
func (k *kind) sized(d dice, deviation float64) {
	k.size = deviation
	k.main().slope = d.between(0.4, 1.1)
	for i := range k.steps {
		if d.chance(0.4) {
			k.steps[i].slope = d.between(0, 1.1)
		}
	}
}

func floor(k *kind, d dice) {
	k.sized(d, d.between(0.3, 0.7))
	k.given = d.chance(0.7)
	for i := range k.steps {
		k.steps[i].floor = k.steps[i].base * d.between(0.3, 1)
	}
}

func skips(k *kind, d dice) {
	k.loudSkip = d.chance(0.5)
	for i := range k.steps {
		if d.chance(0.5) {
			k.steps[i].skip = d.between(0.05, 0.5)
		}
	}
	k.main().skip = 0
}

// changing renames a step, adds one and drops one on the way.
func changing(k *kind, d dice) {
	at := d.IntN(len(k.steps))
	renamed := k.steps[at]
	k.steps[at].until, renamed.since = d.whole(8, 20), 0
	renamed.since, renamed.name = k.steps[at].until, renamed.name+" again"
	added := step{name: fmt.Sprintf("check %d", d.whole(1, 3)), base: k.usually() * d.between(0.05, 0.3), noise: 0.15, since: d.whole(5, 40)}
	k.steps = append(k.steps, renamed, added)
	if gone := &k.steps[d.IntN(len(k.steps)-2)]; gone.until == 0 {
		gone.until = d.whole(20, 50)
	}
}

func undeclared(k *kind, d dice) {
	k.noPlan = d.chance(0.4)
	for i := range k.steps {
		k.steps[i].hidden = d.chance(0.5)
	}
}

func parallel(k *kind, d dice) {
	for i := 1; i < len(k.steps); i++ {
		k.steps[i].beside = i == 1 || d.chance(0.45)
	}
}

func huge(k *kind, d dice) {
	at := d.IntN(len(k.steps))
	for i := range k.steps {
		if i != at {
			k.steps[i].base = d.spread(0.3, 6)
		}
	}
	k.steps[at].base = d.spread(120, 7200)
}

func retries(k *kind, d dice) {
	k.main().retry = d.between(0.1, 0.3)
	k.steps[d.IntN(len(k.steps))].retry = d.between(0.1, 0.4)
}

func waits(k *kind, d dice) {
	k.steps[d.IntN(len(k.steps))].wait = k.usually() * d.between(0.05, 0.2)
}

// talking gives all steps percents of some shapes.
func (k *kind) talking(d dice, of ...string) {
	for i := range k.steps {
		k.steps[i].talk = talkOf(d, pick(d, of))
	}
}
