package intents

import "strings"

// doubter finds what speaks against an act.
type doubter struct{ suspecter }

// doubt is why what a clause asks for is not done at once; "" if nothing speaks against it.
func (m doubter) doubt(i int) Doubt {
	c := &m.clauses[i]
	around := m.around(i)
	if m.quotes(i) {
		return Told
	}
	if m.follows(i) && (m.wished(&m.clauses[i-1]) || m.told(&m.clauses[i-1])) {
		return Told
	}
	switch {
	case c.has.has(adviceWord) || around.has(adviceWord):
		return Advice
	case c.negated, m.withholds(c), m.deniedBefore(i):
		return Negated
	case around.has(ifWord):
		return Conditional
	case m.wished(c):
		return Wished
	case around.has(laterWord) && !m.during(c):
		return Later
	case m.told(c):
		return Told
	case m.severalIn(c), m.severalBefore(i):
		return Several
	case c.asked && !m.requested(c):
		return Advice
	case c.before > 0, m.misdirected(c):
		return Unproven
	}
	return ""
}

// deniedBefore reports whether the clause before is nothing but a negation: "do not, under
// any circumstances, …".
func (m doubter) deniedBefore(i int) bool {
	for j := i - 1; j >= 0 && m.clauses[j].sentence == m.clauses[i].sentence; j-- {
		c := &m.clauses[j]
		if c.act >= 0 || c.stray > 2 || m.refsIn(c) || c.has.any(setOf(correction, noWord)) && !c.has.has(request) {
			return false
		}
		if c.has.has(negator) {
			return m.endsDenied(c)
		}
	}
	return false
}

// endsDenied reports whether a clause ends with a negation.
func (m doubter) endsDenied(c *clause) bool {
	i := c.end - 1
	for i > c.start && (m.part[i] || m.means[i].set == setOf(filler) && m.means[i].form == noVerb) {
		i--
	}
	return m.is(i, setOf(negator))
}

// withholds reports whether a clause holds back an approval, which is no pause and no
// rejection.
func (m doubter) withholds(c *clause) bool {
	if c.act != actPause && c.act != actCancel || c.saidAct != actApprove {
		return false
	}
	for i := c.at + 1; i < c.end && m.refOf[i] == 0; i++ {
		if m.means[i].form == says && (c.refs == 0 || strings.HasSuffix(m.tokens[i].text, "ing")) {
			return true
		}
	}
	return false
}

// around are the classes of the sentence that a clause is in, without clauses that are about
// messages, and from the last contrast on.
func (m doubter) around(i int) (s set) {
	c := &m.clauses[i]
	s = c.has
	for j := i - 1; j >= 0 && m.clauses[j].sentence == c.sentence && !c.lead.any(setOf(butWord, correction)); j-- {
		o := &m.clauses[j]
		if o.has.any(setOf(correction)) || m.isNotice(o) || o.lead.has(because) {
			break
		}
		s |= o.has & m.weighs(o)
		if o.lead.has(butWord) {
			break
		}
	}
	for j := i + 1; j < len(m.clauses) && m.clauses[j].sentence == c.sentence && !m.clauses[j].lead.has(butWord); j++ {
		if m.clauses[j].lead.has(because) {
			break
		}
		s |= m.clauses[j].has & setOf(adviceWord)
	}
	for j := i + 1; j < len(m.clauses) && m.clauses[j].sentence == c.sentence; j++ {
		o := &m.clauses[j]
		if o.lead.any(setOf(butWord, correction, because)) || m.isNotice(o) || o.act >= 0 && !o.lead.has(ifWord) {
			break
		}
		s |= o.has & m.weighs(o)
	}
	if m.soon(c) {
		s |= setOf(laterWord)
	}
	return s
}

// weighs are the classes of another clause that count for an act: what it says of time is
// its own where it says something whole, and "when" asks where it is a question.
func (m doubter) weighs(o *clause) set {
	s := setOf(ifWord, laterWord, adviceWord)
	if o.asked && o.act < 0 {
		s &^= setOf(ifWord)
	}
	if o.stray > 0 && !o.has.has(ifWord) {
		s &^= setOf(laterWord)
	}
	if o.act < 0 && m.strange(o.start, min(m.first(o, setOf(ifWord)), o.end)) {
		s &^= setOf(ifWord) // "kill it, the loss diverged after epoch 3"
	}
	return s
}

