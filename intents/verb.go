package intents

// conjugator reads what a clause says.
type conjugator struct{ denier }

// clause takes in one clause.
func (m conjugator) clause(start, end, sent int) {
	c := clause{start: start, end: end, sentence: sent, act: -1, at: -1, other: -1, saidAct: -1}
	c.lead = m.means[start].set & setOf(because, correction, butWord, ifWord, andWord)
	c.asked = m.tokens[end-1].asked && m.nothingAfter(end)
	for i := start; i < end; i++ {
		if m.refOf[i] == 0 && !m.part[i] {
			c.has |= m.spoken(i)
			m.verb(&c, i)
		}
	}
	m.afresh(&c)
	m.decision(&c)
	m.repeat(&c)
	m.urge(&c)
	m.referents(&c)
	m.negation(&c)
	m.object(&c)
	m.stepOf(&c)
	m.strays(&c)
	m.clauses = append(m.clauses, c)
}

// spoken are the classes of a token; a word in quotation marks is talked of, and forbids
// nothing.
func (m conjugator) spoken(i int) set {
	if m.tokens[i].quote != 0 {
		return m.means[i].set &^ (marking | setOf(correction, negator, leave, bulk))
	}
	return m.means[i].set
}

// afresh makes an act of "from scratch", where no verb asks for one.
func (m conjugator) afresh(c *clause) {
	if k := m.first(c, setOf(scratch)); c.act < 0 && !c.said && k < c.end && !c.asked {
		c.act, c.at, c.form = actRestart, k, asks
	}
}

// repeat makes an act of "again" where it is asked for with a please and nothing else is said
// than of what.
func (m conjugator) repeat(c *clause) {
	k := m.first(c, setOf(againWord))
	if k >= c.end || c.act >= 0 || c.said || c.asked || !m.pleads(c) || c.has.any(tellings) {
		return
	}
	for i := c.start; i < c.end; i++ {
		if m.refOf[i] == 0 && !m.part[i] && !m.means[i].set.any(setOf(filler, againWord, request, pronoun, taskWord, nounWord, stepWord, cardinal, andWord, jobNoun)) {
			return
		}
	}
	c.act, c.at, c.form, c.again = actRetry, k, asks, true
}

// urge makes an act of what somebody says is needed, with a please: "it needs to be paused,
// please".
func (m conjugator) urge(c *clause) {
	if c.act >= 0 || !c.said || c.asked || !m.pleads(c) || !c.has.has(wishWord) || c.has.any(setOf(negator, ifWord, laterWord, who, when, adviceWord, howTo)) || m.first(c, setOf(subject)) < c.end {
		return
	}
	for i := c.start; i < c.end; i++ {
		if m.refOf[i] == 0 && !m.part[i] && m.means[i].form == says && int(m.means[i].verb) == c.saidAct {
			c.act, c.at, c.form, c.urged = c.saidAct, i, asks, true
			return
		}
	}
}

// decision makes an act of "approved" and "rejected" where nothing else is said than of what:
// that is no news, but the decision.
func (m conjugator) decision(c *clause) {
	k := m.first(c, setOf(verdict))
	if k >= c.end || m.means[k].form != says || c.act >= 0 || c.asked || c.has.any(tellings) {
		return
	}
	for i := c.start; i < c.end; i++ {
		if m.refOf[i] == 0 && !m.part[i] && !m.means[i].known() {
			return
		}
	}
	c.act, c.at, c.form, c.decides = int(m.means[k].verb), k, asks, true
}

// tellings are the classes of words by which a decision is told of, asked for or held back.
var tellings = setOf(subject, isIt, toldWord, who, when, why, what, which, negator, ifWord, wishWord, adviceWord, howTo, noticeWord, tellWord, follow, untilWord, laterWord, because)

// nothingAfter reports whether the rest of the sentence says nothing.
func (m conjugator) nothingAfter(i int) bool {
	for ; i < len(m.tokens) && m.tokens[i].before < sentence; i++ {
		if m.refOf[i] != 0 || !m.means[i].set.any(setOf(filler, yesWord, noWord, correction, request, andWord)) && !m.part[i] {
			return false
		}
	}
	return true
}

// verb takes in a verb of an act.
func (m conjugator) verb(c *clause, i int) {
	w := m.means[i]
	switch {
	case w.form == noVerb || m.tokens[i].quote != 0 && !m.onlyQuoted(c) && !(i == c.start && m.alone(i)):
	case w.form == says && m.minding(c, i):
		c.act, c.at, c.form = int(w.verb), i, asks
	case w.form == says:
		c.said = true
		if c.saidAct < 0 {
			c.saidAct = int(w.verb)
		}
	case c.act < 0 || c.form == faint && w.form == asks && i > c.at:
		c.act, c.at, c.form, c.spelt = int(w.verb), i, w.form, m.spelt[i]
	case int(w.verb) != c.act && w.form == asks && c.other < 0 && !m.spelt[i]:
		c.other = int(w.verb)
	}
}

// alone reports whether a word is quoted by itself.
func (m conjugator) alone(i int) bool {
	q := m.tokens[i].quote
	return (i == 0 || m.tokens[i-1].quote != q) && (i+1 == len(m.tokens) || m.tokens[i+1].quote != q)
}

// minding reports whether a verb is asked for by "would you mind".
func (m conjugator) minding(c *clause, i int) bool {
	for j := i - 1; j >= c.start && j >= i-2; j-- {
		if m.tokens[j].text == "mind" {
			return true
		}
	}
	return false
}

// onlyQuoted reports whether all of a clause is quoted.
func (m conjugator) onlyQuoted(c *clause) bool {
	return m.tokens[c.start].quote != 0 && m.tokens[c.end-1].quote == m.tokens[c.start].quote
}

// strays counts the words that say nothing that we know.
func (m conjugator) strays(c *clause) {
	for i := c.start; i < c.end; i++ {
		w := m.means[i]
		switch {
		case m.refOf[i] != 0:
			c.heavy++
		case m.part[i]:
		case !w.known():
			c.stray, c.heavy = c.stray+1, c.heavy+1
			if i < c.at {
				c.before++
			}
		case !w.set.any(setOf(filler, yesWord, noWord)) || w.form == asks:
			c.heavy++
		}
	}
}
