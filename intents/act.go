package intents

import "slices"

// doer reads what is to be done.
type doer struct{ doubter }

// deed is something that a clause asks to be done.
type deed struct {
	act    int // an index of acts
	clause int
	doubt  Doubt // why it is not done at once, "" for none
	stray  bool  // there are words in it that we do not know
	target int   // the clause that names the task, if another one corrects it; -1 for none
	step   int   // that a later clause names instead, 0 for none
	taken  bool  // it was taken back by a word that can go on with another task
}

// names is the clause that names what the deed is about.
func (d deed) names() int {
	if d.target >= 0 {
		return d.target
	}
	return d.clause
}

// positive reports whether the deed is asked for.
func (d deed) positive() bool { return d.doubt == "" }

// deeds are what the message asks to be done, corrected by what it says later.
func (m doer) deeds() (out []deed) {
	corrected := false
	for i := range m.clauses {
		c := &m.clauses[i]
		fix := c.has.has(correction) || corrected || (c.refs > 0 || c.act >= 0) && m.is(c.start, setOf(noWord)) && !m.is(c.start, setOf(negator))
		d, ok := m.deed(i)
		switch {
		case ok && fix && d.positive() && len(out) > 0:
			out = append(out[:0], m.inherit(d, out[len(out)-1]))
		case ok && d.doubt == Negated && m.unsays(out, d):
		case ok:
			out = append(out, d)
		case len(out) > 0 && c.act < 0 && (c.refs > 0 || c.step > 0) && (fix || m.afterwards(i)):
			last := &out[len(out)-1]
			if last.step = c.step; c.refs > 0 {
				last.target = i
			}
			if last.taken {
				last.doubt, last.taken = "", false
			}
		case len(out) > 0 && m.lists(out[len(out)-1], i):
			if m.numbers(i) || !m.narrows(&out[len(out)-1], i) {
				out[len(out)-1].doubt = Several
			}
		case len(out) > 0 && m.takesBack(c, fix):
			for k := range out {
				out[k].taken = out[k].taken || out[k].positive()
				out[k].doubt = Negated
			}
		}
		corrected = !ok && (corrected || c.has.has(correction) || m.onlySays(c, noWord)) && c.refs == 0 && len(out) > 0
	}
	return out
}

// unsays takes back an act that a later clause says not to do, if there is one.
func (m doer) unsays(out []deed, d deed) bool {
	for k := range out {
		if out[k].act == d.act && out[k].positive() && m.clauses[d.clause].refs == 0 {
			out[k].doubt = Negated
			return true
		}
	}
	return false
}

// onlySays reports whether a clause says nothing but a word of a class.
func (m doer) onlySays(c *clause, k class) bool {
	return c.has.has(k) && c.has&^setOf(filler, k, correction, negator) == 0 && c.stray < 2 && c.act < 0
}

// afterwards reports whether a clause is a correction that says so behind it: "q2 i mean".
func (m doer) afterwards(i int) bool {
	return i+1 == len(m.clauses)-1 && m.clauses[i+1].lead.has(correction) && m.clauses[i+1].heavy <= 1 && !m.clauses[i+1].has.has(leave)
}

// lists reports whether a clause only goes on naming what a deed before it is about: tasks
// or numbers of steps.
func (m doer) lists(d deed, i int) bool {
	c := &m.clauses[i]
	if c.sentence != m.clauses[d.clause].sentence || i != d.clause+1 && !m.lists(d, i-1) {
		return false
	}
	found := false
	for j := c.start; j < c.end; j++ {
		number := m.isNumber(j) && (m.clauses[d.clause].step > 0 || m.placed(&m.clauses[d.clause]))
		found = found || m.refOf[j] != 0 || number
		if m.refOf[j] == 0 && !number && !m.means[j].set.any(setOf(filler, andWord, nounWord, negator)) {
			return false
		}
	}
	return found
}

// placed reports whether a clause names a task by its place in the list.
func (m doer) placed(c *clause) bool {
	best := m.bestRef(c)
	return best != nil && best.how == ByPosition
}

// numbers reports whether a number stands in a clause.
func (m doer) numbers(i int) bool {
	for j := m.clauses[i].start; j < m.clauses[i].end; j++ {
		if m.isNumber(j) {
			return true
		}
	}
	return false
}

// narrows takes a clause that names one of the tasks that a deed can mean as what it means.
func (m doer) narrows(d *deed, i int) bool {
	c := &m.clauses[i]
	if c.refs == 0 && m.refsIn(c) {
		return true // it only says which is not meant
	}
	more, clash := m.fits(c)
	if m.clauses[d.clause].refs == 0 && !clash && c.refs > 0 {
		d.target = i
		return true
	}
	of, _ := m.fits(&m.clauses[d.clause])
	both := more.and(&of)
	if c.refs == 0 || clash || both.empty() {
		return false
	}
	d.target = i
	return true
}

