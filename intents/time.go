package intents

// timer reads times and durations.
type timer struct{ scout }

// actOf is what the verb of a clause asks for, with the words that turn it into another act.
func (m timer) actOf(c *clause) int {
	switch {
	case c.has.has(scratch) && (c.act == actCancel || c.act == actRetry || c.act == actResume || c.act == actRestart):
		return actRestart
	case c.act == actRestart && (c.step > 0 || c.has.any(setOf(stepWord))):
		return actRetry
	case c.act == actRetry && c.other == actRestart && !c.has.has(stepWord):
		return actRestart
	case c.act == actCancel && m.lasts(c) > 0:
		return actPause
	}
	return c.act
}

// soon reports whether a clause says in what time it wants something: in ten minutes.
func (m timer) soon(c *clause) bool {
	for i := c.start + 1; i < c.end; i++ {
		if m.oclock(i) {
			return true
		}
		if !m.is(i, setOf(unit)) && !(m.isNumber(i) && m.is(i+1, setOf(unit))) || m.refOf[i] != 0 || m.part[i] {
			continue
		}
		switch m.tokens[i-1].text {
		case "in", "dans", "em", "en", "within", "after", "nach", "tras", "apres", "apos":
			return true
		}
	}
	return false
}

// during reports whether a clause wants a pause for a time, which is no later time.
func (m timer) during(c *clause) bool {
	return m.actOf(c) == actPause && c.has.has(untilWord)
}

// oclock reports whether a token is a time of day: at 5, um 15 Uhr, às 15h.
func (m timer) oclock(i int) bool {
	if m.refOf[i] != 0 || m.refOf[i-1] != 0 || m.tokens[i].before > spaced || !m.means[i-1].set.has(clockWord) {
		return false
	}
	if end := m.tokens[i].end; end < len(m.in.Text) && m.in.Text[end] == '%' {
		return true // at 50%
	}
	if n, u := glued(m.tokens[i].text); n > 0 {
		return n < 25 && (u == "h" || u == "am" || u == "pm" || u == "uhr" || len(u) == 3 && u[0] == 'h')
	}
	return m.isNumber(i) && !m.is(i+1, setOf(unit, linesWord, stepWord)) && m.means[i].value < 25
}

// lasts is how long a clause wants something to last, in seconds: for ten minutes.
func (m timer) lasts(c *clause) int {
	for i := c.start; i < c.end; i++ {
		if m.refOf[i] != 0 || m.part[i] || !m.means[i].set.has(forWord) {
			continue
		}
		for j := i + 1; j < c.end && j <= i+4; j++ {
			if n := m.duration(j); n > 0 {
				return n
			}
		}
	}
	if c.act == actCancel && !m.soon(c) {
		return m.lastly(c)
	}
	return 0
}

// lastly is how long what ends a clause lasts: "stop the export 10 minutes".
func (m timer) lastly(c *clause) int {
	for j := c.at + 1; j < c.end; j++ {
		n := m.duration(j)
		if n == 0 || m.refOf[j] != 0 || m.part[j] {
			continue
		}
		k := j + 1
		for k < c.end && m.refOf[k] == 0 && m.is(k, setOf(filler, unit)) {
			k++
		}
		if k == c.end && hasDigit(m.tokens[j].text) {
			return n
		}
	}
	return 0
}

// longest is what no duration is longer than, in seconds: ten years.
const longest = 10 * 366 * 86400

// duration is the one that begins at a token, in seconds, 0 for none.
func (m timer) duration(j int) int { return min(m.seconds(j), longest) }

func (m timer) seconds(j int) int {
	if m.is(j, setOf(unit)) {
		return int(m.means[j].value)
	}
	if m.isNumber(j) && m.is(j+1, setOf(unit)) {
		return int(m.means[j].value) * int(m.means[j+1].value)
	}
	if n, u := glued(m.tokens[j].text); n > 0 {
		if l := m.meant(u); l != nil && l.set.has(unit) {
			return n * int(l.value)
		}
	}
	return 0
}

// glued parts a number from its unit: 30m.
func glued(word string) (n int, unit string) {
	i := 0
	for i < len(word) && '0' <= word[i] && word[i] <= '9' {
		i++
	}
	if i == 0 || i == len(word) || i > 5 {
		return 0, ""
	}
	return numeral(word[:i]), word[i:]
}
