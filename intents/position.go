package intents

import "slices"

// placer finds places in the list.
type placer struct{ *message }

// referPositions finds places in the list.
func (m placer) referPositions() {
	for i := range m.tokens {
		if m.refOf[i] == 0 {
			m.referPosition(i)
		}
	}
}

// referPosition finds a place in the list at a token: task 2, #2, number two, the second one,
// the last, the other one.
func (m placer) referPosition(i int) {
	s := m.means[i].set
	switch {
	case m.part[i]:
	case s.has(cardinal) && m.bareID(i):
	case s.has(cardinal) && m.counted(i):
		m.position(i, i+1, int(m.means[i].value))
	case s.has(cardinal) && m.articled(i):
		m.position(i-1, i+1, int(m.means[i].value))
	case m.tokens[i].hash && s.has(cardinal) && !m.is(i-1, setOf(stepWord)):
		m.position(i, i+1, int(m.means[i].value))
	case s.any(setOf(taskWord, posWord, plural)) || m.tokens[i].text == "no" && i+1 < len(m.tokens) && numeral(m.tokens[i+1].text) >= 0:
		m.numbered(i)
	case s.has(state):
		m.standing(i)
	case s.has(ordinal) && !(s.has(laterWord) && (i == 0 || !m.saysNothing(m.tokens[i-1].text))):
		m.ordinal(i) // and no bare day of the week, as "sexta" is
	case s.has(otherWord):
		m.other(i)
	}
}

// numberArticles stand before the number of a task, in languages that say "cancel the 2".
var numberArticles = map[string][]string{
	"pt": {"a", "o"}, "es": {"la", "el"}, "fr": {"la", "le"}, "de": {"die", "den", "das", "der"},
}

// articled reports whether a number is the place of a task by the article before it.
func (m placer) articled(i int) bool {
	if i == 0 || m.tokens[i].before != spaced || numeral(m.tokens[i].text) > len(m.in.Tasks) || m.refOf[i-1] != 0 || !slices.Contains(numberArticles[langs[m.lang]], m.tokens[i-1].text) {
		return false
	}
	if i > 1 && m.is(i-2, setOf(cardinal, stepWord, unit)) || i+1 < len(m.tokens) && m.months(m.tokens[i+1].text) {
		return false // steps 1 to 2, 3 de março
	}
	return i+1 == len(m.tokens) || m.tokens[i+1].before > spaced || m.refOf[i+1] == 0 && m.means[i+1].known() && !m.is(i+1, setOf(unit, linesWord, stepWord, ofWord))
}

// numbered finds "task 2", "task number two", "number 2".
func (m placer) numbered(i int) {
	if i > 0 && m.means[i-1].set.has(stepWord) || len(m.in.Tasks) == 1 && i > 0 && m.means[i-1].form == asks && m.means[i].set.has(posWord) && m.means[i-1].verb >= actApprove {
		return // skip number 3: of one task, a step
	}
	j := i + 1
	if j+1 < len(m.tokens) && m.tokens[j].before == spaced && (m.means[j].set.has(posWord) || m.tokens[j].text == "no") {
		j++
	}
	if j >= len(m.tokens) || m.tokens[j].before > spaced || m.refOf[j] != 0 || !m.means[j].set.has(cardinal) {
		return
	}
	if m.means[j].set.any(setOf(filler, nounWord)) && numeral(m.tokens[j].text) < 0 {
		return // "task one": one is a word of many uses
	}
	if m.is(j+1, setOf(unit, linesWord, stepWord)) || !m.means[i].set.any(setOf(taskWord, plural)) && m.namedBefore(i) {
		return
	}
	for k := range m.in.Tasks {
		if string(m.in.Tasks[k].ID) == m.tokens[j].text {
			m.mark(ref{start: i, end: j + 1, how: ByID, fits: one(k)})
			return
		}
	}
	m.position(i, j+1, int(m.means[j].value))
}

// counted reports whether a number right behind an act on a whole task is a place in the list:
// "cancel 4". Behind other acts it is a step.
func (m placer) counted(i int) bool {
	if i == 0 || m.means[i-1].form != asks || m.means[i-1].verb >= actApprove || numeral(m.tokens[i].text) < 0 || m.tokens[i].before != spaced {
		return false
	}
	return i+1 == len(m.tokens) || m.tokens[i+1].before > spaced || m.refOf[i+1] == 0 && m.means[i+1].known() && !m.is(i+1, setOf(unit, linesWord, stepWord, nounWord, plural))
}

// namedBefore reports whether the sentence names a task before a token: what is numbered then is
// a step of it, "the reload, skip no. 8".
func (m placer) namedBefore(i int) bool {
	for ; i > 0 && m.tokens[i].before < sentence; i-- {
		if m.refOf[i-1] != 0 {
			return true
		}
	}
	return false
}

