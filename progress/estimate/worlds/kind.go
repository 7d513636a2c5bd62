package worlds

// kind is how the runs of a job behave. Durations are in seconds, deviations
// those of logarithms, shares from 0 to 1.
type kind struct {
	steps []step
	runs  int

	// When runs begin.
	first  float64 // the first of them
	every  float64 // the time between them
	jitter float64 // how irregular that is, 0..1
	burst  float64 // the share of runs that begin while the last one runs

	// What all steps of a run share.
	shared   float64   // the deviation of the pace that runs hand on
	memory   float64   // how much of it the next run keeps
	jolt     float64   // the deviation of each run's own
	speeds   []float64 // of the runners, one of which takes the run
	sticky   float64   // how likely the next run has the same runner
	daily    float64   // how much slower it is by day
	drift    float64   // how much slower each run is than the last
	heavy    float64   // the factor of every seventh run, 0 if none
	tail     float64   // the share of draws that lie far out
	outlier  float64   // the share of runs with a time of 3 to 10 times
	modes    []float64 // paces between which it changes, each kept for some runs
	turn     float64   // how likely a run changes the mode
	cold     float64   // the factor after a long pause, 0 if none
	miss     float64   // how likely the caches of a run are empty
	missing  float64   // how likely that is after a run whose were
	size     float64   // the deviation of the size
	usual    float64   // the middle size
	growth   float64   // of the size with each run
	given    bool      // the size is told
	gap      float64   // the time between steps
	quantum  float64   // to which times are cut, 0 if they are not
	noPlan   bool      // nothing is declared
	loudSkip bool      // what is skipped is said

	// How runs end.
	fail, cancel, partial float64
	breaks                int // the step that mostly fails
}

// step is how a step behaves.
type step struct {
	name   string
	base   float64
	floor  float64 // which nothing makes shorter or longer
	noise  float64
	slope  float64 // the exponent of the size
	missed float64 // the factor of an empty cache, 0 if it has none
	own    float64 // how likely its own cache is empty
	skip   float64
	retry  float64
	wait   float64 // a wait of that time, often, and of many times that, seldom
	turns  []turning
	since  int  // the first run that has it
	until  int  // the first run that no longer has it, 0 if all do
	hidden bool // it is not in the plan
	beside bool // it begins with the one before
	talk   talk
}

// turning is a change for good.
type turning struct {
	at int // the run
	by float64
}

// lives tells whether the nth run has the step.
func (s *step) lives(nth int) bool {
	return nth >= s.since && (s.until == 0 || nth < s.until)
}

// plan is what the nth run declares.
func (k *kind) plan(nth int) []string {
	names := []string{}
	for i := range k.steps {
		if s := &k.steps[i]; !k.noPlan && !s.hidden && s.lives(nth) {
			names = append(names, s.name)
		}
	}
	return names
}

// largest is the step that takes longest.
func (k *kind) largest() int {
	most := 0
	for i := range k.steps {
		if k.steps[i].base > k.steps[most].base {
			most = i
		}
	}
	return most
}

// main is the step that takes longest.
func (k *kind) main() *step { return &k.steps[k.largest()] }

// usually is about how long a run takes.
func (k *kind) usually() float64 {
	sum := 0.0
	for i := range k.steps {
		sum += k.steps[i].base + k.steps[i].floor + k.gap
	}
	return sum
}
