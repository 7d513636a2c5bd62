package intents

import (
	"slices"
	"strings"
)

// tagger gives tokens their meanings.
type tagger struct{ *message }

// tag gives each token its meaning, phrases before words.
func (m tagger) tag() {
	for i := range m.tokens {
		if i > 0 && m.tokens[i].before == sentence && numeral(m.tokens[i-1].text) >= 0 && m.words.isStep(m.tokens[i].text) {
			m.tokens[i].before = spaced // der 4. Schritt
		}
		if m.part[i] || m.refOf[i] != 0 {
			continue
		}
		l := m.lemma(i)
		if l == nil || numeral(m.tokens[i].text) >= 0 {
			if m.means[i] = m.measured(i); m.means[i].known() {
				continue
			}
			if m.means[i] = m.number(i); l == nil && !m.means[i].known() {
				m.means[i] = m.words.stem(m.tokens[i].text, m.lang)
			}
			continue
		}
		m.means[i] = l.meaning
		next := m.after(i)
		for j := range l.phrases {
			if l.phrases[j].may(next) && m.take(i, &l.phrases[j]) {
				m.means[i] = l.phrases[j].meaning
				if w := &m.means[i]; l.set.has(negator) && w.form == noVerb && !w.set.any(setOf(mute, request, adviceWord, filler, correction)) {
					w.set |= setOf(negator)
				}
				break
			}
		}
		if m.means[i].form == asks && m.past(i) {
			m.means[i].form = says
		}
		m.spelt[i] = m.spelt[i] || m.means[i].form == asks && m.either(i)
	}
}

// either reports whether a Spanish verb tells what somebody did or asks for it, as "omití" does
// on either side of the sea: it is asked about.
func (m tagger) either(i int) bool {
	return langs[m.lang] == "es" && strings.HasSuffix(m.text(i, i+1), "í")
}

// past reports whether a verb tells by its accent of what was done, as "cancelé" and "annulé"
// do: without it, it asks.
func (m tagger) past(i int) bool {
	lang := langs[m.lang]
	return (lang == "es" || lang == "fr") && strings.HasSuffix(m.text(i, i+1), "é")
}

// halts makes a verb of "para" where it begins what is asked, as in "para o relatório": behind
// other words it only means "for". Without its accent it is asked about.
func (m tagger) halts() {
	if lang := langs[m.lang]; lang != "pt" && lang != "es" {
		return
	}
	for i := range m.tokens {
		if m.tokens[i].text != "para" || m.means[i].form != noVerb || m.part[i] || m.refOf[i] != 0 || m.tokens[i].asked || !m.opens(i) || m.orders(i) {
			continue
		}
		m.means[i] = meaning{form: asks, verb: actCancel}
		m.spelt[i] = m.text(i, i+1) == "para" || m.text(i, i+1) == "Para"
	}
}

// opens reports whether only greetings stand before a token in its sentence, and a task after.
func (m tagger) opens(i int) bool {
	for j := i; j > 0 && m.tokens[j].before < sentence; j-- {
		if m.refOf[j-1] != 0 || !m.part[j-1] && !m.means[j-1].set.any(setOf(filler, noWord, yesWord, butWord, correction, negator)) {
			return false
		}
	}
	for j := i + 1; j < len(m.tokens) && m.tokens[j].before <= spaced; j++ {
		if m.refOf[j] != 0 {
			return true
		}
		if !m.saysNothing(m.tokens[j].text) && !m.is(j, setOf(pronoun)) {
			return labeler(m).hasAny(j)
		}
	}
	return false
}

// orders reports whether another verb asks for something in the sentence of a token.
func (m tagger) orders(i int) bool {
	for j := i + 1; j < len(m.tokens) && m.tokens[j].before < sentence; j++ {
		if m.refOf[j] == 0 && m.means[j].form == asks {
			return true
		}
	}
	return false
}

