package intents

import (
	"github.com/taskherald/herald/progress"
)

// asker reads questions.
type asker struct{ reasoner }

// guess is an intent with its points.
type guess struct {
	intent Intent
	points int
}

// view is all that a message says, for what is asked.
type view struct {
	has     set
	asked   bool
	anchor  bool // it is about tasks: one is named, pointed at, or the word is said
	refs    bool
	stray   int
	said    bool
	act     bool // a verb asks
	leads   bool // a clause begins with is, was, has …
	pronoun bool
}

// look is what a clause says; what the message names elsewhere counts for it too.
func (m asker) look(i int) (v view) {
	c := &m.clauses[i]
	v = view{has: c.has, asked: c.asked, stray: c.stray, said: c.said, act: c.act >= 0 && c.form == asks, pronoun: m.pronounIn(c)}
	for j := range m.clauses {
		v.refs = v.refs || m.clauses[j].refs > 0
	}
	v.leads = m.inverted(c)
	v.anchor = v.refs || v.has.any(setOf(taskWord, plural, stepWord))
	return v
}

// inverted reports whether a clause asks by its order of words: it begins with is, was, has
// …, or what is spoken of comes right behind such a word.
func (m asker) inverted(c *clause) bool {
	k := m.first(c, setOf(isIt))
	if k < c.end && m.leads(c, k) && m.first(c, setOf(subject)) > k {
		return true
	}
	for ; k < c.end-1; k++ {
		if m.refOf[k] != 0 || m.part[k] || !m.means[k].set.has(isIt) {
			continue
		}
		j := k + 1
		for j < c.end-1 && m.refOf[j] == 0 && m.means[j].set == setOf(filler) && m.means[j].form == noVerb {
			j++
		}
		if m.refOf[j] != 0 && c.asked || m.is(j, setOf(pronoun)) && !m.determines(j, c.end) && !c.has.any(setOf(what, who)) {
			return true
		}
	}
	return false
}

// score finds the clause that asks most plainly, and what it asks: each thing that can be
// asked has points for what the clause says.
func (m asker) score() (best guess, v view) {
	var all view
	for i := range m.clauses {
		if m.elsewhereAsked(&m.clauses[i]) || m.reports(&m.clauses[i]) {
			continue
		}
		look := m.look(i)
		m.rate(look, &best, &v)
		if i > 0 {
			all.add(look)
			m.rate(all, &best, &v)
		} else {
			all = look
		}
		if i+1 < len(m.clauses) && m.clauses[i+1].sentence != m.clauses[i].sentence {
			all = view{}
		}
	}
	return best, v
}

// elsewhereAsked reports whether a clause asks for an act on a thing that we do not know, and
// asks nothing besides.
func (m asker) elsewhereAsked(c *clause) bool {
	return c.alien && c.act >= 0 && c.form == asks && c.refs == 0 && c.has.has(request) && !c.has.any(plainer|setOf(howTo, helpWord, statusWord, listWord))
}

// reports reports whether a clause tells what somebody wishes, or has not done.
func (m asker) reports(c *clause) bool {
	return c.said && (!c.asked && c.has.any(setOf(wishWord, negator)) || c.has.has(adviceWord)) && !c.has.any(setOf(who, howOften, howTo, helpWord))
}

// add is what two clauses of a sentence say together.
func (v *view) add(o view) {
	v.has |= o.has
	v.asked, v.anchor, v.refs = v.asked || o.asked, v.anchor || o.anchor, v.refs || o.refs
	v.said, v.act, v.leads, v.pronoun = v.said || o.said, v.act || o.act, v.leads || o.leads, v.pronoun || o.pronoun
	v.stray += o.stray
}

// rate takes the question that a view has most points for, if they are more than before.
func (m asker) rate(look view, best *guess, v *view) {
	for _, k := range catalogue {
		points := k.points(look)
		if g := (guess{k.Intent, points}); points > best.points && points >= leastPoints && m.ours(g, look) {
			*best, *v = g, look
		}
	}
}

