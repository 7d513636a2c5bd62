package intents

import (
	"slices"

	"github.com/taskherald/herald/progress"
)

// resolver finds the task that is meant.
type resolver struct{ distinguisher }

// fits are the tasks that a clause names; clash tells that it names several.
func (m resolver) fits(c *clause) (all tasks, clash bool) {
	named := false
	for i := c.start; i < c.end; i++ {
		if m.refOf[i] == 0 || i > c.start && m.refOf[i] == m.refOf[i-1] {
			continue
		}
		r := &m.refs[m.refOf[i]-1]
		switch {
		case r.not:
		case !named:
			all, named = r.fits, true
		default:
			both := all.and(&r.fits)
			if both.empty() {
				return all, true
			}
			all = both
		}
	}
	return all, false
}

// target finds the task that a clause is about, by what is named there or near it.
func (m resolver) target(r *Reading, at, instead int) {
	if instead >= 0 && m.named(r, instead) {
		return
	}
	if at >= 0 && m.named(r, at) {
		return
	}
	if m.strangeTask(r, at) {
		return
	}
	for d := 1; d < len(m.clauses); d++ {
		for _, j := range [2]int{at - d, at + d} {
			if j >= 0 && j < len(m.clauses) && m.namesFor(at, j) && m.there(r, at, j) && m.named(r, j) {
				return
			}
		}
	}
	m.unnamed(r)
}

// namesFor reports whether one clause can name what another is about: one after it that says
// why something is to be done does not.
func (m resolver) namesFor(at, j int) bool {
	c := &m.clauses[j]
	if c.lead.has(because) {
		return false
	}
	return j < at || at < 0 || m.clauses[at].act < 0 || !m.clauses[at].object || c.stray == 0
}

// there reports whether what a clause names for another is there. Before an act a strange word
// beside a name is rather part of what else is said: "cool your jets stripe, pause it".
func (m resolver) there(r *Reading, at, j int) bool {
	c := &m.clauses[j]
	if c.refs == 0 {
		return false
	}
	all, _ := m.fits(c)
	best := m.bestRef(c)
	return best != nil && (best.how == ByID || best.how == ByPosition || !all.empty() && !m.otherName(c, best, all, r.Verb != "" && !m.leadsUp(j, at)))
}

// leadsUp reports whether a clause stands before an act in its sentence.
func (m resolver) leadsUp(j, at int) bool {
	return j < at && m.clauses[at].act >= 0 && m.clauses[j].sentence == m.clauses[at].sentence && m.clauses[j].act < 0
}

// strangeTask reports whether a clause names a task by words that no title has: "the payroll
// job".
func (m resolver) strangeTask(r *Reading, at int) bool {
	if at < 0 {
		return false
	}
	c := &m.clauses[at]
	for i := c.start + 1; i < c.end; i++ {
		if m.refOf[i] != 0 || m.part[i] || !m.means[i].set.any(setOf(taskWord, jobNoun)) || m.tokens[i].before > spaced {
			continue
		}
		j := i
		for j > c.start && m.refOf[j-1] == 0 && !m.part[j-1] && !m.means[j-1].known() {
			j--
		}
		if j == i && m.means[i].set.has(jobNoun) && m.means[i].set&setOf(taskWord) == 0 && c.refs == 0 && !m.threaded() {
			r.Named, r.How = m.text(j, i+1), ByWords
			return true
		}
		if j < i {
			r.Named, r.How = m.text(j, i), ByWords
			return true
		}
	}
	return false
}

// named takes the task that a clause names, if it names any.
func (m resolver) named(r *Reading, at int) bool {
	c := &m.clauses[at]
	if c.refs == 0 {
		return false
	}
	all, clash := m.fits(c)
	best := m.bestRef(c)
	if best == nil {
		return false
	}
	r.How = best.how
	switch {
	case clash:
		for k := range m.in.Tasks {
			for i := c.start; i < c.end; i++ {
				if m.refOf[i] != 0 && !m.refs[m.refOf[i]-1].not && m.refs[m.refOf[i]-1].fits.has(k) {
					all.add(k)
				}
			}
		}
		m.among(r, all)
	case all.empty() || m.otherName(c, best, all, r.Verb != ""):
		r.Named = m.name(c, best)
		r.How = best.how
	default:
		m.among(r, all)
	}
	return true
}

