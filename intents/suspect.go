package intents

import "strings"

// suspecter finds signs that what looks like an act is none.
type suspecter struct{ timer }

// quotes reports whether a clause is what somebody else said: "Bob said: cancel it", "> cancel
// it".
func (m suspecter) quotes(i int) bool {
	if strings.HasPrefix(strings.TrimSpace(m.in.Text), ">") {
		return true
	}
	c := &m.clauses[i]
	if m.tokens[c.start].mark != ':' || i == 0 {
		return false
	}
	before := &m.clauses[i-1]
	return before.refs == 0 && (before.stray > 0 || before.has.any(setOf(toldWord, noticeWord, follow)))
}

// misdirected reports whether an act on a whole task is about a step, or about another act:
// "cancel step 2", "stop restarting it", "withdraw the approval of it", "stop it from being
// cancelled".
func (m suspecter) misdirected(c *clause) bool {
	if c.act != actCancel && c.act != actPause && c.act != actResume || m.actOf(c) == actRestart {
		return false
	}
	if c.step > 0 || c.has.has(stepWord) {
		return true
	}
	named := false
	for i := c.at + 1; i < c.end; i++ {
		named = named || m.refOf[i] != 0
		if l := m.lemma(i); m.part[i] && m.refOf[i] == 0 && !named && l != nil && l.form == says && l.verb == actApprove {
			return true // my approval
		}
		if m.refOf[i] != 0 || m.part[i] || m.means[i].form != says {
			continue
		}
		decision := m.means[i].verb == actApprove || m.means[i].verb == actReject
		if !named && (decision || !m.means[i].set.has(state)) || m.is(i-1, setOf(isIt)) {
			return true
		}
	}
	return false
}

// fails reports whether a clause ends with what went wrong, right behind a task: "cancel CRM
// failed" is no wish.
func (m suspecter) fails(c *clause) bool {
	i := c.end - 1
	return i > c.at+1 && m.refOf[i] == 0 && m.refOf[i-1] != 0 && m.is(i, setOf(badWord)) && m.tokens[i].before <= spaced
}