// leastPoints is how many points a question has at least.
const leastPoints = 2

// plainer are classes that tell more plainly what is asked than the order of words does.
var plainer = setOf(when, who, why, howOften, howLong, etaWord, logsWord, historyWord)

// stateWords tell how something stands.
var stateWords = setOf(endWord, state, badWord)

// doing reports whether an act is spoken of.
func (v view) doing() bool { return v.said || v.act }

// ask reads a question.
func (m asker) ask(r *Reading) bool {
	best, v := m.score()
	if best.points == 0 {
		return false
	}
	r.Intent = best.intent
	m.about(r, v)
	if r.Intent == Logs {
		r.Lines = m.lines()
	}
	r.Sure = m.sureOf(r)
	return true
}

// lines is how many lines of output are asked for, 0 if the message does not say: 20 lines, the
// last 20, 20 letzte Zeilen.
func (m asker) lines() int {
	for i := range m.tokens {
		if !m.isNumber(i) || m.tokens[i].hash || m.is(i+1, setOf(unit, stepWord)) || m.is(i-1, setOf(stepWord)) {
			continue
		}
		if m.is(i+1, setOf(linesWord)) || m.is(i+2, setOf(linesWord)) && m.tokens[i+2].before <= spaced || m.is(i-1, setOf(ordinal)) {
			return int(m.means[i].value)
		}
	}
	return 0
}

// ours reports whether a question is about tasks, and not about the world: of what is not
// known there may be little, and where nothing points to a task nothing.
func (m asker) ours(g guess, v view) bool {
	most := 1
	switch {
	case v.refs && g.points < 4 && !v.asked:
		most = 2
	case v.refs:
		most = 6
	case v.anchor:
		most = 3
	case g.intent == Help && v.has.has(howTo):
		return (v.act || v.said || v.has.any(setOf(tellWord, noticeWord, mute, follow))) && v.stray <= 2 && !m.foreign() || v.has.has(helpWord) && v.stray == 0
	case g.intent == List, v.pronoun && (m.in.About != "" || len(m.in.Tasks) == 1):
		most = 2
	}
	if !v.refs && !v.anchor && g.points < 3 && v.stray > 0 {
		return false
	}
	if !v.refs && !v.anchor && m.in.About == "" && v.stray > 0 && g.intent != List && !(v.pronoun && (len(m.in.Tasks) == 1 || g.intent != Status)) {
		return false
	}
	return v.stray <= most
}

// foreign reports whether an act is asked about that is about something we do not know.
func (m asker) foreign() bool {
	for i := range m.clauses {
		if m.clauses[i].alien && m.clauses[i].stray > 1 {
			return true
		}
	}
	return false
}

// about finds what a question is about.
func (m asker) about(r *Reading, v view) {
	switch r.Intent {
	case List:
		r.Only = m.stateOf()
		return
	case Help:
		if !v.refs && !((v.pronoun || v.has.has(stepWord)) && m.in.About != "") {
			return
		}
	}
	m.target(r, m.firstNamed(), -1)
	for i := range m.clauses {
		if m.clauses[i].step > 0 {
			r.Step = m.clauses[i].step
		}
	}
}

// firstNamed is the first clause that names a task, or the first of all.
func (m asker) firstNamed() int {
	for i := range m.clauses {
		if m.clauses[i].refs > 0 {
			return i
		}
	}
	return 0
}

// stateOf is the state of tasks that a list is to be of, "" for all.
func (m asker) stateOf() (found progress.Status) {
	for i := range m.tokens {
		l := m.lemma(i)
		if m.refOf[i] != 0 || l == nil || !l.set.has(state) {
			continue
		}
		if s := states[l.value]; found == "" || s == progress.Waiting { // pending approvals
			found = s
		}
	}
	return found
}
