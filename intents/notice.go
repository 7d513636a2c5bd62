package intents

import "time"

// listener reads who wants to be told of a task, or no more, and what is only told.
type listener struct{ asker }

// notice reads the wish to be told of a task, or to be told no more.
func (m listener) notice(r *Reading) bool {
	for i := range m.clauses {
		c := &m.clauses[i]
		of := m.stopsNotices(i)
		if !m.wantsNotice(c) && of < 0 {
			continue
		}
		switch {
		case of >= 0:
			r.Intent = Unsubscribe
			m.noticed(r, of)
			return true
		case (c.act == actCancel || c.act == actPause) && c.form == asks && c.has.any(setOf(noticeWord, tellWord, follow)) && m.first(c, setOf(tellWord, follow)) > c.at || c.act == actCancel && c.form == asks && c.has.has(noticeWord) && !c.has.has(follow):
			r.Intent = Unsubscribe
		case c.has.has(mute) || c.has.any(setOf(negator, offWord)) && !m.conditional(c) || !c.has.has(follow) && (c.act == actCancel || c.act == actPause || c.act == actSkip):
			r.Intent = Unsubscribe
		case c.has.any(setOf(follow, onWord)) || c.has.any(setOf(tellWord, noticeWord)) && m.conditional(c) || c.act == actResume || c.act == actRestart || c.act == actRetry:
			r.Intent = Subscribe
		default:
			continue
		}
		if !m.noticeOurs(i) {
			r.Intent = Unknown
			continue
		}
		m.noticed(r, i)
		return true
	}
	return false
}

// wantsNotice reports whether a clause is about being told, and does not ask how.
func (m listener) wantsNotice(c *clause) bool {
	if c.has.has(howTo) && m.first(c, setOf(howTo)) < m.first(c, setOf(mute, follow, noticeWord)) {
		return false
	}
	return m.isNotice(c) || c.has.has(noticeWord) && ((c.has.any(setOf(offWord, onWord, mute, follow)) || m.conditional(c)) || c.has.has(negator) && c.has.any(setOf(request, wishWord, subject)))
}

// noticeOurs reports whether what somebody wants to be told is about tasks.
func (m listener) noticeOurs(i int) bool {
	c, v := &m.clauses[i], m.look(i)
	if c.has.has(mute) && m.allNotices(i) {
		return true
	}
	if c.has.has(noticeWord) || v.refs || v.anchor {
		return v.stray <= 6
	}
	return v.stray == 0 || v.stray <= 1 && (v.pronoun || c.has.has(tellWord) && m.conditional(c) && len(m.in.Tasks) > 0) || c.has.any(setOf(follow, tellWord)) && v.stray <= 2 && (v.pronoun || m.in.About != "")
}

// noticed finds what a notice is about.
func (m listener) noticed(r *Reading, i int) {
	v := m.look(i)
	if r.Intent == Unsubscribe {
		r.Wait = time.Duration(m.lasts(&m.clauses[i])) * time.Second
	}
	if !v.refs && m.allNotices(i) && !m.pointed(i) {
		r.All = true
		r.Sure = SureAnswer
		return
	}
	m.target(r, i, -1)
	r.Sure = m.sureOf(r)
}

// allNotices reports whether a clause is about all messages, or about everything.
func (m listener) allNotices(i int) bool {
	c := &m.clauses[i]
	for j := c.start; j < c.end; j++ {
		if m.refOf[j] != 0 || m.part[j] || !m.means[j].set.has(bulk) {
			continue
		}
		k := j + 1
		for k < c.end && (m.part[k] || m.is(k, setOf(filler))) {
			k++
		}
		if k >= c.end || m.is(k, setOf(noticeWord, follow, laterWord, untilWord, plural)) || m.means[j+1].set == setOf(filler) {
			return true
		}
	}
	return false
}

// pointed reports whether a clause points at one task in spite of a word for many: "all
// messages about this one".
func (m listener) pointed(i int) bool {
	c := &m.clauses[i]
	return c.has.any(setOf(pronoun, taskWord))
}

// tells reads what is only told about an act: it is understood, and nothing is done.
func (m listener) tells(r *Reading) bool {
	for i := range m.clauses {
		c := &m.clauses[i]
		act := c.saidAct
		if act < 0 {
			act = c.act
		}
		v := m.look(i)
		if act < 0 || c.form == faint && !c.said || c.refs == 0 && !c.has.any(setOf(taskWord, stepWord)) && !v.pronoun && !v.refs && !m.leftOpen(c) && !(c.has.has(adviceWord) && c.stray == 0) {
			continue
		}
		if c.alien && !c.said {
			continue
		}
		r.Intent, r.Verb, r.Doubt, r.Sure = Clarify, acts[act].verb, Told, SureAsk
		if c.has.has(negator) {
			r.Doubt = Negated
		}
		r.Step = c.step
		m.target(r, i, -1)
		return true
	}
	return false
}

// leftOpen reports whether a clause tells of an act without saying of what, in a thread that
// is about a task.
func (m listener) leftOpen(c *clause) bool {
	return m.in.About != "" && c.stray == 0 && c.has.any(setOf(laterWord, wishWord, negator, ifWord))
}
