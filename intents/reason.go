package intents

import (
	"strings"
)

// reasoner finds why something is to be done.
type reasoner struct{ doer }

// reason is why something is to be done, as the message says it.
func (m reasoner) reason(d deed) string {
	for i := range m.clauses {
		if i != d.clause && m.clauses[i].lead.has(because) {
			return m.because(m.clauses[i].start, m.endOf(i))
		}
	}
	if i := d.clause + 1; i < len(m.clauses) && m.clauses[i].sentence == m.clauses[d.clause].sentence && m.explains(i) {
		return m.reasonText(m.clauses[i].start, m.endOf(i))
	}
	for i := d.clause - 1; i >= 0; i-- {
		if m.explains(i) {
			return m.reasonText(m.startOf(i), m.clauses[i].end)
		}
	}
	return ""
}

// because is what follows the word that says why.
func (m reasoner) because(from, to int) string {
	from++
	for from < to && m.part[from] {
		from++
	}
	return m.reasonText(from, to)
}

// endOf is where the sentence of a clause ends, or something new is asked for.
func (m reasoner) endOf(i int) int {
	end := m.clauses[i].end
	for j := i + 1; j < len(m.clauses) && m.clauses[j].sentence == m.clauses[i].sentence && m.clauses[j].act < 0 && !m.isNotice(&m.clauses[j]); j++ {
		end = m.clauses[j].end
	}
	return end
}

// startOf is where the sentence of a clause begins, or what was said before ends.
func (m reasoner) startOf(i int) int {
	start := m.clauses[i].start
	for j := i - 1; j >= 0 && m.clauses[j].sentence == m.clauses[i].sentence && m.explains(j); j-- {
		start = m.clauses[j].start
	}
	return start
}

// explains reports whether a clause can be why: it says something, and neither asks nor
// wants anything.
func (m reasoner) explains(i int) bool {
	c := &m.clauses[i]
	if c.asked || c.act >= 0 && !c.said || m.isNotice(c) || c.lead.has(correction) || c.end-c.start < 2 {
		return false
	}
	return c.stray > 0 || c.has.any(setOf(endWord, badWord, state)) && c.heavy > 0 && c.has.any(setOf(isIt, toldWord, pronoun))
}

func (m reasoner) reasonText(from, to int) string {
	text := m.text(from, to)
	if text != "" {
		m.reasonAt = m.tokens[from].start
	}
	return strings.TrimSpace(text)
}
