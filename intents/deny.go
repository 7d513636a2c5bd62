package intents

// denier finds what is not meant, and whether a verb is negated.
type denier struct{ counter }

// referents counts what the clause names, and finds out which of it is not meant.
func (m denier) referents(c *clause) {
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
func (m denier) aside(c *clause, i int) bool {
	meant := false
	for j := c.start; j < i; j++ {
		if m.refOf[j] != 0 {
			meant = meant || !m.refs[m.refOf[j]-1].not
			continue
		}
		if m.part[j] {
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
func (m denier) deniedAt(c *clause, i int) bool {
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
func (m denier) negation(c *clause) {
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
func (m denier) endsNo(c *clause) bool {
	i := c.end - 1
	for i > c.at && m.refOf[i] == 0 && (m.part[i] || m.means[i].set.has(filler) && !m.means[i].set.any(setOf(negator, noWord))) {
		i--
	}
	return i > c.at && m.refOf[i] == 0 && m.is(i, setOf(negator, noWord)) && !m.is(i, setOf(yesWord))
}

// notRef reports whether a negation is about the ref after it.
func (m denier) notRef(i int) bool {
	for j := i + 1; j < len(m.tokens) && m.tokens[j].before <= spaced; j++ {
		if m.refOf[j] != 0 {
			return m.refs[m.refOf[j]-1].not
		}
		if !m.saysNothing(m.tokens[j].text) {
			return false
		}
	}
	return false
}
