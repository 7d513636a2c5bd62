package intents

// splitter cuts a message into clauses.
type splitter struct{ conjugator }

// split cuts the message into clauses.
func (m splitter) split() {
	start, sent := 0, 0
	for i := range m.tokens {
		if i == 0 {
			continue
		}
		if m.tokens[i].before == sentence {
			m.clause(start, i, sent)
			start, sent = i, sent+1
		} else if m.parts(i, start) {
			m.clause(start, i, sent)
			start = i
		}
	}
	if len(m.tokens) > 0 {
		m.clause(start, len(m.tokens), sent)
	}
}

// parts reports whether a clause begins at a token.
func (m splitter) parts(i, start int) bool {
	if m.inRef(i) || m.part[i] {
		return false
	}
	if m.tokens[i].before == comma {
		return true
	}
	s := m.means[i].set
	switch {
	case m.refOf[i] != 0:
		return false
	case s.any(setOf(because, correction)):
		return i > start
	case s.has(butWord):
		return !m.is(i+1, setOf(nounWord))
	case s.has(noWord) && !s.has(negator):
		return m.anyAct(start, i)
	case s.any(setOf(andWord)), s.has(filler) && m.tokens[i].text == "so":
		return m.means[i-1].form != asks && m.begins(i+1)
	}
	return s.any(setOf(ifWord)) && m.anyAct(start, i) || s.has(filler) && m.insteads(i, start)
}

// inRef reports whether a token and the one before are of one ref.
func (m splitter) inRef(i int) bool { return m.refOf[i] != 0 && m.refOf[i] == m.refOf[i-1] }

// anyAct reports whether a verb of an act stands among tokens.
func (m splitter) anyAct(start, end int) bool {
	for i := start; i < end; i++ {
		if m.means[i].form == asks && m.refOf[i] == 0 {
			return true
		}
	}
	return false
}

// insteads reports whether something is asked for at a token after something that is not
// wanted: "dont retry it just restart it".
func (m splitter) insteads(i, start int) bool {
	if i+1 >= len(m.tokens) || m.means[i+1].form != asks || m.refOf[i+1] != 0 || !m.anyAct(start, i) {
		return false
	}
	for j := start; j < i; j++ {
		if m.means[j].set.has(negator) && m.refOf[j] == 0 {
			return true
		}
	}
	return false
}

// begins reports whether something new is asked for from a token on.
func (m splitter) begins(i int) bool {
	for ; i < len(m.tokens) && m.tokens[i].before <= spaced; i++ {
		w := m.means[i]
		switch {
		case m.refOf[i] != 0:
			return m.verbAfter(i)
		case w.form == asks || w.form == faint || w.set.any(setOf(mute, follow, negator, logsWord, statusWord, etaWord, historyWord, listWord, who, when, why, how, howLong, howOften, howTo, isIt, leave, tellWord)):
			return true
		case !w.set.any(setOf(filler, request, correction, andWord)):
			return false
		}
	}
	return false
}

// verbAfter reports whether a verb of an act comes right after the ref at a token, as in
// languages that put it last.
func (m splitter) verbAfter(i int) bool {
	for ; i < len(m.tokens) && m.tokens[i].before <= spaced; i++ {
		if m.refOf[i] == 0 && m.means[i].form == asks {
			return true
		}
		if m.refOf[i] == 0 && !m.means[i].set.any(setOf(filler, stepWord, cardinal)) {
			return false
		}
	}
	return false
}
