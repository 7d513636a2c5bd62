package intents

import "slices"

// namer finds words of titles.
type namer struct{ *message }

// referRuns finds parts of titles: two words or more that stand together as they do in one.
// It comes before words are looked up, as any of them can be a verb.
func (m namer) referRuns() {
	for i := 0; i+1 < len(m.tokens); i++ {
		if m.refOf[i] != 0 {
			continue
		}
		if n := m.runAt(i); n > 1 {
			r := ref{start: i, end: i + n, how: ByWords, words: n}
			for k := range m.in.Tasks {
				if m.runOf(i, k) >= n {
					r.fits.add(k)
				}
			}
			m.mark(r)
			i += n - 1
		}
	}
}

// runAt is how many words from a token on stand together in a title, one of which says
// something.
func (m namer) runAt(i int) (most int) {
	if !m.begins(i) {
		return 0
	}
	for k := range m.in.Tasks {
		most = max(most, m.runOf(i, k))
	}
	for most > 0 && m.says0(m.tokens[i+most-1].text) && !m.letter(i+most-1) && !m.capital(i+most-1) {
		most--
	}
	if most < 2 || most < 3 && m.says0(m.tokens[i].text) {
		return 0
	}
	return most
}

// begins reports whether a title has a token, or nearly, and the one after it: most messages
// have few that do.
func (m namer) begins(i int) bool {
	return slices.ContainsFunc(m.titles.words, func(w string) bool { return same(w, m.tokens[i].text) }) &&
		slices.ContainsFunc(m.titles.words, func(w string) bool { return same(w, m.tokens[i+1].text) })
}

// letter reports whether a token is a letter that tells things apart, as in "batch A", and no
// article: nothing follows that it could belong to, or it is a capital.
func (m namer) letter(i int) bool {
	if len(m.tokens[i].text) != 1 {
		return false
	}
	return m.capital(i) || i+1 == len(m.tokens) || m.tokens[i+1].before > spaced
}

// capitalLetter reports whether a token is a capital that stands alone.
func (m namer) capitalLetter(i int) bool {
	return len(m.tokens[i].text) == 1 && m.capital(i) && m.tokens[i].text != "i"
}

// capital reports whether a token begins with a capital letter.
func (m namer) capital(i int) bool {
	first := m.in.Text[m.tokens[i].start]
	return 'A' <= first && first <= 'Z'
}

// runOf is how many words from a token on stand together in the title of a task.
func (m namer) runOf(i, k int) (most int) {
	words := m.titles.of(k)
	for at, w := range words {
		if !same(w, m.tokens[i].text) {
			continue
		}
		n := 1
		for at+n < len(words) && i+n < len(m.tokens) && m.refOf[i+n] == 0 && m.tokens[i+n].before <= spaced && same(words[at+n], m.tokens[i+n].text) {
			n++
		}
		most = max(most, n)
	}
	return most
}

// content are the classes whose words name things, and may be words of a title.
var content = setOf(noticeWord, logsWord, historyWord, statusWord, listWord, state, endWord, badWord, taskWord, plural, nounWord, helpWord, etaWord, toldWord, adviceWord, tellWord, onWord, offWord, jobNoun)

// referWords finds single words of titles among those that mean nothing else, and puts
// together what stands together.
func (m namer) referWords() {
	for i := range m.tokens {
		if m.refOf[i] == 0 && !m.part[i] && m.nameable(i) {
			m.referWord(i)
		}
	}
	m.gather()
}

// nameable reports whether a token may be a word of a title: one that means nothing, or one
// that stands beside a title's word and names a thing.
func (m namer) nameable(i int) bool {
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
	return m.beside(i) || i > 0 && w.set.any(things) && m.verbBefore(i) && (m.means[i-1].form == asks || m.says0(m.tokens[i-1].text))
}

// telling reports whether a token is a number, a capital letter or a day that a title has, and by
// which it is told from others: "the 2023 return", "batch A", "the Tuesday one".
func (m namer) telling(i int) bool {
	w := m.means[i]
	if !m.hasAny(i) || i > 0 && (m.is(i-1, setOf(stepWord, forWord, posWord, taskWord, ordinal, cardinal, clockWord)) || m.means[i-1].form == asks && m.means[i-1].verb >= actApprove) {
		return false
	}
	switch {
	case w.set == setOf(cardinal):
		return len(m.tokens[i].text) > 1 && numeral(m.tokens[i].text) >= 0 && !m.is(i+1, setOf(unit, linesWord, stepWord)) && !m.tokens[i].hash
	case len(m.tokens[i].text) == 1:
		return i > 0 && m.capitalLetter(i)
	case w.set.has(laterWord) || m.months(m.tokens[i].text):
		return m.capital(i) && i > 0 || m.beside(i) || i > 0 && m.says0(m.tokens[i-1].text) && m.is(i+1, setOf(nounWord, taskWord)) || len(m.tokens) < 4
	}
	return false
}

// nouns are the classes of words that are the name of a task rather than what they mean where
// a title has them, behind an article.
var nouns = setOf(historyWord, listWord, helpWord, jobNoun, tellWord)