// bareID marks a number that is a task's id, where it is no step, no position and no count.
func (m placer) bareID(i int) bool {
	if m.tokens[i].before > spaced || m.is(i+1, setOf(unit, linesWord, stepWord)) || i > 0 && m.is(i-1, setOf(stepWord, forWord, taskWord, posWord, ordinal)) {
		return false
	}
	if len(m.tokens[i].text) < 2 && (len(m.in.Tasks) < 2 || i == 0 || m.means[i-1].form != asks) {
		return false
	}
	for k := range m.in.Tasks {
		if string(m.in.Tasks[k].ID) == m.tokens[i].text {
			m.mark(ref{start: i, end: i + 1, how: ByID, fits: one(k)})
			return true
		}
	}
	return false
}

// ordinal finds "the second one", "the last task", "the oldest".
func (m placer) ordinal(i int) {
	end, named := i+1, false
	if m.is(end, setOf(cardinal)) && !m.means[end].set.has(nounWord) || end < len(m.tokens) && m.words.isStep(m.tokens[end].text) {
		return // the last 20 lines, the third step
	}
	for end < len(m.tokens) && m.tokens[end].before <= spaced && m.refOf[end] == 0 && m.is(end, setOf(nounWord, taskWord)) && !m.is(end, setOf(stepWord, linesWord)) {
		end, named = end+1, true
	}
	before := i > 0 && m.tokens[i].before <= spaced && m.refOf[i-1] == 0 && m.means[i-1].set.any(setOf(filler, pronoun))
	after := end >= len(m.tokens) || m.tokens[end].before >= comma || m.part[end] || m.refOf[end] == 0 && m.means[end].known() &&
		!m.means[end].set.any(setOf(stepWord, linesWord, unit, logsWord, historyWord, plural, cardinal)) && m.tokens[end].before <= spaced
	if !after || !named && !before {
		return
	}
	if before && i > 1 && m.means[i-1].set.has(filler) && m.is(i-2, setOf(stepWord)) {
		return
	}
	m.position(i, end, int(m.means[i].value))
}

// standing finds "the paused one", "whatever failed": the tasks of a status.
func (m placer) standing(i int) {
	end, start := i+1, i
	for end < len(m.tokens) && m.tokens[end].before <= spaced && m.refOf[end] == 0 && m.is(end, setOf(nounWord, taskWord)) && !m.is(end, setOf(plural, stepWord)) {
		end++
	}
	for start > 0 && m.tokens[start].before <= spaced && m.refOf[start-1] == 0 && (m.part[start-1] || m.is(start-1, setOf(isIt))) {
		start--
	}
	whatever := start > 0 && m.tokens[start].before <= spaced && m.tokens[start-1].text == "whatever"
	named := end > i+1 && i > 0 && m.tokens[i].before <= spaced && m.refOf[i-1] == 0 && m.saysNothing(m.tokens[i-1].text)
	if !whatever && !named {
		return
	}
	r := ref{start: i, end: end, how: ByStatus}
	if whatever {
		r.start = start - 1
	}
	for k := range m.in.Tasks {
		if m.in.Tasks[k].Status == states[m.means[i].value] {
			r.fits.add(k)
		}
	}
	if !r.fits.empty() {
		m.mark(r)
	}
}

// other finds "the other one".
func (m placer) other(i int) {
	end := i + 1
	for end < len(m.tokens) && m.tokens[end].before <= spaced && m.refOf[end] == 0 && m.is(end, setOf(nounWord, taskWord)) {
		end++
	}
	if end < len(m.tokens) && m.tokens[end].before <= spaced && m.refOf[end] == 0 && !m.means[end].known() && !m.part[end] {
		return
	}
	r := ref{start: i, end: end, how: ByPosition}
	if k := m.otherTask(); k >= 0 {
		r.fits.add(k)
	}
	m.mark(r)
}

// otherTask is the one of two tasks that the thread is not about, -1 if there is none.
func (m placer) otherTask() int {
	if len(m.in.Tasks) != 2 || m.in.About == "" {
		return -1
	}
	for k := range m.in.Tasks {
		if m.in.Tasks[k].ID == m.in.About {
			return 1 - k
		}
	}
	return -1
}

// position marks a place in the list, counted from its end if it is negative.
func (m placer) position(i, j, n int) {
	r := ref{start: i, end: j, how: ByPosition}
	if k := m.at(n); k >= 0 {
		r.fits.add(k)
	}
	m.mark(r)
}

// at is the task at a place in what was offered, or in all of them; -1 for none.
func (m placer) at(n int) int {
	count := len(m.in.Tasks)
	if m.in.Offered != nil {
		count = len(m.in.Offered)
	}
	if n < 0 {
		n = count + 1 + n
	}
	if n < 1 || n > count {
		return -1
	}
	if m.in.Offered == nil {
		return n - 1
	}
	for k := range m.in.Tasks {
		if m.in.Tasks[k].ID == m.in.Offered[n-1] {
			return k
		}
	}
	return -1
}