// stem is the meaning of a verb that a pronoun is written together with: "cancelalo".
func (l *lexicon) stem(word string, lang int) meaning {
	for _, suffix := range l.suffixes[lang] {
		verb, ok := strings.CutSuffix(word, suffix)
		if !ok {
			continue
		}
		if ls := l.words[verb]; ls != nil && (ls[lang].form == asks || ls[lang].form == faint) {
			return meaning{form: ls[lang].form, verb: ls[lang].verb, set: setOf(pronoun)}
		}
	}
	return meaning{}
}

// measured is the meaning of a number that is written together with its unit: 30m, 15h.
func (m tagger) measured(i int) (out meaning) {
	n, u := glued(m.tokens[i].text)
	if n > 0 && n < 13 && (u == "am" || u == "pm") {
		return meaning{set: setOf(laterWord)}
	}
	if l := m.meant(u); n > 0 && u != "d" && l != nil && l.set.has(unit) {
		return meaning{set: setOf(unit), value: int32(min(n*int(l.value), longest))}
	}
	return out
}

// number is the meaning of a token that is a number in digits.
func (m tagger) number(i int) (out meaning) {
	n := numeral(m.tokens[i].text)
	if n < 0 {
		return out
	}
	return meaning{set: setOf(cardinal), value: int32(n)}
}

// after is the word behind a token, "" at the end.
func (m *message) after(i int) string {
	if i+1 < len(m.tokens) {
		return m.tokens[i+1].text
	}
	return ""
}

// may reports whether a phrase can stand where that is its second word. Most cannot.
func (p *phrase) may(next string) bool { return p.rest[0].loose || p.rest[0].text == next }

// take marks the rest of a phrase that begins at a token, if it stands there.
func (m tagger) take(i int, p *phrase) bool {
	at, ok := m.stands(i, p)
	for k := range p.rest {
		if ok {
			m.part[at[k]] = true
		}
	}
	return ok
}

// stands is where the rest of a phrase stands that begins at a token, if it does.
func (m tagger) stands(i int, p *phrase) (at [mostRest]int, ok bool) {
	if len(p.rest) > len(at) {
		return at, false
	}
	from := i + 1
	for k, q := range p.rest {
		j := m.find(from, q)
		if j < 0 {
			return at, false
		}
		at[k], from = j, j+1
	}
	return at, true
}

// mostRest is how many words may follow the first of a phrase.
const mostRest = 8

// find is where the next word of a phrase stands, -1 if it does not.
func (m tagger) find(from int, q part) int {
	most := from
	if q.loose {
		most = from + mostGap
	}
	for j := from; j <= most && j < len(m.tokens); j++ {
		if m.tokens[j].before >= sentence || m.tokens[j].before == comma && (q.loose || m.tokens[j].mark == ':') {
			return -1
		}
		if m.tokens[j].text == q.text && !m.part[j] && m.refOf[j] == 0 {
			return j
		}
	}
	return -1
}

// nouns makes a verb that stands behind an article what it is: a noun. What is done with it
// is asked for by another word ("give it a restart").
func (m tagger) nouns() {
	articles := nounArticles[langs[m.lang]]
	if articles == nil {
		return
	}
	doing := false
	for i := range m.tokens {
		doing = doing && m.tokens[i].before < comma
		switch m.tokens[i].text {
		case "do", "give", "perform", "need", "needs", "want":
			doing = true
		}
		if i == 0 || m.means[i].form != asks && m.means[i].form != faint || m.tokens[i].before != spaced || doing {
			continue
		}
		if slices.Contains(articles, m.tokens[i-1].text) {
			m.means[i].form = says
		}
	}
}

// nounArticles stand before nouns and never before a verb.
var nounArticles = map[string][]string{
	"en": {"the", "a", "an", "my", "your", "his", "her", "our", "their"},
	"de": {"der", "dem", "des", "ein", "eine", "einen", "vom", "zum", "zur", "beim", "im"},
}

// spell looks for misspelt verbs among the words that mean nothing.
func (m tagger) spell() {
	for i := range m.tokens {
		if m.means[i].known() || m.part[i] || m.refOf[i] != 0 || m.tokens[i].quote != 0 {
			continue
		}
		if v, ok := m.words.nearest(m.tokens[i].text, m.lang); ok {
			m.means[i], m.spelt[i] = v, true
		}
	}
}
