package intents

import "slices"

// tasks is a set of tasks, by their place in Input.Tasks.
type tasks [mostTasks / 64]uint64

func (s *tasks) add(i int) { s[i/64] |= 1 << (i % 64) }

func (s *tasks) has(i int) bool { return s[i/64]&(1<<(i%64)) != 0 }

func (s *tasks) and(o *tasks) (both tasks) {
	for i := range s {
		both[i] = s[i] & o[i]
	}
	return both
}

func (s *tasks) empty() bool { return *s == tasks{} }

// only is the one task in a set, -1 if there is none or there are several.
func (s *tasks) only() int {
	found := -1
	for i := range mostTasks {
		if s[i/64] == 0 {
			continue
		}
		if s.has(i) {
			if found >= 0 {
				return -1
			}
			found = i
		}
	}
	return found
}

// titles are the words of the tasks' titles, one after the other.
type titles struct {
	scanner

	words []string
	task  []int16 // of each word
	from  []int   // where each task's words begin, with the end of the last
}

// scan reads the titles.
func (t *titles) scan(all []Task) {
	t.words, t.task, t.from = t.words[:0], t.task[:0], t.from[:0]
	t.folded, t.tokens = t.folded[:0], t.tokens[:0]
	for i := range all {
		t.from = append(t.from, len(t.tokens))
		t.cut(all[i].Title, mostTitleWords)
		for len(t.task) < len(t.tokens) {
			t.task = append(t.task, int16(i))
		}
	}
	t.from = append(t.from, len(t.tokens))
	t.spell(string(t.folded))
	for i := range t.tokens {
		t.words = append(t.words, t.tokens[i].text)
	}
}

// mostTitleWords is how many words of a title count.
const mostTitleWords = 24

// of are the words of a task's title.
func (t *titles) of(i int) []string { return t.words[t.from[i]:t.from[i+1]] }

// same reports whether two words are one, or one is the other's plural or another form with
// a short ending, or the same number of a version.
func same(a, b string) bool {
	if a == b {
		return true
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b) == len(a)+1 && b[0] == 'v' && b[1:] == a {
		return hasDigit(a) // v2 and 2
	}
	if len(a) < 3 || a[0] != b[0] || len(b)-len(a) > mostEnding || b[:len(a)] != a {
		return false
	}
	return b[len(a):] == "s" || len(a) >= leastStem && !hasDigit(b)
}

// Endings have at most mostEnding letters, and what they stand behind has leastStem.
const (
	mostEnding = 2
	leastStem  = 5
)

// kin reports whether two words are forms of one: "scan" and "scanning".
func (l *lexicon) kin(a, b string, lang int) bool {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n >= leastKin && 2*n >= max(len(a), len(b)) && l.ending(a[n-1:], lang) && l.ending(b[n-1:], lang)
}

// leastKin is how many letters two forms of a word have in common at least.
const leastKin = 4

// ending reports whether a word may end so behind its stem, of which the last letter is there;
// it may stand twice.
func (l *lexicon) ending(rest string, lang int) bool {
	last, rest := rest[0], rest[1:]
	if rest == "" || slices.Contains(l.endings[lang], rest) {
		return true
	}
	return rest[0] == last && slices.Contains(l.endings[lang], rest[1:])
}

// alike reports whether two words are the same, or nearly: neither short nor with digits.
func alike(a, b string) bool {
	return same(a, b) || len(a) >= leastSpelt && len(b) >= leastSpelt && !hasDigit(a) && !hasDigit(b) && oneOff(a, b)
}
