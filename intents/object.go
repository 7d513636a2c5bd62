package intents

import "strings"

// governor finds out what verbs are about.
type governor struct{ cut }

// object finds out what the verb is about.
func (m governor) object(c *clause) {
	if c.at < 0 {
		return
	}
	for i := c.start; i < c.end; i++ {
		w := m.means[i].set
		switch {
		case i == c.at:
		case m.refOf[i] != 0:
			r := &m.refs[m.refOf[i]-1]
			c.object = c.object || !r.fits.empty() || r.how != ByID
		case m.part[i]:
		case w.has(forWord) && i > c.at && (m.is(i+1, setOf(unit)) || m.is(i+1, setOf(cardinal)) && m.is(i+2, setOf(unit))):
			c.object = c.object || !m.strange(c.at+1, i)
		case w.has(bulk), w.has(listWord) && i > c.at:
			c.object = true
		case w.has(pronoun) && !w.has(nounWord):
			c.object = c.object || !m.determines(i, c.end) && !(i > c.at && m.lang == 0 && m.strange(c.at+1, i))
		case w.any(setOf(taskWord, stepWord, jobNoun)) && m.means[i].form == noVerb:
			c.object = c.object || !m.elsewhere(i, c.end)
		case w.has(nounWord) && m.is(i-1, setOf(filler, state, badWord, ordinal, pronoun)) && m.tokens[i].before <= spaced:
			c.object = true
		}
	}
	c.alien = !c.object && m.strange(c.at+1, c.end) || m.otherHead(c) || m.subjectOf(c)
}

// subjectOf reports whether what a clause names stands before the verb and does something to a
// thing that we do not know: "le patient refuse son traitement".
func (m governor) subjectOf(c *clause) bool {
	if langs[m.lang] == "de" || c.at == c.start || c.step > 0 || m.refOf[c.at-1] == 0 && !m.means[c.at-1].set.any(setOf(cardinal)) {
		return false
	}
	i := c.at + 1
	for i < c.end && m.refOf[i] == 0 && (m.part[i] || m.saysNothing(m.tokens[i].text)) {
		i++
	}
	return i > c.at+1 && i < c.end && m.refOf[i] == 0 && !m.means[i].known() && m.tokens[i].before <= spaced
}

// elsewhere reports whether a task or a step is one of a thing that we do not know: "the last
// step of the recipe", "my step counter".
func (m governor) elsewhere(i, end int) bool {
	j := i + 1
	if j < end && m.tokens[j].before <= spaced && m.refOf[j] == 0 && !m.part[j] && !m.means[j].known() {
		return true
	}
	for j < end && m.is(j, setOf(cardinal, nounWord)) && m.refOf[j] == 0 {
		j++
	}
	if j >= end || m.refOf[j] != 0 || !m.is(j, setOf(ofWord)) {
		return false
	}
	for j < end && m.refOf[j] == 0 && !m.part[j] && m.is(j, setOf(filler, ofWord)) {
		j++
	}
	return j < end && m.refOf[j] == 0 && !m.part[j] && !m.means[j].known()
}

// otherHead reports whether the first thing behind the verb is one that we do not know, and a
// task is only named by a word further on: "the router in the kitchen".
func (m governor) otherHead(c *clause) bool {
	i := c.at + 1
	for i < c.end && m.refOf[i] == 0 && (m.part[i] || m.means[i].set.has(filler) && m.means[i].form == noVerb) {
		i++
	}
	from := i
	for i < c.end && m.refOf[i] == 0 && !m.part[i] && !m.means[i].known() && m.tokens[i].before <= spaced {
		i++
	}
	if i == from+1 && strings.HasSuffix(m.tokens[from].text, "ing") {
		return false // "pause translating the menu"
	}
	if i == from || i >= c.end || m.refOf[i] != 0 || !m.saysNothing(m.tokens[i].text) {
		return false
	}
	for ; i < c.end; i++ {
		if m.refOf[i] != 0 {
			r := &m.refs[m.refOf[i]-1]
			return r.words == 1 && (r.how == ByWords || r.how == BySpelling) || r.how == ByID && !hasDigit(m.tokens[i].text)
		}
	}
	return false
}
