package intents

import "slices"

// namer finds words of titles.
type namer struct{ labeler }

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
	for most > 0 && m.saysNothing(m.tokens[i+most-1].text) && !m.letter(i+most-1) && !m.capital(i+most-1) {
		most--
	}
	if most < 2 || most < 3 && m.saysNothing(m.tokens[i].text) {
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
