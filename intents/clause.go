package intents

// cut is a message in clauses, and what all later stages ask of them.
type cut struct{ *message }

// clause is a part of a message that says one thing.
type clause struct {
	start, end int
	sentence   int
	asked      bool // it ends with a question mark
	lead       set  // because, correction, butWord, ifWord: what it begins with

	has  set // of all its words
	refs int // how many name a task that is meant

	act     int  // an index of acts of the verb that asks, -1 for none
	at      int  // where that verb stands
	form    form // of that verb
	other   int  // another act that it asks for, -1 for none
	said    bool // a verb tells: cancelled
	saidAct int  // that verb's act, -1 for none
	spelt   bool // the verb was found by spelling
	negated bool // a negation goes with the verb
	again   bool // it only says "again" and please
	urged   bool // what is needed is asked for with a please
	decides bool // it only says "approved" or "rejected"

	stray  int  // words that mean nothing here
	before int  // those of them that stand before the verb
	object bool // the verb has an object that we know: a task, a step, a pronoun
	alien  bool // what follows the verb is a thing that we do not know
	step   int
	steps  bool // several steps
	heavy  int  // words that say something, of all
}

// first is the first token of a clause that is of some classes, a large number if none is.
func (m cut) first(c *clause, s set) int {
	for i := c.start; i < c.end; i++ {
		if m.refOf[i] == 0 && !m.part[i] && m.means[i].set.any(s) {
			return i
		}
	}
	return 1 << 30
}

// leads reports whether only fillers stand before a token of a clause.
func (m cut) leads(c *clause, i int) bool {
	for j := c.start; j < i; j++ {
		if m.refOf[j] != 0 || !m.part[j] && (m.means[j].set&setOf(filler, andWord, butWord, correction, yesWord, noWord) == 0 || m.means[j].form != noVerb) {
			return false
		}
	}
	return true
}

// isNumber reports whether a token is a number that is no word of other uses.
func (m cut) isNumber(i int) bool {
	return m.is(i, setOf(cardinal)) && m.refOf[i] == 0 && (numeral(m.tokens[i].text) >= 0 || !m.means[i].set.any(setOf(filler, nounWord)))
}

// determines reports whether a pronoun belongs to the word after it: "this song", "that last song".
func (m cut) determines(i, end int) bool {
	if m.clitic(i) {
		return false
	}
	for i+1 < end && m.tokens[i+1].before <= spaced && m.refOf[i+1] == 0 && !m.part[i+1] && m.is(i+1, setOf(ordinal)) {
		i++
	}
	return i+1 < end && m.tokens[i+1].before <= spaced && m.refOf[i+1] == 0 && !m.part[i+1] &&
		(!m.means[i+1].known() || m.means[i+1].set.any(setOf(posWord, helpWord)))
}

// clitic reports whether a pronoun never stands before a noun.
func (m cut) clitic(i int) bool {
	switch m.tokens[i].text {
	case "it", "em", "him", "es", "ihn", "lo", "y":
		return true
	}
	return false
}

// refsIn reports whether a clause names anything, meant or not.
func (m cut) refsIn(c *clause) bool {
	for i := c.start; i < c.end; i++ {
		if m.refOf[i] != 0 {
			return true
		}
	}
	return false
}

// pronounIn reports whether a clause has a pronoun that stands for a task.
func (m cut) pronounIn(c *clause) bool {
	for j := c.start; j < c.end; j++ {
		if m.refOf[j] == 0 && !m.part[j] && m.means[j].set.has(pronoun) && !m.determines(j, c.end) {
			return true
		}
	}
	return false
}

// strange reports whether a word stands among tokens that means nothing here.
func (m cut) strange(from, to int) bool {
	for i := from; i < to; i++ {
		if m.refOf[i] == 0 && !m.part[i] && !m.means[i].set.any(helpers) && !m.marks(i) {
			return true
		}
	}
	return false
}

// helpers are the classes of words that stand around what is asked for and say nothing else.
var helpers = setOf(filler, pronoun, taskWord, stepWord, forWord, unit, cardinal, ordinal, nounWord, request, andWord, yesWord, noWord,
	scratch, butWord, correction, otherWord, posWord, plural, negator, untilWord, leave, bulk, jobNoun)

// marking are the classes whose words forbid an act, or ask.
var marking = setOf(ifWord, laterWord, wishWord, toldWord, adviceWord, howTo, because, noticeWord, mute, follow, state, badWord, endWord, isIt, onWord, offWord)

func (m cut) marks(i int) bool { return m.means[i].set.any(marking) || m.means[i].form != noVerb }

// ends reports whether nothing that could be a noun stands at a token.
func (m cut) ends(i, end int) bool {
	return i >= end || m.tokens[i].before > spaced || m.refOf[i] == 0 && (m.means[i].known() || m.part[i])
}

// spans reports whether a word stands between the ends of a range.
func (m cut) spans(i int) bool {
	switch m.tokens[i].text {
	case "to", "thru", "through", "a", "ate", "hasta", "bis", "und", "et", "y", "e", "and":
		return true
	}
	return false
}

// pleads reports whether somebody says please.
func (m cut) pleads(c *clause) bool {
	for i := c.start; i < c.end; i++ {
		switch m.tokens[i].text {
		case "please", "pls", "plz", "plss", "kindly", "pfv", "pf", "porfa", "porfavor", "bitte", "stp", "svp", "plait":
			return true
		case "por":
			return m.after(i) == "favor"
		case "ok":
			return i == c.end-1
		}
	}
	return false
}
