package intents

import "strings"

// doubter finds what speaks against an act.
type doubter struct{ pluralizer }

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
	case m.wished(c) && !c.urged:
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

// requested reports whether a question asks for the act: can you, will you, please, ok?
func (m doubter) requested(c *clause) bool {
	return c.has.any(setOf(request, yesWord)) || m.pleads(c)
}
