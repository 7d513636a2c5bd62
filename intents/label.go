package intents

import "slices"

// labeler says which words may name a task.
type labeler struct{ *message }

// letter reports whether a token is a letter that tells things apart, as in "batch A", and no
// article: nothing follows that it could belong to, or it is a capital.
func (m labeler) letter(i int) bool {
	if len(m.tokens[i].text) != 1 {
		return false
	}
	return m.capital(i) || i+1 == len(m.tokens) || m.tokens[i+1].before > spaced
}

// capitalLetter reports whether a token is a capital that stands alone.
func (m labeler) capitalLetter(i int) bool {
	return len(m.tokens[i].text) == 1 && m.capital(i) && m.tokens[i].text != "i"
}

// capital reports whether a token begins with a capital letter.
func (m labeler) capital(i int) bool {
	first := m.in.Text[m.tokens[i].start]
	return 'A' <= first && first <= 'Z'
}

// nameable reports whether a token may be a word of a title: one that means nothing, or one
// that stands beside a title's word and names a thing.
func (m labeler) nameable(i int) bool {
	w := m.means[i]
	if m.telling(i) || m.called(i) || m.noun(i) {
		return true
	}
	if !w.known() || w.form == noVerb && w.set == setOf(jobNoun) {
		return true
	}
	if ls := m.lemmas[i]; m.lang != 0 && ls != nil && !ls[m.lang].known() && !ls[0].set.has(filler) && m.hasAny(i) {
		return true // English only stands in for words of the message's language
	}
	if w.form == says && m.hasAny(i) && i > 0 && slices.Contains(nounArticles[langs[m.lang]], m.tokens[i-1].text) {
		return true
	}
	if w.form == faint && m.hasAny(i) && m.verbBefore(i) {
		return true // cancel the tax return
	}
	if w.set&^content != 0 || w.form == asks {
		return w.form == asks && m.beside(i) && m.verbBefore(i)
	}
	return m.beside(i) || i > 0 && w.set.any(things) && m.verbBefore(i) && (m.means[i-1].form == asks || m.saysNothing(m.tokens[i-1].text))
}

// telling reports whether a token is a number, a capital letter or a day that a title has, and by
// which it is told from others: "the 2023 return", "batch A", "the Tuesday one".
func (m labeler) telling(i int) bool {
	w := m.means[i]
	if !m.hasAny(i) || i > 0 && (m.is(i-1, setOf(stepWord, forWord, posWord, taskWord, ordinal, cardinal, clockWord))) {
		return false
	}
	switch {
	case w.set == setOf(cardinal):
		step := i > 0 && m.means[i-1].form == asks && m.means[i-1].verb >= actApprove // skip 12
		return !step && len(m.tokens[i].text) > 1 && numeral(m.tokens[i].text) >= 0 && !m.is(i+1, setOf(unit, linesWord, stepWord)) && !m.tokens[i].hash
	case len(m.tokens[i].text) == 1:
		return i > 0 && m.capitalLetter(i)
	case w.set.has(unit):
		return m.capital(i) && i > 0 // HR
	case w.set.has(laterWord) || m.months(m.tokens[i].text):
		return m.capital(i) && i > 0 || m.beside(i) || i > 0 && m.saysNothing(m.tokens[i-1].text) && m.is(i+1, setOf(nounWord, taskWord)) || len(m.tokens) < 4
	}
	return false
}

// noun reports whether a token is such a word: "resume the audit".
func (m labeler) noun(i int) bool {
	w := m.means[i]
	return i > 0 && w.form == noVerb && w.set != 0 && w.set&^nouns == 0 && m.hasAny(i) && m.tokens[i].before <= spaced &&
		slices.Contains(articles[langs[m.lang]], m.tokens[i-1].text) && !m.is(i+1, setOf(ofWord, forWord))
}

// called reports whether a token is what a message begins with to say what it is about: "front:
// start from scratch".
func (m labeler) called(i int) bool {
	return i == 0 && len(m.tokens) > 1 && (m.tokens[1].mark == ':' || m.tokens[1].mark == '-') && m.hasAny(0) && m.means[0].form == noVerb
}

// hasAny reports whether a token is a word of any title.
func (m labeler) hasAny(i int) bool { return slices.Contains(m.titles.words, m.tokens[i].text) }

// beside reports whether the word before or after is one of a title that has this one too.
func (m labeler) beside(i int) bool {
	for _, j := range [2]int{i - 1, i + 1} {
		if j < 0 || j >= len(m.tokens) || m.tokens[max(i, j)].before > spaced {
			continue
		}
		for k := range m.in.Tasks {
			if m.hasWord(k, m.tokens[i].text) && (m.refOf[j] != 0 && m.refs[m.refOf[j]-1].fits.has(k) || m.refOf[j] == 0 && !m.saysNothing(m.tokens[j].text) && m.hasWord(k, m.tokens[j].text)) {
				return true
			}
		}
	}
	return false
}

// verbBefore reports whether a verb of an act stands before a token in its sentence.
func (m labeler) verbBefore(i int) bool {
	for j := i; j > 0 && m.tokens[j].before < sentence; j-- {
		if m.means[j-1].form == asks && m.refOf[j-1] == 0 {
			return true
		}
	}
	return false
}

// hasWord reports whether a title has a word, exactly.
func (m labeler) hasWord(k int, word string) bool {
	return slices.Contains(m.titles.of(k), word)
}

// content are the classes whose words name things, and may be words of a title.
var content = setOf(noticeWord, logsWord, historyWord, statusWord, listWord, state, endWord, badWord, taskWord, plural, nounWord, helpWord, etaWord, toldWord, adviceWord, tellWord, onWord, offWord, jobNoun)

// nouns are the classes of words that are the name of a task rather than what they mean where
// a title has them, behind an article.
var nouns = setOf(historyWord, listWord, helpWord, jobNoun, tellWord)

// articles stand before the name of one thing.
var articles = map[string][]string{
	"en": {"the", "my", "our"}, "pt": {"o", "a", "do", "da", "no", "na"}, "es": {"el", "la", "del"},
	"de": {"der", "die", "das", "den", "dem", "beim", "vom", "zum", "zur"}, "fr": {"le", "la", "l", "du"},
}

// things are the classes of words that can be the whole name of a task, of one that is acted
// on: "cancel the forecast".
var things = setOf(noticeWord, tellWord, etaWord, logsWord, statusWord, listWord, historyWord, helpWord, jobNoun, state, endWord)