// wished reports whether a wish or a plan stands before the verb.
func (m doubter) wished(c *clause) bool { return m.first(c, setOf(wishWord)) < c.at }

// told reports whether somebody tells of an act: who did it stands before the verb.
func (m doubter) told(c *clause) bool {
	if m.first(c, setOf(toldWord)) < c.at || m.fails(c) {
		return true
	}
	k := m.first(c, setOf(subject))
	return k < c.at && m.first(c, setOf(request)) > c.at
}

// follows reports whether a clause goes on with what the one before it began: "and …".
func (m doubter) follows(i int) bool {
	return i > 0 && m.clauses[i].lead.has(andWord) && m.clauses[i-1].sentence == m.clauses[i].sentence && m.clauses[i-1].act >= 0
}

// severalIn reports whether a clause asks for several acts, or is about several things.
func (m doubter) severalIn(c *clause) bool {
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
	_, clash := m.fits(c)
	return clash || m.beside(c)
}

// severalAt reports whether a number at a token makes several tasks of a place in the list: task
// 1-3, tasks 1 and 2, the last 2.
func (m doubter) severalAt(c *clause, i int) bool {
	placed := func(k int) bool { return m.refOf[k] != 0 && m.refs[m.refOf[k]-1].how == ByPosition }
	if !m.is(i, setOf(cardinal)) || m.refOf[i] != 0 || m.is(i+1, setOf(unit, linesWord)) {
		return false
	}
	switch {
	case m.isNumber(i) && m.tokens[i].before != spaced && placed(i-1):
		return true
	case m.isNumber(i) && i > c.start+1 && (m.is(i-1, setOf(andWord)) || m.range0(i-1)) && placed(i-2):
		return true
	}
	return m.means[i].value > 1 && m.is(i-1, setOf(ordinal)) && m.refOf[i-1] == 0 && !m.is(i+1, setOf(stepWord))
}

// severalBefore reports whether the clause before names several steps for this one, or
// another task by a word that we do not know: "can the export and retry the import".
func (m doubter) severalBefore(i int) bool {
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
func (m doubter) beside(c *clause) bool {
	for i := c.start + 1; i < c.end-1; i++ {
		if l := m.lemma(i); m.refOf[i] != 0 || l == nil || !l.set.has(andWord) {
			continue
		}
		j := i + 1
		for j < c.end-1 && m.refOf[j] == 0 && m.says0(m.tokens[j].text) {
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

// reasons are the classes of words that say how things stand.
var reasons = setOf(isIt, endWord, badWord, state, toldWord, subject, because, statusWord)

// bulky reports whether a word for many is what the verb is about, and not the whole of one
// task.
func (m doubter) bulky(c *clause) bool {
	for i := c.start; i < c.end; i++ {
		if m.refOf[i] == 0 && !m.part[i] && m.means[i].set.has(bulk) && !(i > c.start && m.clitic(i-1)) && !m.these(c, i) {
			return c.step == 0
		}
	}
	return false
}

// these reports whether a word for many stands for what was named before: "the letters are
// lovely, approve them".
func (m doubter) these(c *clause, i int) bool {
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

// requested reports whether a question asks for the act: can you, will you, please, ok?
func (m doubter) requested(c *clause) bool {
	return c.has.any(setOf(request, yesWord)) || m.pleads(c)
}

// pleads reports whether somebody says please.
func (m doubter) pleads(c *clause) bool {
	for i := c.start; i < c.end; i++ {
		switch m.tokens[i].text {
		case "please", "pls", "plz", "plss", "kindly", "pfv", "pf", "porfa", "porfavor", "bitte", "stp", "svp", "plait":
			return true
		case "por":
			return m.after(i) == "favor"
		case "ok":
			return i == c.end-1
		}
	}
	return false
}
