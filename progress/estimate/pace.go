package estimate

import "math"

// tempo learns how the pace of a run's first steps foretells that of the rest:
// sums of their products over past runs.
type tempo struct{ square, product float64 }

// How the pace of a run is judged.
const (
	paceClip   = 1.5  // the most that one step tells, as a log
	paceNoise  = 0.03 // variance of a step's time that is no pace
	paceVar    = 0.06 // variance of the pace of runs of a kind
	paceVarNew = 1.0  // of those of a kind that is not known
	tempoStays = 0.97
	tempoPrior = 0.45 // how much of the pace stays for the rest, beforehand
	tempoN     = 0.15
	tempoNew   = 0.9 // in a kind that is not known
	tempoMost  = 2   // of the pace, which was drawn toward 0
)

// carry is the part of the pace so far that the rest keeps.
func (k *kind) carry() float64 {
	if k.well == 0 {
		return tempoNew
	}
	return clamp((k.tempo.product+tempoPrior*tempoN)/(k.tempo.square+tempoN), 0, tempoMost)
}

// pace is by how much slower than guessed this run's steps were so far, as a
// log, drawn toward 0; and how uncertain that is.
func (b *Book) pace(k *kind, r *Run, size float64) (slower, unsure float64) {
	var p balance
	for i := range r.Laps {
		l := &r.Laps[i]
		if log, noise, ok := b.toldBy(k, l); ok {
			p.add(b.off(k, l.Name, size, log, noise))
		}
	}
	variance := paceVar
	if k.well == 0 {
		variance = paceVarNew
	}
	return p.mean(variance), math.Sqrt(0.3 / (p.weight + 1/variance))
}

// toldBy is what a step shows of its time: the log, and its variance. A running
// one shows it by its percent.
func (b *Book) toldBy(k *kind, l *Lap) (log, noise float64, ok bool) {
	switch l.State {
	case Done:
		return logOf(l.Active), paceNoise, true
	case Running:
		if p, said := furthest(l.Curve); said {
			log, spread := b.foretold(k, l.Name, p)
			return log, paceNoise + spread*spread, true
		}
	}
	return 0, 0, false
}

// off is how far a time lies from what was guessed, and how much that weighs.
func (b *Book) off(k *kind, name string, size, log, noise float64) (off, weight float64) {
	mean, spread := b.world.time(k, name, size)
	return clamp(log-mean, -paceClip, paceClip), 1 / (spread*spread + noise)
}

// balance is a weighted mean under way.
type balance struct{ sum, weight float64 }

func (p *balance) add(x, weight float64) {
	p.sum += weight * x
	p.weight += weight
}

// mean is drawn toward 0, the more the smaller the variance.
func (p *balance) mean(variance float64) float64 { return p.sum / (p.weight + 1/variance) }

// learnPace learns from a run that ended well, before its steps are learned.
func (b *Book) learnPace(k *kind, r *Run) {
	if k.well == 0 {
		return
	}
	size := sizeOf(r)
	var p balance
	for i := range r.Laps {
		l := &r.Laps[i]
		if l.State != Done {
			continue
		}
		off, weight := b.off(k, l.Name, size, logOf(l.Active), paceNoise)
		if p.weight > 0 {
			k.tempo.add(p.mean(paceVar), off, weight*paceVar)
		}
		p.add(off, weight)
	}
}

func (t *tempo) add(sofar, then, weight float64) {
	t.square = tempoStays*t.square + weight*sofar*sofar
	t.product = tempoStays*t.product + weight*sofar*then
}
