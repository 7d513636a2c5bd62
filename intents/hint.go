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

// assents reads a message that only says yes or no.
func (m hinter) assents(r *Reading) bool {
	var said set
	for i := range m.tokens {
		w := m.means[i]
		if len(m.tokens) == 1 && m.refOf[0] == 0 {
			w = m.anyAnswer(w)
		}
		if m.part[i] {
			continue
		}
		if m.refOf[i] != 0 || w.form == asks || !w.set.any(setOf(filler, yesWord, noWord, pronoun)) {
			return false
		}
		said |= w.set & setOf(yesWord, noWord)
	}
	switch {
	case said.has(noWord):
		r.Assent = No
	case said.has(yesWord):
		r.Assent = Yes
	default:
		return false
	}
	if len(m.tokens) == 1 {
		r.Lang = "" // a yes tells little of it
	}
	r.Intent, r.Doubt, r.Sure = Clarify, Bare, SureAsk
	if m.unnamed(r); r.Ambiguous() {
		r.Fits = nil
	}
	return true
}

// polite reports whether a message has no word but those that say nothing here.
func (m hinter) polite() bool {
	for i := range m.tokens {
		if !m.part[i] && !m.lemmas[i].fills() {
			return false
		}
	}
	return true
}

// anyAnswer is what the only word of a message means: yes or no in any language.
func (m hinter) anyAnswer(w meaning) meaning {
	if m.tokens[0].text == "n" {
		return meaning{set: setOf(noWord)}
	}
	ls := m.lemmas[0]
	if ls == nil || w.form == asks || w.set.any(setOf(yesWord, noWord)) {
		return w
	}
	for j := range ls {
		if ls[j].form == noVerb && ls[j].set.any(setOf(yesWord, noWord)) {
			return ls[j].meaning
		}
	}
	return w
}

// bareName reads a message that only names a task.
func (m hinter) bareName(r *Reading) bool {
	found := 0
	for i := range m.tokens {
		switch {
		case m.refOf[i] != 0:
			found = int(m.refOf[i])
		case m.part[i]:
			return false
		case m.months(m.tokens[i].text) || numeral(m.tokens[i].text) >= 1900 || m.isNumber(i) && i > 0 && m.refOf[i-1] != 0:
		case m.means[i].form != noVerb || !m.means[i].set.any(setOf(filler, nounWord, taskWord, andWord, ofWord, forWord)):
			return false
		}
	}
	if found == 0 || m.clauses[m.clauseOf(m.refs[found-1].start)].again {
		return false
	}
	m.target(r, m.clauseOf(m.refs[found-1].start), -1)
	r.Pick = r.Task
	r.Intent = Status
	if !m.tokens[len(m.tokens)-1].asked && m.verbal(found) && (m.refs[found-1].how == ByTitle || m.refs[found-1].how == ByWords) {
		r.Intent, r.Doubt = Clarify, Bare
	}
	r.Sure = m.sureOf(r)
	return true
}

// verbal reports whether a ref has a verb of an act among its words.
func (m hinter) verbal(found int) bool {
	ref := &m.refs[found-1]
	for i := ref.start; i < ref.end; i++ {
		ls := m.lemmas[i]
		if ls == nil {
			continue
		}
		for j := range ls {
			if f := ls[j].form; f == asks || f == faint && j == m.lang {
				return true
			}
		}
	}
	return false
}

// clauseOf is the clause that a token is in.
func (m hinter) clauseOf(i int) int {
	for k := range m.clauses {
		if i < m.clauses[k].end {
			return k
		}
	}
	return len(m.clauses) - 1
}
