package intents

import "github.com/taskherald/herald/progress"

// truster says whether an act may be done at once.
type truster struct{ hinter }

// byStatus takes "go ahead" and "again" as what the status of the task makes of them.
func (m truster) byStatus(r *Reading, c *clause) {
	status := m.statusOf(r.Task)
	switch {
	case c.has.has(goAhead) && r.Intent == Resume && status == progress.Waiting:
		r.Intent, r.Verb = Approve, progress.VerbApprove
	case c.has.has(goAhead) && r.Intent == Approve && status == progress.Paused:
		r.Intent, r.Verb = Resume, progress.VerbResume
	case c.again && r.Intent == Retry && r.Step == 0 && status != progress.Failed:
		r.Intent, r.Verb = Restart, progress.VerbRestart
	}
}

// statusOf is the status of a task, "" for none.
func (m truster) statusOf(id progress.TaskID) progress.Status {
	for _, t := range m.in.Tasks {
		if t.ID == id {
			return t.Status
		}
	}
	return ""
}

// figurative reports whether a clause asks by an English saying and names nothing: "let it rip",
// "from the top", which people say of anything. What is put plainly is shorter.
func (m truster) figurative(c *clause) bool {
	return m.lang == 0 && !c.object && c.step == 0 && c.at+2 < c.end && m.part[c.at+1] && m.part[c.at+2]
}

// awaited reports whether a decision is waited for where it was told.
func (m truster) awaited(r *Reading) bool {
	return r.How != ByStatus && r.How != ByOnly && m.statusOf(r.Task) == progress.Waiting
}

// trust says whether an act may be done at once.
func (m truster) trust(r *Reading, d deed) {
	c := &m.clauses[d.clause]
	switch {
	case r.Task == "" && r.Fits == nil:
		r.Sure = SureAnswer
	case r.Task == "":
		r.Sure = SureAsk
	case c.spelt:
		r.Sure, r.Doubt = SureAsk, Misspelt
	case m.risky(r), c.again && r.Intent == Restart && !m.statusOf(r.Task).Ended():
		r.Sure, r.Doubt = SureAsk, Loose
	case d.stray && m.astray(r, c), m.unnamedBy(r) && m.odd(c):
		r.Sure, r.Doubt = SureAsk, Unproven
	default:
		r.Sure = SureAct
	}
}

// risky reports whether the task was found by a name that is nearly right, or that of an act
// which cannot be undone by its status.
func (m truster) risky(r *Reading) bool {
	if r.How == BySpelling {
		return true
	}
	if r.Intent != Cancel && r.Intent != Restart && r.Intent != Reject {
		return false
	}
	return r.How == ByStatus || r.How == ByOnly
}

// unnamedBy reports whether a task was found by nothing that names it.
func (m truster) unnamedBy(r *Reading) bool {
	return r.How == ByThread || r.How == ByStatus || r.How == ByOnly
}

// odd reports whether such a word stands behind the verb of a clause.
func (m truster) odd(c *clause) bool {
	for i := c.at + 1; i < c.end; i++ {
		w := m.means[i].set
		if m.refOf[i] != 0 || m.part[i] || w.any(setOf(filler, pronoun, taskWord, stepWord, bulk)) {
			continue
		}
		if w.any(odds) || w.has(unit) && m.duration(i) == 0 {
			return true
		}
	}
	return false
}

// astray reports whether words of a clause that are no part of a reason mean nothing here.
func (m truster) astray(r *Reading, c *clause) bool {
	for i := c.start; i < c.end; i++ {
		if m.means[i].known() || m.refOf[i] != 0 || m.part[i] {
			continue
		}
		if at := m.tokens[i].start; r.Reason == "" || at < m.reasonAt || at >= m.reasonAt+len(r.Reason) {
			return true
		}
	}
	return false
}

// odds are the classes of words that have no business behind an act, but as a part of a name.
var odds = setOf(statusWord, logsWord, etaWord, historyWord, helpWord, listWord, noticeWord, plural)
