package intents

// titler finds titles in full.
type titler struct{ *message }

// referTitles finds titles in full, and quotations that are one; the longest first.
func (m titler) referTitles() {
	for {
		best, from := -1, 0
		for k := range m.in.Tasks {
			if words := m.titles.of(k); len(words) > 0 && (best < 0 || len(words) > len(m.titles.of(best))) {
				if i := m.titleAt(words); i >= 0 {
					best, from = k, i
				}
			}
		}
		if best < 0 {
			return
		}
		words := m.titles.of(best)
		r := ref{start: from, end: from + len(words), how: ByTitle, words: len(words)}
		for k := range m.in.Tasks {
			if equalWords(m.titles.of(k), words) {
				r.fits.add(k)
			}
		}
		m.mark(r)
	}
}

// referQuotes takes quotations for names of tasks that are not there, where something is
// said of them.
func (m titler) referQuotes() {
	for i := 1; i < len(m.tokens); i++ {
		q := m.tokens[i].quote
		if q == 0 || m.refOf[i] != 0 || m.tokens[i].before > spaced || m.tokens[i-1].quote == q {
			continue
		}
		j := i
		for j < len(m.tokens) && m.tokens[j].quote == q && m.refOf[j] == 0 && (j == i || m.tokens[j].before < sentence) {
			j++
		}
		if j-i <= mostQuoted && (j == len(m.tokens) || m.tokens[j].quote != q || m.tokens[j].before >= sentence) {
			m.mark(ref{start: i, end: j, how: ByTitle})
		}
	}
}

// mostQuoted is how many words a quotation has at most that can be a name.
const mostQuoted = 6

// titleAt is where all words of a title stand one after the other, -1 if they do not. A
// title of one word that is a word of the lexicon too has to be quoted.
func (m titler) titleAt(words []string) int {
	for i := 0; i+len(words) <= len(m.tokens); i++ {
		if m.tokens[i].text == words[0] && m.stands(i, words) {
			return i
		}
	}
	return -1
}

func (m titler) stands(i int, words []string) bool {
	for k, w := range words {
		if m.tokens[i+k].text != w || m.refOf[i+k] != 0 || k > 0 && m.tokens[i+k].before >= sentence {
			return false
		}
	}
	if len(words) > 1 || m.tokens[i].quote != 0 {
		return m.wholeQuote(i, len(words)) || len(words) > 1 && !m.allFiller(words)
	}
	return !m.meansMuch(words[0])
}

// wholeQuote reports whether tokens are all of a quotation.
func (m titler) wholeQuote(i, n int) bool {
	q := m.tokens[i].quote
	return q != 0 && (i == 0 || m.tokens[i-1].quote != q) && (i+n == len(m.tokens) || m.tokens[i+n].quote != q)
}

// allFiller reports whether no word of a title says anything.
func (m titler) allFiller(words []string) bool {
	for _, w := range words {
		if !m.saysNothing(w) {
			return false
		}
	}
	return true
}

func equalWords(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