// among takes the one of some tasks, or the thread's if it is one of them; else all.
func (m resolver) among(r *Reading, all tasks) {
	if k := all.only(); k >= 0 {
		r.Task = m.in.Tasks[k].ID
		return
	}
	for k := range m.in.Tasks {
		if all.has(k) && m.in.Tasks[k].ID == m.in.About {
			r.Task, r.How = m.in.About, ByThread
			return
		}
	}
	m.offer(r, func(k int) bool { return all.has(k) })
}

// bestRef is the most certain of what a clause names.
func (m resolver) bestRef(c *clause) (best *ref) {
	for i := c.start; i < c.end; i++ {
		if m.refOf[i] == 0 {
			continue
		}
		r := &m.refs[m.refOf[i]-1]
		if !r.not && (best == nil || certainty(r.how) < certainty(best.how)) {
			best = r
		}
	}
	return best
}

// certainty is how far a way is from the most certain one.
func certainty(h How) int {
	for i, o := range [...]How{ByID, ByPosition, ByTitle, ByWords, BySpelling} {
		if o == h {
			return i
		}
	}
	return 9
}

// unnamed finds the task where none is named: the thread's, the only one whose status admits
// the act, or the only one that has not ended.
func (m resolver) unnamed(r *Reading) {
	if m.threaded() {
		r.Task, r.How = m.in.About, ByThread
		return
	}
	if wants := admits(r.Verb); wants != "" {
		if k := m.onlyOne(func(t Task) bool { return t.Status == wants }); k >= 0 {
			r.Task, r.How = m.in.Tasks[k].ID, ByStatus
			return
		}
	}
	open := func(t Task) bool { return !t.Status.Ended() }
	if k := m.onlyOne(open); k >= 0 {
		r.Task, r.How = m.in.Tasks[k].ID, ByOnly
		return
	}
	if len(m.in.Tasks) == 1 {
		r.Task, r.How = m.in.Tasks[0].ID, ByOnly
		return
	}
	m.offer(r, func(k int) bool { return open(m.in.Tasks[k]) })
	if r.Fits == nil {
		m.offer(r, func(int) bool { return true })
	}
}

// threaded reports whether the thread is about one of the tasks.
func (m resolver) threaded() bool {
	return m.in.About != "" && slices.ContainsFunc(m.in.Tasks, func(t Task) bool { return t.ID == m.in.About })
}

// offer takes several tasks.
func (m resolver) offer(r *Reading, fits func(k int) bool) {
	for k := range m.in.Tasks {
		if fits(k) {
			r.Fits = append(r.Fits, m.in.Tasks[k].ID)
		}
	}
}

// onlyOne is the only task that fits, -1 if none does or several do.
func (m resolver) onlyOne(fits func(Task) bool) int {
	found := -1
	for k, t := range m.in.Tasks {
		if fits(t) {
			if found >= 0 {
				return -1
			}
			found = k
		}
	}
	return found
}

// admits is the status of a task that a verb most likely means, "" for any that has not
// ended.
func admits(v progress.Verb) progress.Status {
	switch v {
	case progress.VerbResume:
		return progress.Paused
	case progress.VerbApprove, progress.VerbReject:
		return progress.Waiting
	case progress.VerbRetry, progress.VerbSkip:
		return progress.Failed
	case progress.VerbPause:
		return progress.Running
	}
	return ""
}

// sureOf says what follows from a reading that changes nothing.
func (m resolver) sureOf(r *Reading) Sure {
	if r.Intent == Clarify || r.Ambiguous() {
		return SureAsk
	}
	return SureAnswer
}
