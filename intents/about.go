package intents

// scout finds out what a clause is about where it is not about an act.
type scout struct{ resolver }

// isNotice reports whether a clause is about messages and not about a task.
func (m scout) isNotice(c *clause) bool {
	if c.has.any(setOf(mute, follow)) || c.has.has(tellWord) && m.wantsTold(c) {
		return true
	}
	return c.has.has(noticeWord) && (c.form == asks && c.act != actApprove && c.act != actReject || c.form == faint && c.act <= actResume)
}

// stopsNotices is the clause about messages that a bare "stop it" behind it ends, -1 for none.
func (m scout) stopsNotices(i int) int {
	c := &m.clauses[i]
	if c.act != actCancel || c.form != asks || c.refs > 0 || c.has.has(taskWord) {
		return -1
	}
	for j := i - 1; j >= max(0, i-2); j-- {
		if o := &m.clauses[j]; o.has.any(setOf(noticeWord, mute)) && o.act < 0 {
			return j
		}
	}
	return -1
}

// wantsTold reports whether a clause is about being told: it says when, or that it shall end.
func (m scout) wantsTold(c *clause) bool {
	if c.refs > 0 && c.act >= 0 && m.first(c, setOf(tellWord)) > c.at+1 && m.refBetween(c) {
		return false
	}
	return m.conditional(c) || c.act == actCancel || c.act == actPause || c.has.any(setOf(negator, offWord))
}

// conditional reports whether the sentence of a clause says if or when, and asks for nothing
// to be done.
func (m scout) conditional(c *clause) bool {
	if len(m.whens) == 0 { // once a message, as it is asked often
		m.whens = append(m.whens, make([]bool, m.clauses[len(m.clauses)-1].sentence+1)...)
		for i := range m.clauses {
			o := &m.clauses[i]
			m.whens[o.sentence] = m.whens[o.sentence] || o.has.any(setOf(ifWord, when)) && (o.act < 0 || o.form != asks)
		}
	}
	return m.whens[c.sentence]
}

// refBetween reports whether a task is named between the verb and the word for telling: what
// the verb is about is the task.
func (m scout) refBetween(c *clause) bool {
	for i := c.at + 1; i < c.end && !m.means[i].set.has(tellWord); i++ {
		if m.refOf[i] != 0 {
			return true
		}
	}
	return false
}

// asksAbout reports whether a clause asks about an act, and for none.
func (m scout) asksAbout(c *clause) bool {
	if c.has.any(setOf(howTo)) && m.first(c, setOf(howTo)) < c.at {
		return true
	}
	asking := setOf(who, why, howOften, howLong, listWord, which, etaWord, historyWord, helpWord)
	if m.lang == 0 {
		asking |= setOf(how, what)
	}
	if k := m.first(c, setOf(how)); k < c.at && m.leads(c, k) {
		return true
	}
	if m.first(c, asking) < c.at && !c.lead.has(ifWord) {
		return true
	}
	if k := m.first(c, setOf(when)); k < c.at && m.leads(c, k) && c.asked {
		return true
	}
	k := m.first(c, setOf(isIt))
	return k < c.at && m.leads(c, k) && k+1 != c.at && !c.has.any(setOf(request, adviceWord)) && !c.negated
}
