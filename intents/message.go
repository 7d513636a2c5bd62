package intents

import "slices"

// message is a message that is being read. It is used again for others.
type message struct {
	in    Input
	words *lexicon
	lang  int
	told  bool // no other language fits as well

	scanner
	titles  titles
	lemmas  []*lemmas // of each token, nil for a word of no lexicon
	means   []meaning // of each token
	part    []bool    // a token that is the rest of a phrase, or within quotes
	spelt   []bool    // a token whose meaning was found by spelling
	refOf   []int16   // the ref that a token is part of, from 1; 0 for none
	refs    []ref
	clauses []clause
	whens   []bool // of each sentence: it says if or when; empty while nobody has asked

	reasonAt int // where the reason stands in the message
}

// read goes through the stages.
func (m *message) read() Reading {
	m.scan(m.in.Text)
	if len(m.in.Tasks) > mostTasks {
		m.in.Tasks = m.in.Tasks[len(m.in.Tasks)-mostTasks:]
	}
	m.reset()
	m.titles.scan(m.in.Tasks)
	titler{m}.referTitles()
	identifier{m}.referIDs()
	m.lang = linguist{m}.language()
	namer{labeler{m}}.referRuns()
	titler{m}.referQuotes()
	tagger{m}.tag()
	placer{m}.referPositions()
	tagger{m}.nouns()
	tagger{m}.halts()
	namer{labeler{m}}.referWords()
	tagger{m}.spell()
	c := cut{m}
	splitter{conjugator{denier{counter{governor{c}}}}}.split()
	r := decider{truster{hinter{listener{asker{reasoner{doer{doubter{pluralizer{suspecter{timer{scout{resolver{distinguisher{c}}}}}}}}}}}}}}.decide()
	bystander{c}.heard(&r)
	return r
}

// mostTasks is how many tasks are looked at: the newest.
const mostTasks = 256

// reset makes room for what is known of each token.
func (m *message) reset() {
	n := len(m.tokens)
	m.lang = 0 // until it is known
	m.lemmas = m.lemmas[:0]
	for i := range m.tokens {
		m.lemmas = append(m.lemmas, m.looked(i))
	}
	m.means = cleared(m.means, n)
	m.part = cleared(m.part, n)
	m.spelt = cleared(m.spelt, n)
	m.refOf = cleared(m.refOf, n)
	m.refs, m.clauses, m.whens = m.refs[:0], m.clauses[:0], m.whens[:0]
}

// looked is what a token is in each language, nil for a word of no lexicon. A pull request is
// none: "pr" is French for "pour" only where it is small and has something behind it that is no
// bare number, as in "pr 2h".
func (m *message) looked(i int) *lemmas {
	if t := m.tokens[i]; t.text == "pr" && (m.in.Text[t.start:t.end] == "PR" || i+1 == len(m.tokens) || m.bareNumber(i+1)) {
		return nil
	}
	return m.words.words[m.tokens[i].text]
}

// bareNumber reports whether a token is a number that no unit of time follows.
func (m *message) bareNumber(i int) bool {
	if numeral(m.tokens[i].text) < 0 {
		return false
	}
	if i+1 == len(m.tokens) {
		return true
	}
	ls := m.words.words[m.tokens[i+1].text]
	return ls == nil || !slices.ContainsFunc(ls[:], func(l lemma) bool { return l.set.has(unit) })
}

func cleared[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	s = s[:n]
	clear(s)
	return s
}

// meant is what a word means in the message's language, or else in English.
func (m *message) meant(word string) *lemma { return m.ofLanguage(m.words.words[word]) }

// lemma is what a token is in the message's language, or else in English.
func (m *message) lemma(i int) *lemma { return m.ofLanguage(m.lemmas[i]) }

func (m *message) ofLanguage(ls *lemmas) *lemma {
	if ls == nil {
		return nil
	}
	if l := &ls[m.lang]; l.known() || len(l.phrases) > 0 {
		return l
	}
	return &ls[0]
}

// meansMuch reports whether a word is one of a lexicon.
func (m *message) meansMuch(word string) bool {
	l := m.meant(word)
	return l != nil && l.known()
}

// saysNothing reports whether a word is only a filler.
func (m *message) saysNothing(w string) bool {
	l := m.meant(w)
	return l != nil && l.form == noVerb && l.set.has(filler) && l.set&^setOf(filler, ofWord, clockWord) == 0
}

// is reports whether a token means one of some classes.
func (m *message) is(i int, s set) bool {
	return i >= 0 && i < len(m.tokens) && m.means[i].set.any(s)
}

// months reports whether a word is a month's name.
func (m *message) months(word string) bool {
	return m.words.months[m.lang][word] || m.words.months[0][word]
}

// text is what tokens are in the message as it was written.
func (m *message) text(from, to int) string {
	if from >= to || from < 0 || to > len(m.tokens) {
		return ""
	}
	return m.in.Text[m.tokens[from].start:m.tokens[to-1].end]
}

// mark makes tokens a ref.
func (m *message) mark(r ref) {
	m.refs = append(m.refs, r)
	for i := r.start; i < r.end; i++ {
		m.refOf[i] = int16(len(m.refs))
	}
}

// joinedTo is where the word ends that begins at a token: signs within it join tokens.
func (m *message) joinedTo(i int) int {
	j := i + 1
	for j < len(m.tokens) && m.tokens[j].before == joined {
		j++
	}
	return j
}

// numeral is the number that digits are, -1 for other words and long numbers.
func numeral(word string) int {
	if word == "" || len(word) > 6 {
		return -1
	}
	n := 0
	for i := range len(word) {
		if word[i] < '0' || '9' < word[i] {
			return -1
		}
		n = n*10 + int(word[i]-'0')
	}
	return n
}
