package worlds

// strange are the ways of behaving that only the unseen half has.
var strange = []family{
	{"modes", 1, modes},
	{"cold starts", 1, cold},
	{"growing size", 2, growing},
	{"bad spells", 1, spells},
}

// modes are paces that last for some runs, as branches that are worked on in
// turn.
func modes(k *kind, d dice) {
	k.modes, k.turn = []float64{1, d.between(1.5, 2.2), d.between(0.5, 0.8)}, d.between(0.15, 0.3)
}

// cold makes runs after a long pause slow.
func cold(k *kind, d dice) {
	k.cold, k.jitter = d.between(1.5, 2.5), 1
}

// growing is data that grows with each run.
func growing(k *kind, d dice) {
	k.sized(d, d.between(0.1, 0.3))
	k.growth, k.given = d.between(0.01, 0.03), d.chance(0.6)
}

// spells are some slow runs after each other, with a machine that is ill.
func spells(k *kind, d dice) {
	k.modes, k.turn = []float64{1, 1, 1, d.between(1.8, 3)}, d.between(0.15, 0.25)
	k.outlier = d.between(0.02, 0.05)
}
