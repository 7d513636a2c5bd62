package intents

import "slices"

// distinguisher tells the names of tasks from those of others.
type distinguisher struct{ cut }

// name is what is named and is not there, with the words beside it that make another name of it.
func (m distinguisher) name(c *clause, r *ref) string {
	from, to := r.start, r.end
	other := func(i int) bool {
		return m.refOf[i] == 0 && !m.part[i] && (!m.means[i].known() || m.isNumber(i) || m.months(m.tokens[i].text))
	}
	for from > c.start && from-1 > c.at && m.tokens[from].before <= spaced && other(from-1) {
		from--
	}
	for to < c.end && m.tokens[to].before <= spaced && (other(to) || to+1 < c.end && m.is(to, setOf(ofWord)) && m.tokens[to+1].before <= spaced && other(to+1)) {
		to++
	}
	return m.text(from, to)
}

// otherName reports whether what is named has a word more that no title has, such as another
// year or another town: then it is something else.
func (m distinguisher) otherName(c *clause, r *ref, all tasks, acting bool) bool {
	if r.how != ByWords && r.how != BySpelling && r.how != ByTitle {
		return false
	}
	if i := r.end + 1; i < c.end && m.refOf[i] == 0 && !m.part[i] && m.is(r.end, setOf(ofWord, forWord, filler)) && m.tokens[i].before == spaced &&
		(m.otherTime(i, all) || acting && m.is(r.end, setOf(ofWord)) && !m.means[i].known() && !m.spelt[i] && all.only() < 0) {
		return true // the payroll of June, the shop in Madrid
	}
	for _, i := range [2]int{r.start - 1, r.end} {
		if i < c.start || i >= c.end || m.refOf[i] != 0 || m.part[i] || i < r.start && m.tokens[r.start].before > spaced || i >= r.end && m.tokens[i].before > spaced {
			continue
		}
		if i <= c.at && c.at < r.start || c.at < 0 || i > c.at {
			if m.distinct(i, r, all, acting) {
				return true
			}
		}
	}
	return false
}

// distinct reports whether a word beside a name makes another name of it.
func (m distinguisher) distinct(i int, r *ref, all tasks, acting bool) bool {
	word := m.tokens[i].text
	if (acting || m.numerous(all)) && i >= r.end && m.isNumber(i) && !m.is(i+1, setOf(unit, linesWord, stepWord)) && m.tokens[i].before == spaced {
		return true // "cancel Deploy 2"
	}
	for k := range m.in.Tasks {
		if all.has(k) && (labeler{m.message}).hasWord(k, word) {
			return false
		}
	}
	if i >= r.end && (labeler{m.message}).capitalLetter(i) {
		return true // vendor F
	}
	if m.tokens[i].before == joined && hasDigit(word) {
		return true
	}
	if m.otherTime(i, all) {
		return true
	}
	if m.means[i].known() || m.spelt[i] {
		return false
	}
	if hasDigit(word) {
		return true
	}
	if !acting || r.how == ByTitle {
		return false
	}
	if k := all.only(); k >= 0 {
		return 2*r.words <= m.nameWords(k) && i < r.start
	}
	return true // of those that fit, it is none
}

// otherTime reports whether a word is a month or a year that none of some titles has.
func (m distinguisher) otherTime(i int, all tasks) bool {
	word := m.tokens[i].text
	if !m.months(word) && (numeral(word) < 1900 || numeral(word) >= 2200) || word == "may" && !(labeler{m.message}).capital(i) {
		return false
	}
	for k := range m.in.Tasks {
		if all.has(k) && (labeler{m.message}).hasWord(k, word) {
			return false
		}
	}
	return true
}

// numerous reports whether titles of tasks are told apart by numbers.
func (m distinguisher) numerous(all tasks) bool {
	for k := range m.in.Tasks {
		if all.has(k) && slices.ContainsFunc(m.titles.of(k), func(w string) bool { return numeral(w) >= 0 }) {
			return true
		}
	}
	return false
}

// nameWords is how many words of a task's title say something.
func (m distinguisher) nameWords(k int) (n int) {
	for _, w := range m.titles.of(k) {
		if !m.saysNothing(w) && numeral(w) < 0 {
			n++
		}
	}
	return n
}