// inherit gives a deed the target of the one that it corrects, if it names none.
func (m doer) inherit(d, before deed) deed {
	if m.clauses[d.clause].refs == 0 {
		d.target = before.clause
		if before.target >= 0 {
			d.target = before.target
		}
	}
	return d
}

// takesBack reports whether a clause takes back what was asked for: "no, leave it", "dont".
func (m doer) takesBack(c *clause, fix bool) bool {
	if c.has.has(leave) {
		return true
	}
	if (c.act < 0 || c.form == faint) && c.lead.has(butWord) && c.has.any(setOf(laterWord, ifWord)) {
		return true // but only tomorrow
	}
	if c.act >= 0 || c.stray > 0 || !c.has.any(setOf(negator, noWord)) {
		return false
	}
	return fix || c.has&^retracting == 0
}

// retracting are the classes of words that stand in a clause which only takes something back:
// "but not yet", "actually no", "I guess not".
var retracting = setOf(filler, negator, noWord, correction, butWord, andWord, laterWord, request, pronoun, adviceWord, toldWord, subject, wishWord, isIt, ofWord, clockWord)

// deed is what a clause asks to be done; ok is false if it is nothing of the kind.
func (m doer) deed(i int) (d deed, ok bool) {
	c := &m.clauses[i]
	d = deed{act: m.actOf(c), clause: i, stray: c.stray > 0, target: -1}
	if c.act < 0 || c.lead.has(because) || m.isNotice(c) || m.stopsNotices(i) >= 0 || m.asksAbout(c) || m.follows(i) && m.asksAbout(&m.clauses[i-1]) {
		return d, false
	}
	alien := (c.alien || m.ofOthers(i)) && !(c.has.has(adviceWord) && m.in.About != "") && !m.startsOver(i)
	if c.form == faint && (c.has.has(logsWord) || !m.clearObject(c) || !m.leads(c, c.at)) || alien || m.wonders(i) {
		return d, false
	}
	d.doubt = m.doubt(i)
	return d, true
}

// ofOthers reports whether "it" is something else that was spoken of before, where no thread is
// about a task: a thing that was pointed at, as in "i forgot my pin, reset it", or anything
// where it could be several tasks.
func (m doer) ofOthers(i int) bool {
	c := &m.clauses[i]
	if i == 0 || m.threaded() || c.refs > 0 || !m.pronounIn(c) || c.has.has(taskWord) {
		return false
	}
	open := Reading{Verb: acts[c.act].verb}
	m.unnamed(&open)
	for j := i - 1; j >= 0 && m.clauses[j].sentence == c.sentence; j-- {
		o := &m.clauses[j]
		if open.Ambiguous() && o.act < 0 && o.refs == 0 && o.stray > 0 && !o.has.any(setOf(taskWord, jobNoun)) {
			return true
		}
		for k := o.start + 1; k < o.end && o.refs == 0; k++ {
			if m.refOf[k] == 0 && !m.part[k] && !m.means[k].known() && (slices.Contains(owners, m.tokens[k-1].text) || m.is(k-1, setOf(pronoun)) && m.determines(k-1, o.end)) {
				return true
			}
		}
	}
	return false
}

// owners say whose a thing is.
var owners = []string{"my", "our", "his", "her", "their", "minha", "meu", "mi", "mis", "mein", "meine", "meinen", "unser", "unsere", "mon", "ma", "mes"}

// startsOver reports whether a clause has a task begin again that the one before ends,
// whatever it shall begin again with.
func (m doer) startsOver(i int) bool {
	if i == 0 || m.clauses[i].act != actRestart || m.clauses[i-1].sentence != m.clauses[i].sentence {
		return false
	}
	before := &m.clauses[i-1]
	return before.form == asks && (before.act == actCancel || before.act == actPause) && !before.negated
}

// wonders reports whether the sentence of a clause asks what an act would do: "if I reject it,
// what happens?".
func (m doer) wonders(i int) bool {
	for j := range m.clauses {
		c := &m.clauses[j]
		if j != i && c.sentence == m.clauses[i].sentence && c.act < 0 && c.has.has(howTo) {
			return true
		}
	}
	return false
}

// clearObject reports whether a clause names a task or a step by more than a pronoun, and as it
// is written.
func (m doer) clearObject(c *clause) bool {
	best := m.bestRef(c)
	return best != nil && best.how != BySpelling || c.step > 0 || c.has.any(setOf(taskWord, stepWord, bulk)) && !c.alien
}
