package estimate

import "slices"

// order says which steps still come, by past runs.
type order struct {
	k       *kind
	after   string // the step that began last, "" before the first
	planned int    // place in the plan of the last step of it that has begun, -1 for none
}

// What a plan says counts as so many runs, and each run less than the next.
const (
	planCounts = 0.6
	orderFade  = 0.8
)

func (k *kind) orderOf(r *Run) order {
	o := order{k: k, planned: -1}
	latest := -1.0
	for i := range r.Laps {
		l := &r.Laps[i]
		if l.State == Ahead || l.State == Skipped {
			continue
		}
		if !l.Added {
			o.planned = i
		}
		if l.From >= latest && k.begun(l.Name) {
			latest, o.after = l.From, l.Name
		}
	}
	return o
}

// begun reports whether a step of that name began in a remembered run that ended
// well.
func (k *kind) begun(name string) bool {
	for _, p := range k.ends {
		if _, ok := p.begun[name]; ok && p.well {
			return true
		}
	}
	return false
}

// comes is how probable it is that a step still comes, 0..1.
func (o *order) comes(name string, planned bool) float64 {
	yes, all, weight := 0.0, planCounts, 1.0
	if planned {
		yes = planCounts
	}
	for _, p := range slices.Backward(o.k.ends) {
		from, seen := p.begun[o.after]
		if !p.well || !seen && o.after != "" {
			continue
		}
		at, came := p.begun[name]
		if came && at < from || planned && !came && !p.planned[name] {
			continue // this run is beyond that, or it was not in the plan: neither tells
		}
		all += weight
		if came {
			yes += weight
		}
		weight *= orderFade
	}
	return yes / all
}

// surprises are steps that were not planned in one of the newest runs that
// ended well, and are not in this one yet.
func (k *kind) surprises(r *Run) []string {
	var out []string
	looked := 0
	for _, p := range slices.Backward(k.ends) {
		if looked < 3 && p.well {
			looked++
			out = missing(out, p.added, r.Laps)
		}
	}
	return out
}

// missing adds the names that are neither in the list nor among the laps. Both
// come mostly in the same order.
func missing(list, names []string, laps []Lap) []string {
	next := 0
	for _, name := range names {
		if !foundFrom(laps, &next, name) && !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	return list
}

// foundFrom looks for a lap from a place on, and around.
func foundFrom(laps []Lap, next *int, name string) bool {
	for n := range laps {
		if i := (*next + n) % len(laps); laps[i].Name == name {
			*next = i + 1
			return true
		}
	}
	return false
}
