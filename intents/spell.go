package intents

// leastSpelt is how many letters a word has at least that is looked for among misspelt ones.
const leastSpelt = 5

// nearest is the meaning of the word that a word is nearly: one letter more, less or other,
// or two swapped. ok is false if it is none, or could be two that mean different things.
func (l *lexicon) nearest(word string, lang int) (m meaning, ok bool) {
	if len(word) < leastSpelt-1 || len(word) > 20 || l.unlike[word] || hasDigit(word) {
		return m, false
	}
	var buf [24]byte
	found := func(short string) bool {
		for _, verb := range l.near[short] {
			if !oneOff(word, verb) {
				continue
			}
			for _, in := range [2]int{lang, 0} {
				got := l.words[verb][in].meaning
				if got.form != asks && !got.set.any(spelled) {
					continue
				}
				if ok && (got.form != m.form || got.verb != m.verb) {
					return false
				}
				m, ok = got, true
				break
			}
		}
		return true
	}
	if last := len(word) - 1; word[last] == 's' && l.asked(word[:last], lang) {
		return meaning{}, false // "resets" is no misspelt "reset"
	}
	if !found(word) {
		return meaning{}, false
	}
	for i := range word {
		short := append(append(buf[:0], word[:i]...), word[i+1:]...)
		if !found(string(short)) {
			return meaning{}, false
		}
	}
	if m.form == asks {
		m.set = 0
	}
	return m, ok
}

// asked reports whether a word asks for an act.
func (l *lexicon) asked(word string, lang int) bool {
	ls := l.words[word]
	return ls != nil && (ls[lang].form == asks || ls[0].form == asks)
}

func hasDigit(word string) bool {
	for i := range len(word) {
		if '0' <= word[i] && word[i] <= '9' {
			return true
		}
	}
	return false
}

// oneOff reports whether two words differ by one letter: one more, one less, another one,
// or two that are swapped.
func oneOff(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 || a == b {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	if a[i+1:] == b[i+1:] {
		return true
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}
