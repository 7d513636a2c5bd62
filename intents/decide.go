package intents

import (
	"time"

	"github.com/taskherald/herald/progress"
)

// decider says what a message means.
type decider struct{ truster }

// decide says what the message means, from what its clauses say.
func (m decider) decide() Reading {
	r := Reading{Intent: Unknown, Sure: SureAnswer, Lang: linguist{m.message}.langOf()}
	if len(m.tokens) == 0 {
		return r
	}
	switch {
	case m.picks(&r), m.assents(&r), m.bareName(&r):
	case m.wish(&r), m.notice(&r), m.ask(&r), m.tells(&r):
	default:
		r.Named, r.Polite = m.unheard(), m.polite()
	}
	return r
}

// wish reads what the message asks to be done.
func (m decider) wish(r *Reading) bool {
	all := m.deeds()
	if len(all) == 0 {
		return false
	}
	d, doubt := m.oneDeed(all)
	if doubt != "" && m.readsOn(d) {
		return false
	}
	c := &m.clauses[d.clause]
	r.Intent, r.Verb, r.Step = acts[d.act].intent, acts[d.act].verb, c.step
	m.target(r, d.clause, d.target)
	m.byStatus(r, c)
	switch {
	case doubt != "":
	case c.decides && !m.awaited(r):
		doubt = Told
	case m.figurative(c) && (r.How == ByStatus || r.How == ByOnly || r.How == ""):
		doubt = Bare
	}
	if d.step > 0 {
		r.Step = d.step
	}
	if r.Step == 0 && d.target >= 0 && d.act >= actApprove {
		r.Step = m.clauses[d.target].step
	}
	if r.Step == 0 && d.target < 0 {
		r.Step = m.stepNear(d)
	}
	if r.Intent == Restart && r.Step > 0 {
		r.Intent, r.Verb = Retry, progress.VerbRetry // to run a step again is to try it again
	}
	if d.act == actPause {
		r.Wait = time.Duration(m.lasts(c)) * time.Second
	}
	if doubt != "" {
		r.Intent, r.Doubt, r.Sure = Clarify, doubt, SureAsk
		if doubt == Several {
			r.Step = 0
			if m.manyTargets(all) {
				r.Task, r.Fits = "", nil
			}
		}
		return true
	}
	r.Reason = m.reason(d)
	m.trust(r, d)
	return true
}

// readsOn reports whether a doubted act only stands beside a question: then that counts.
func (m decider) readsOn(d deed) bool {
	if d.doubt != Told && d.doubt != Unproven && d.doubt != Wished {
		return false
	}
	best, _ := m.score()
	return best.points >= 4
}

// stepNear is a step that the sentence names beside the act's clause.
func (m decider) stepNear(d deed) int {
	for i := range m.clauses {
		c := &m.clauses[i]
		near := c.sentence == m.clauses[d.clause].sentence && c.stray == 0 || i == d.clause-1 && m.pronounIn(&m.clauses[d.clause])
		if i != d.clause && near && c.step > 0 && (c.act < 0 || c.negated && m.clauses[d.clause].refs == 0) && !c.lead.has(because) {
			return c.step
		}
	}
	return 0
}

// oneDeed is what is to be done of all that was said, and why not at once.
func (m decider) oneDeed(all []deed) (deed, Doubt) {
	first := -1
	for i := range all {
		if all[i].doubt == Several {
			return all[i], Several
		}
	}
	for i := range all {
		if !all[i].positive() {
			continue
		}
		if first < 0 {
			first = i
			continue
		}
		if doubt := m.clash(&all[first], all[i]); doubt != "" {
			return all[first], doubt
		}
	}
	if first >= 0 {
		return all[first], ""
	}
	return all[0], all[0].doubt
}

// clash is why two acts cannot both be meant, "" if they are one. Cancel and start over is
// one, and what goes on by itself says nothing.
func (m decider) clash(a *deed, b deed) Doubt {
	switch {
	case a.act == b.act:
		if m.sameTarget(a.names(), b.names()) {
			return ""
		}
	case (a.act == actCancel || a.act == actPause) && b.act == actRestart, a.act == actRestart && b.act == actCancel:
		if m.sameTarget(a.names(), b.names()) {
			a.act = actRestart
			return ""
		}
	case a.act == actResume && (b.act == actSkip || b.act == actApprove || b.act == actRetry) && m.sameTarget(a.names(), b.names()):
		a.act = b.act
		return ""
	case b.act == actResume && (a.act == actSkip || a.act == actApprove || a.act == actRetry) && m.clauses[b.clause].refs == 0:
		return ""
	}
	return Several
}

// sameTarget reports whether two clauses do not name different tasks or steps.
func (m decider) sameTarget(a, b int) bool {
	x, y := &m.clauses[a], &m.clauses[b]
	if x.step != 0 && y.step != 0 && x.step != y.step {
		return false
	}
	if x.refs == 0 || y.refs == 0 {
		return true
	}
	p, _ := m.fits(x)
	q, _ := m.fits(y)
	both := p.and(&q)
	return !both.empty() || p.empty() && q.empty()
}

// manyTargets reports whether no one task is meant by several acts.
func (m decider) manyTargets(all []deed) bool {
	for i := range all {
		c := &m.clauses[all[i].clause]
		if _, clash := m.fits(c); clash || c.has.has(bulk) && !c.steps || !m.sameTarget(all[0].clause, all[i].clause) && c.step == 0 {
			return true
		}
	}
	return false
}
