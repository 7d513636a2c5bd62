package intents

// hinter finds what little a message says that asks for nothing by itself.
type hinter struct{ listener }

// unheard is what a message that is not understood could name: the first words that mean
// nothing here, where something is asked for or about.
func (m hinter) unheard() string {
	for i := range m.clauses {
		c := &m.clauses[i]
		if c.act < 0 && !c.has.any(setOf(statusWord, etaWord, logsWord, historyWord, how)) {
			continue
		}
		for from := c.start; from < c.end; from++ {
			to := from
			for to < c.end && to-from < mostQuoted && m.refOf[to] == 0 && !m.part[to] && !m.means[to].known() && (to == from || m.tokens[to].before <= spaced) {
				to++
			}
			if to > from {
				return m.text(from, to)
			}
		}
	}
	return ""
}

// picks reads a message that is only a number or a place among what was offered.
func (m hinter) picks(r *Reading) bool {
	if m.in.Offered == nil {
		return false
	}
	n := 0
	for i := range m.tokens {
		switch w := m.means[i].set; {
		case m.part[i]:
		case m.refOf[i] != 0:
			return false
		case w.any(setOf(cardinal, ordinal)) && n == 0:
			n = int(m.means[i].value)
		case !w.any(setOf(filler, nounWord, posWord, taskWord, yesWord)):
			return false
		}
	}
	if k := (placer{m.message}).at(n); n != 0 && k >= 0 {
		r.Task, r.Pick, r.How = m.in.Tasks[k].ID, m.in.Tasks[k].ID, ByPosition
		r.Intent = Status
		return true
	}
	return false
}
