package intents

import (
	"github.com/taskherald/herald/progress"
)

// identifier finds ids.
type identifier struct{ *message }

// referIDs finds the ids in a message.
func (m identifier) referIDs() {
	for i := range m.tokens {
		if m.refOf[i] == 0 {
			m.referID(i)
		}
	}
}

// referID finds an id at a token, or what looks like one of these tasks' ids and is none.
func (m identifier) referID(i int) {
	if i > 0 && (m.tokens[i].before == joined || m.tokens[i].hash && m.words.isStep(m.tokens[i-1].text)) {
		return // step #2
	}
	end := m.joinedTo(i)
	for j := end; j > i; j-- {
		if k := m.hasID(i, j); k >= 0 {
			m.mark(ref{start: i, end: j, how: ByID, fits: m.orListed(i, k)})
			return
		}
	}
	if j := m.spacedID(i); j > 0 {
		return
	}
	if m.looksLikeID(i, end) {
		m.mark(ref{start: i, end: end, how: ByID})
	}
}

// orListed is a task, and beside it the one that a list has shown under the number that is
// written: "#3" may mean both.
func (m identifier) orListed(i, k int) tasks {
	fits := one(k)
	if m.in.Offered == nil || !m.tokens[i].hash {
		return fits
	}
	if k := placer(m).at(numeral(m.tokens[i].text)); k >= 0 {
		fits.add(k)
	}
	return fits
}

// hasID is the task whose id the tokens spell, -1 for none.
func (m identifier) hasID(i, j int) int {
	for k := range m.in.Tasks {
		if m.spells(i, j, m.in.Tasks[k].ID) {
			return k
		}
	}
	return -1
}

// spells reports whether tokens spell an id: case and signs do not matter, and # stands for
// what is before its number.
func (m identifier) spells(i, j int, id progress.TaskID) bool {
	at := 0
	next := func() (byte, bool) {
		for at < len(id) {
			c := id[at]
			at++
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			if 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c >= 0x80 {
				return c, true
			}
		}
		return 0, false
	}
	if m.tokens[i].hash && j == i+1 && numeral(m.tokens[i].text) >= 0 {
		return m.tokens[i].text == trailing(id)
	}
	if j == i+1 && len(id) > 0 && numeral(m.tokens[i].text) >= 0 && len(m.tokens[i].text) < 3 {
		return false // a bare short number is a step, a position, or how many
	}
	for _, t := range m.tokens[i:j] {
		for k := range len(t.text) {
			if c, ok := next(); !ok || c != t.text[k] {
				return false
			}
		}
	}
	_, more := next()
	return !more
}

// trailing are the digits at the end of an id, if letters stand before them or nothing does.
func trailing(id progress.TaskID) string {
	i := len(id)
	for i > 0 && '0' <= id[i-1] && id[i-1] <= '9' {
		i--
	}
	for k := range i {
		if '0' <= id[k] && id[k] <= '9' {
			return ""
		}
	}
	return string(id[i:])
}

// spacedID marks an id that is written with a space, "t 42" or "task 9", and returns where
// it ends, 0 for none.
func (m identifier) spacedID(i int) int {
	if i+1 >= len(m.tokens) || m.tokens[i+1].before != spaced || numeral(m.tokens[i+1].text) < 0 && !labeler(m).capitalLetter(i+1) || m.joinedTo(i) != i+1 || hasDigit(m.tokens[i].text) {
		return 0
	}
	if m.words.isStep(m.tokens[i].text) {
		return 0
	}
	if k := m.hasID(i, i+2); k >= 0 {
		m.mark(ref{start: i, end: i + 2, how: ByID, fits: one(k)})
		return i + 2
	}
	return 0
}

// isStep reports whether a word is "step" in any language.
func (l *lexicon) isStep(word string) bool {
	ls := l.words[word]
	if ls == nil {
		return false
	}
	for i := range ls {
		if ls[i].set.has(stepWord) {
			return true
		}
	}
	return false
}

// looksLikeID reports whether tokens have the form of one of the tasks' ids: the same
// letters before a number, or a hash among hashes.
func (m identifier) looksLikeID(i, j int) bool {
	var buf [40]byte
	word := buf[:0]
	for _, t := range m.tokens[i:j] {
		if len(word)+len(t.text) > len(buf) {
			return false
		}
		word = append(word, t.text...)
	}
	if m.tokens[i].hash && j == i+1 {
		return false // a position, if anything
	}
	p, digits := prefix(word)
	if digits == 0 || m.words.isStep(string(word[:p])) {
		return false
	}
	if p+digits == len(word) && m.words.numberable(string(word[:p])) {
		return true
	}
	for k := range m.in.Tasks {
		if m.sameForm(word, p, m.in.Tasks[k].ID) {
			return true
		}
	}
	if len(word) >= leastHash && mixed(word) && !m.meansMuch(string(word)) {
		return true
	}
	return p > 1 && j == i+2 && p+digits == len(word) && m.in.Text[m.tokens[i].end] == '-' && !m.meansMuch(m.tokens[i].text)
}

// numberable reports whether a word and a number together are an id anywhere.
func (l *lexicon) numberable(word string) bool {
	switch word {
	case "t", "task", "job":
		return true
	}
	return false
}

// prefix is how many letters a word begins with, and how many digits follow them.
func prefix(word []byte) (letters, digits int) {
	for letters < len(word) && (word[letters] < '0' || '9' < word[letters]) {
		letters++
	}
	for letters+digits < len(word) && '0' <= word[letters+digits] && word[letters+digits] <= '9' {
		digits++
	}
	return letters, digits
}

// leastHash is how many letters and digits a word has at least that is taken for an id.
const leastHash = 10

// sameForm reports whether a word is formed like an id.
func (m identifier) sameForm(word []byte, letters int, id progress.TaskID) bool {
	var buf [64]byte
	plain := buf[:0]
	for k := range len(id) {
		c := id[k]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if ('a' <= c && c <= 'z' || '0' <= c && c <= '9') && len(plain) < len(buf) {
			plain = append(plain, c)
		}
	}
	p, digits := prefix(plain)
	if p > 0 && p == letters && string(plain[:p]) == string(word[:letters]) && p+digits >= len(plain)-1 {
		return true
	}
	if len(plain) < 3 || len(plain) != len(word) && len(plain) < 16 || !mixed(plain) || !mixed(word) {
		return false
	}
	return len(plain) == len(word) || len(word) >= 8
}

// mixed reports whether a word has letters and digits both, not just one before the other.
func mixed(word []byte) bool {
	p, digits := prefix(word)
	return digits > 0 && p+digits < len(word)
}
