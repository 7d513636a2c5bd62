package intents

import "slices"

// linguist finds the language of a message.
type linguist struct{ *message }

// language is the one whose words fit best; where two fit as well, the one that was spoken
// before, or else English.
func (m linguist) language() int {
	fit := m.accents
	for i := range m.tokens {
		if m.refOf[i] == 0 && (!labeler(m).hasAny(i) || m.lemmas[i].fills()) {
			m.weigh(i, &fit)
		}
	}
	best := m.spokenBefore()
	for j := range fit {
		if fit[j] > fit[best] {
			best = j
		}
	}
	if best != 0 && m.foreignName(best) {
		best = 0
	}
	m.told = true
	for j := range fit {
		m.told = m.told && (j == best || fit[j] < fit[best])
	}
	return best
}

// foreignName reports whether all that tells of a language is one word between an English verb
// and what it is about, no article: "pause kam job" is English.
func (m linguist) foreignName(lang int) bool {
	at := -1
	for i, ls := range m.lemmas {
		switch {
		case m.refOf[i] != 0 || ls == nil || ls[0].known():
		case !ls[lang].known():
		case at >= 0:
			return false
		default:
			at = i
		}
	}
	if at < 1 || at+1 >= len(m.tokens) || slices.Contains(articles[langs[lang]], m.tokens[at].text) || m.lemmas[at].asksIn(lang) {
		return false
	}
	before, next := m.lemmas[at-1], m.lemmas[at+1]
	return before.asksIn(0) && m.tokens[at+1].before == spaced && (m.refOf[at+1] != 0 || next != nil && next[0].set.any(setOf(taskWord, jobNoun)))
}

// spokenBefore is the language that was spoken before, English if it is not known.
func (m linguist) spokenBefore() int { return max(0, slices.Index(langs[:], m.in.Lang)) }

// weigh adds what a word tells of the language: most where only one has it, little where it
// names a thing that is called so everywhere.
func (m linguist) weigh(i int, fit *[len(langs)]int) {
	word := m.tokens[i].text
	ls := m.lemmas[i]
	if ls == nil {
		for j := range langs {
			if m.words.stem(word, j).known() {
				fit[j] += 4
			}
		}
		return
	}
	alone := 0
	for j := range ls {
		if ls[j].known() {
			alone++
		}
	}
	next := m.after(i)
	for j := range ls {
		switch {
		case ls[j].known() && ls[j].form == noVerb && ls[j].set&^everywhere == 0:
			fit[j]++
		case ls[j].known() && alone == 1:
			fit[j] += 4
		case ls[j].known():
			fit[j] += 2
		}
		for k := range ls[j].phrases {
			if !ls[j].phrases[k].may(next) {
				continue
			}
			if _, ok := tagger(m).stands(i, &ls[j].phrases[k]); ok {
				fit[j] += 2 + 2*len(ls[j].phrases[k].rest)
				break
			}
		}
	}
}

// langOf is the language of the message, "" if too few of its words tell.
func (m linguist) langOf() string {
	known := 0
	for i := range m.tokens {
		if ls := m.lemmas[i]; ls != nil && ls[m.lang].known() {
			known++
		}
	}
	if known < 2 && len(m.tokens) > 1 || known == 0 || !m.told {
		return ""
	}
	return langs[m.lang]
}

// asksIn reports whether a word asks for an act in a language.
func (ls *lemmas) asksIn(lang int) bool { return ls != nil && ls[lang].form == asks }

// fills reports whether a word is a filler in any language.
func (ls *lemmas) fills() bool {
	return ls != nil && slices.ContainsFunc(ls[:], func(l lemma) bool { return l.form == noVerb && l.set.has(filler) })
}

// everywhere are the classes of nouns that are the same in many languages.
var everywhere = setOf(jobNoun, taskWord, plural, logsWord, statusWord, noticeWord, state)
