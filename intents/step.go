package intents

// counter finds the steps that are meant.
type counter struct{ governor }

// stepOf finds the step that is meant.
func (m counter) stepOf(c *clause) {
	for i := c.start; i < c.end; i++ {
		if m.refOf[i] != 0 || m.part[i] || !m.means[i].set.has(stepWord) {
			continue
		}
		n, more := m.stepBeside(c, i)
		if n == 0 && i+1 < c.end && m.tokens[i+1].text == "0" {
			c.steps = true // there is none such
		}
		if n > 0 {
			c.steps = c.steps || more || c.step != 0 && c.step != n || m.exempts(c, i)
			c.step = n
		}
	}
	if c.step == 0 && c.at >= 0 && (c.act == actSkip || c.act == actRetry || c.act == actApprove || c.act == actReject) {
		m.bareStep(c)
	}
}

// exempts reports whether a step is only where something begins, or what is left out: "from
// step 2", "except step 2".
func (m counter) exempts(c *clause, i int) bool {
	if i == c.start || c.act == actRetry || c.act == actSkip {
		return false
	}
	switch m.tokens[i-1].text {
	case "from", "except", "but", "desde", "ab", "depuis":
		return true
	}
	return false
}

// stepBeside is the number beside the word for a step, and whether there are several.
func (m counter) stepBeside(c *clause, i int) (n int, more bool) {
	j := i + 1
	for j < c.end && m.is(j, setOf(posWord)) {
		j++
	}
	if j < c.end && m.is(j, setOf(cardinal)) && m.refOf[j] == 0 && m.tokens[j].before <= spaced {
		k := j + 1
		for k < c.end && (m.is(k, setOf(filler, andWord, untilWord)) || m.spans(k)) && !m.isNumber(k) {
			k++
		}
		more = k < c.end && m.isNumber(k) && !m.is(k+1, setOf(unit, linesWord)) && (k == j+1 && m.tokens[k].before == joined || k > j+1 && m.is(k-1, setOf(andWord, untilWord)) || k > j+1 && m.spans(k-1))
		return int(m.means[j].value), more
	}
	if j := i - 1; j >= c.start && (m.is(j, setOf(ordinal)) || m.isNumber(j) && m.lang != 0) && m.refOf[j] == 0 && m.tokens[i].before <= spaced {
		return int(max(m.means[j].value, 0)), false
	}
	return 0, false
}

// bareStep finds a number right after the verb.
func (m counter) bareStep(c *clause) {
	i := c.at + 1
	for i < c.end && (m.part[i] || m.is(i, setOf(filler, pronoun, posWord)) && !m.isNumber(i) || m.tokens[i].text == "no" && m.isNumber(i+1)) {
		i++
	}
	if i < c.end && m.isNumber(i) && m.means[i].value < 1000 && m.tokens[i].before <= spaced && !m.is(i+1, setOf(unit, linesWord)) && !m.tokens[i].hash && m.ends(i+1, c.end) {
		c.step, c.object, c.alien = int(m.means[i].value), true, false
	}
}