// noun reports whether a token is such a word: "resume the audit".
func (m namer) noun(i int) bool {
	w := m.means[i]
	return i > 0 && w.form == noVerb && w.set != 0 && w.set&^nouns == 0 && m.hasAny(i) && m.tokens[i].before <= spaced &&
		slices.Contains(articles[langs[m.lang]], m.tokens[i-1].text) && !m.is(i+1, setOf(ofWord, forWord))
}

// articles stand before the name of one thing.
var articles = map[string][]string{
	"en": {"the", "my", "our"}, "pt": {"o", "a", "do", "da", "no", "na"}, "es": {"el", "la", "del"},
	"de": {"der", "die", "das", "den", "dem", "beim", "vom", "zum", "zur"}, "fr": {"le", "la", "l", "du"},
}

// called reports whether a token is what a message begins with to say what it is about: "front:
// start from scratch".
func (m namer) called(i int) bool {
	return i == 0 && len(m.tokens) > 1 && (m.tokens[1].mark == ':' || m.tokens[1].mark == '-') && m.hasAny(0) && m.means[0].form == noVerb
}

// hasAny reports whether a token is a word of any title.
func (m namer) hasAny(i int) bool { return slices.Contains(m.titles.words, m.tokens[i].text) }

// things are the classes of words that can be the whole name of a task, of one that is acted
// on: "cancel the forecast".
var things = setOf(noticeWord, tellWord, etaWord, logsWord, statusWord, listWord, historyWord, helpWord, jobNoun, state, endWord)

// beside reports whether the word before or after is one of a title that has this one too.
func (m namer) beside(i int) bool {
	for _, j := range [2]int{i - 1, i + 1} {
		if j < 0 || j >= len(m.tokens) || m.tokens[max(i, j)].before > spaced {
			continue
		}
		for k := range m.in.Tasks {
			if m.hasWord(k, m.tokens[i].text) && (m.refOf[j] != 0 && m.refs[m.refOf[j]-1].fits.has(k) || m.refOf[j] == 0 && !m.says0(m.tokens[j].text) && m.hasWord(k, m.tokens[j].text)) {
				return true
			}
		}
	}
	return false
}

// verbBefore reports whether a verb of an act stands before a token in its sentence.
func (m namer) verbBefore(i int) bool {
	for j := i; j > 0 && m.tokens[j].before < sentence; j-- {
		if m.means[j-1].form == asks && m.refOf[j-1] == 0 {
			return true
		}
	}
	return false
}

// hasWord reports whether a title has a word, exactly.
func (m namer) hasWord(k int, word string) bool {
	return slices.Contains(m.titles.of(k), word)
}

// referWord makes a ref of a token that is a word of a title, or nearly one.
func (m namer) referWord(i int) {
	r := ref{start: i, end: i + 1, how: ByWords, words: 1}
	exact := m.means[i].known()
	word := m.tokens[i].text
	if len(word) < 2 && !m.capital(i) {
		return
	}
	for k, w := range m.titles.words {
		if w == word || !exact && same(w, word) {
			r.fits.add(int(m.titles.task[k]))
		}
	}
	if r.fits.empty() && !exact && !m.words.unlike[word] {
		r.how = BySpelling
		for k, w := range m.titles.words {
			if alike(w, word) || m.words.kin(w, word, m.lang) {
				r.fits.add(int(m.titles.task[k]))
			}
		}
	}
	if !r.fits.empty() {
		m.mark(r)
	}
}

// gather puts refs by words together that stand together, and so name one task.
func (m namer) gather() {
	for i := 0; i < len(m.tokens); i++ {
		if m.refOf[i] == 0 {
			continue
		}
		a := m.refOf[i] - 1
		j := m.refs[a].end
		for j < len(m.tokens) && m.refOf[j] == 0 && m.between(j) {
			j++
		}
		if j >= len(m.tokens) || m.refOf[j] == 0 || m.tokens[j].before > spaced || m.refOf[j]-1 == a {
			continue
		}
		switch {
		case m.join(int(a), int(m.refOf[j]-1)):
			i-- // what was joined may go on
		case j == i+1 && numeral(m.tokens[i].text) >= 0 && m.refs[a].end == j:
			m.refOf[i], m.refs[a] = 0, ref{} // the number makes another name of what follows
		}
	}
}

// between reports whether a token may stand within a name: "the backup for Frankfurt".
func (m namer) between(j int) bool {
	w := m.means[j]
	return m.tokens[j].before <= spaced && w.form == noVerb && w.set.any(setOf(filler, nounWord, taskWord)) && !w.set.any(setOf(yesWord, noWord, andWord))
}

// join makes two refs one, if both are words and some task has both.
func (m namer) join(a, b int) bool {
	x, y := &m.refs[a], &m.refs[b]
	both := x.fits.and(&y.fits)
	worded := func(r *ref) bool { return r.how == ByWords || r.how == BySpelling || r.how == ByTitle }
	if !worded(x) || !worded(y) || both.empty() {
		return false
	}
	if y.how == BySpelling && x.how == ByWords {
		x.how = BySpelling
	}
	if y.how == ByTitle {
		x.how = ByTitle
	}
	x.fits, x.words = both, x.words+y.words
	for i := x.end; i < y.end; i++ {
		m.refOf[i] = int16(a + 1)
	}
	x.end = y.end
	y.start, y.end = 0, 0
	return true
}
