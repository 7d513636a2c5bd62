package intents

// conjugator reads what a clause says.
type conjugator struct{ counter }

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

// referents counts what the clause names, and finds out which of it is not meant.
func (m conjugator) referents(c *clause) {
	for i := c.start; i < c.end; i++ {
		if m.refOf[i] == 0 || i > c.start && m.refOf[i] == m.refOf[i-1] {
			continue
		}
		r := &m.refs[m.refOf[i]-1]
		if m.deniedAt(c, i) || m.aside(c, i) {
			r.not = true
			continue
		}
		c.refs++
	}
}

// aside reports whether a ref stands behind what is meant already, and behind a word for a time
// or for something else: "pause it while I do the round", "pause X without losing the samples".
func (m conjugator) aside(c *clause, i int) bool {
	meant := c.refs > 0
	for j := c.start; j < i; j++ {
		if m.refOf[j] != 0 || m.part[j] {
			continue
		}
		meant = meant || m.means[j].set.has(pronoun) && !m.determines(j, c.end) && j > c.at && c.at >= 0
		if meant && j > c.start && m.is(j, setOf(untilWord, ifWord)) && !m.is(j, setOf(andWord, filler)) || meant && m.tokens[j].text == "without" {
			return true
		}
	}
	return false
}

// deniedAt reports whether a negation stands right before a ref: "not the digest".
func (m conjugator) deniedAt(c *clause, i int) bool {
	for j := i - 1; j >= max(c.start, i-2); j-- {
		w := m.means[j].set
		if w.has(negator) && m.means[j].form == noVerb {
			if m.first(c, setOf(subject)) < j {
				return false // "I do not like the report"
			}
			return m.tokens[j].text == "not" || m.tokens[j].text == "nicht" || m.tokens[j].text == "pas" || m.tokens[j].text == "no" || m.tokens[j].text == "nao"
		}
		if !w.any(setOf(filler)) || m.means[j].form != noVerb {
			return false
		}
	}
	return false
}

// negation finds out whether the verb is negated: a negation stands before it with nothing
// unknown between, or in other languages than English also behind it.
func (m conjugator) negation(c *clause) {
	if c.at < 0 {
		return
	}
	if c.at == c.start+1 && m.is(c.start, setOf(noWord)) && m.tokens[c.start].text == "no" && m.tokens[c.at].before == spaced && c.start == 0 && m.refOf[0] == 0 {
		c.negated = true // "no cancel it", as people say whose language has it so
		return
	}
	for i := c.at - 1; i >= c.start && (m.means[i].known() || m.refOf[i] != 0 || m.part[i]); i-- {
		if m.means[i].set.has(negator) && m.refOf[i] == 0 && !m.part[i] {
			c.negated = true
			return
		}
	}
	if m.lang == 0 {
		c.negated = c.at+1 < c.end && m.refOf[c.at+1] == 0 && m.is(c.at+1, setOf(negator)) && !m.notRef(c.at+1) || m.endsNo(c)
		return
	}
	for i := c.start; i < c.end; i++ {
		if m.means[i].set.has(negator) && m.refOf[i] == 0 && !m.part[i] && !m.notRef(i) {
			c.negated = true
			return
		}
	}
}

// endsNo reports whether a clause ends with a no: "cancel it please dont", "approve it 👎".
func (m conjugator) endsNo(c *clause) bool {
	i := c.end - 1
	for i > c.at && m.refOf[i] == 0 && (m.part[i] || m.means[i].set.has(filler) && !m.means[i].set.any(setOf(negator, noWord))) {
		i--
	}
	return i > c.at && m.refOf[i] == 0 && m.is(i, setOf(negator, noWord)) && !m.is(i, setOf(yesWord))
}

// notRef reports whether a negation is about the ref after it.
func (m conjugator) notRef(i int) bool {
	for j := i + 1; j < len(m.tokens) && m.tokens[j].before <= spaced; j++ {
		if m.refOf[j] != 0 {
			return m.refs[m.refOf[j]-1].not
		}
		if !m.says0(m.tokens[j].text) {
			return false
		}
	}
	return false
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
