package estimate

// Book is what was learned of past runs. Learn must not be called beside any
// other method; the others may run beside each other.
type Book struct {
	kinds map[string]*kind
	world world
	clock int // runs learned
}

// The most that a book remembers.
const (
	mostKinds = 500
	mostNames = 5000 // of steps, over all kinds
	mostSteps = 256  // of a kind
)

// NewBook is an empty book.
func NewBook() *Book {
	return &Book{kinds: map[string]*kind{}, world: world{names: map[string]*series{}}}
}

// Learn takes a run that has ended into the book. Runs should come in the order
// in which they ended. One whose ID was learned lately is the same run, gone
// further: only what is new in it is learned.
func (b *Book) Learn(r *Run) {
	b.clock++
	k := b.open(r.Kind)
	k.used = b.clock
	k.begins(r)
	r = narrow(k, r)
	well := r.verdict() == endedWell && r.Elapsed > 0
	was := k.again(r.ID)
	if well && !was.counts() {
		b.check(k, r)
		b.learnPace(k, r)
	}
	b.learnLaps(k, r, was, well)
	k.remember(r, was, well)
}

// open finds a kind or begins it; of too many the one goes that was learned of
// longest ago.
func (b *Book) open(name string) *kind {
	k := b.kinds[name]
	if k == nil {
		forgetOldest(b.kinds, mostKinds, func(k *kind) int { return k.used })
		k = &kind{steps: map[string]*step{}}
		b.kinds[name] = k
	}
	return k
}

// forgetOldest makes room in a map for one more.
func forgetOldest[V any](from map[string]V, most int, used func(V) int) {
	if len(from) < most {
		return
	}
	oldest, when := "", 0
	for name, v := range from {
		if at := used(v); oldest == "" || at < when || at == when && name < oldest {
			oldest, when = name, at
		}
	}
	delete(from, oldest)
}

// learnLaps learns the steps that were completed, but for those that an earlier
// end of the same run has taught already.
func (b *Book) learnLaps(k *kind, r *Run, was *passed, well bool) {
	size := sizeOf(r)
	adds, tail := costs(r)
	for i := range r.Laps {
		l := &r.Laps[i]
		if !l.teaches(well) || was.knows(l) {
			continue
		}
		s := k.step(l.Name, b.clock)
		b.world.learn(l, !s.took.known())
		s.took.add(sample{logOf(l.Active), size})
		s.adds.add(sample{logOf(adds[i]), size})
		if l.State == Done {
			s.gone.learn(l.Curve, l.Active, curveForget)
		}
	}
	if well && !was.counts() {
		k.tail.add(sample{logOf(tail), size})
	}
}

// known is the kind of that name, an empty one if it is not known.
func (b *Book) known(name string) *kind {
	if k := b.kinds[name]; k != nil {
		return k
	}
	return &stranger
}

var stranger kind // never changed

// world is what all kinds have in common.
type world struct {
	names map[string]*series // times of the first runs of steps of a name,
	older map[string]*series // and those that were not seen since names was full last
	any   series             // of steps of any name
	gone  curve
	band  [ages]band
}

// learn learns of a step; of its time only if it says something beyond its kind.
func (w *world) learn(l *Lap, first bool) {
	if l.State == Done {
		w.gone.learn(l.Curve, l.Active, worldForget)
	}
	s := w.named(l.Name)
	if s == nil {
		s = &series{}
	}
	if l.Name != whole { // which has nothing in common with that of another kind
		w.keep(l.Name, s)
	}
	if first || len(s.past) < 4 {
		v := sample{logOf(l.Active), unknown}
		s.add(v)
		w.any.add(v)
	}
}

// named is what is known of steps of a name, nil if nothing.
func (w *world) named(name string) *series {
	if s := w.names[name]; s != nil {
		return s
	}
	return w.older[name]
}

// keep keeps a name among the newer ones. When these are many, they become the
// older ones, and those are forgotten.
func (w *world) keep(name string, s *series) {
	if w.names[name] == nil && len(w.names) >= mostNames/2 {
		w.names, w.older = map[string]*series{}, w.names
	}
	w.names[name] = s
}

// time is the log of what a step takes, and its spread: by its kind, else by
// what is known elsewhere.
func (w *world) time(k *kind, name string, size float64) (mean, spread float64) {
	if s := k.steps[name]; s != nil && s.took.known() {
		return s.took.guess(size), s.took.spread()
	}
	return w.borrow(name)
}

// The spread of a time that is borrowed: from steps of the name, from any step,
// from nothing.
const (
	namesake  = 0.7
	anyStep   = 1.3
	nothing   = 2
	aMinute   = 60 // of which nothing is known
	longMeans = means - 1
)

// borrow is the log of the time of a step that its kind does not know.
func (w *world) borrow(name string) (mean, spread float64) {
	if s := w.named(name); s.known() {
		return s.guess(unknown), max(s.spread(), namesake)
	}
	if w.any.known() {
		return w.any.plain.says[longMeans], anyStep
	}
	return logOf(aMinute), nothing
}
