package intents

// pluralizer finds out whether an act is about several things.
type pluralizer struct{ suspecter }

// severalIn reports whether a clause asks for several acts, or is about several things.
func (m pluralizer) severalIn(c *clause) bool {
	if c.steps || c.has.has(bulk) && m.bulky(c) {
		return true
	}
	for i := c.start + 1; i < c.end; i++ {
		if m.severalAt(c, i) {
			return true
		}
	}
	if c.other >= 0 && !(c.act == actCancel && c.other == actRestart) && !(c.act == actRestart && c.other == actCancel) && m.actOf(c) == c.act {
		return true
	}
	if k := m.first(c, setOf(listWord)); c.refs == 0 && k > c.at && k < c.end {
		return true // stop all that runs
	}
	_, clash := m.fits(c)
	return clash || m.beside(c)
}

// severalAt reports whether a number at a token makes several tasks of a place in the list: task
// 1-3, tasks 1 and 2, the last 2.
func (m pluralizer) severalAt(c *clause, i int) bool {
	placed := func(k int) bool { return m.refOf[k] != 0 && m.refs[m.refOf[k]-1].how == ByPosition }
	if !m.is(i, setOf(cardinal)) || m.refOf[i] != 0 || m.is(i+1, setOf(unit, linesWord)) {
		return false
	}
	switch {
	case m.isNumber(i) && m.tokens[i].before != spaced && placed(i-1):
		return true
	case m.isNumber(i) && i > c.start+1 && (m.is(i-1, setOf(andWord)) || m.spans(i-1)) && placed(i-2):
		return true
	}
	return m.means[i].value > 1 && m.is(i-1, setOf(ordinal)) && m.refOf[i-1] == 0 && !m.is(i+1, setOf(stepWord))
}

// severalBefore reports whether the clause before names several steps for this one, or
// another task by a word that we do not know: "can the export and retry the import".
func (m pluralizer) severalBefore(i int) bool {
	if i == 0 || m.clauses[i-1].sentence != m.clauses[i].sentence || m.clauses[i-1].act >= 0 {
		return false
	}
	c, before := &m.clauses[i], &m.clauses[i-1]
	if before.steps && c.step == 0 {
		return true
	}
	if _, clash := m.fits(before); clash && c.refs == 0 && before.stray == 0 {
		return true
	}
	if !c.lead.has(andWord) || c.refs == 0 || before.refs == 0 || before.said || before.has.any(reasons) {
		return false
	}
	p, _ := m.fits(c)
	q, _ := m.fits(before)
	both := p.and(&q)
	return both.empty()
}

// beside reports whether a clause names a task beside one that it points at: "this one and the
// backup".
func (m pluralizer) beside(c *clause) bool {
	for i := c.start + 1; i < c.end-1; i++ {
		if l := m.lemma(i); m.refOf[i] != 0 || l == nil || !l.set.has(andWord) {
			continue
		}
		j := i + 1
		for j < c.end-1 && m.refOf[j] == 0 && m.saysNothing(m.tokens[j].text) {
			j++
		}
		points := func(k int) bool { return m.refOf[k] == 0 && m.is(k, setOf(pronoun)) && !m.determines(k, c.end) }
		k := i - 1
		for k > c.start && m.part[k] {
			k--
		}
		if points(k) && m.refOf[j] != 0 || m.refOf[i-1] != 0 && points(j) {
			return true
		}
	}
	return false
}

// bulky reports whether a word for many is what the verb is about, and not the whole of one
// task.
func (m pluralizer) bulky(c *clause) bool {
	for i := c.start; i < c.end; i++ {
		if m.refOf[i] == 0 && !m.part[i] && m.means[i].set.has(bulk) && !(i > c.start && m.clitic(i-1)) && !m.these(c, i) {
			return c.step == 0
		}
	}
	return false
}

// these reports whether a word for many stands for what was named before: "the letters are
// lovely, approve them".
func (m pluralizer) these(c *clause, i int) bool {
	switch m.tokens[i].text {
	case "them", "these", "those", "em":
	default:
		return false
	}
	for j := range m.clauses {
		if o := &m.clauses[j]; o.end <= c.start && o.refs == 1 {
			return true
		}
	}
	return false
}

// reasons are the classes of words that say how things stand.
var reasons = setOf(isIt, endWord, badWord, state, toldWord, subject, because, statusWord)
