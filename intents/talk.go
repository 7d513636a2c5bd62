package intents

import "slices"

// bystander tells whether what people say to each other could be for whoever keeps the tasks.
type bystander struct{ cut }

// heard adds to a reading what matters where it was not said to us.
func (m bystander) heard(r *Reading) {
	r.Strange = m.strangers()
	r.People = m.greets() || m.speaksToSomebody() && !(r.Strange == 0 && m.wantsToHear()) || r.Intent == Status && m.tellsOfSomebody()
	r.Orders = r.Verb != "" && (r.Doubt == "" || r.Doubt == Misspelt || r.Doubt == Loose) && m.orders()
}

// strangers is how many words are not understood, but for those that go with how long a thing
// takes. What may be a task, and is none of ours, is a stranger too: "is the build done?".
func (m bystander) strangers() (n int) {
	for i := range m.clauses {
		n += m.clauses[i].stray
	}
	for i, t := range m.tokens {
		w := m.means[i]
		switch {
		case m.refOf[i] != 0 || m.part[i]:
		case !w.known() && m.words.lasting[m.lang].has(t.text):
			n--
		case w.set.has(jobNoun) && !w.set.has(taskWord) && w.form == noVerb:
			n++
		}
	}
	return max(n, 0)
}

// tellsOfSomebody reports whether a message that asks nothing begins with who does something:
// "I look at it tomorrow".
func (m bystander) tellsOfSomebody() bool {
	for i := range m.clauses {
		c := &m.clauses[i]
		if k := m.first(c, setOf(subject)); !c.asked && k < c.end && m.leads(c, k) {
			return true
		}
	}
	return false
}

// speaksToSomebody reports whether a word means who is spoken to: you, your, someone. One that
// is only so in capitals ("Sie") counts where it does not begin a sentence.
func (m bystander) speaksToSomebody() bool {
	for i, t := range m.tokens {
		if m.refOf[i] != 0 || m.polite(i) {
			continue
		}
		you, written := m.words.you[m.lang], m.in.Text[t.start:t.end]
		if you.has(t.text) || i > 0 && t.before < sentence && you.has(written) {
			return true
		}
	}
	return false
}

// polite reports whether a token belongs to a phrase that says nothing, as "can you tell me" does,
// or is the "you" of a please: "s'il te plaît".
func (m bystander) polite(i int) bool {
	if i+1 < len(m.tokens) && m.tokens[i+1].text == "plait" {
		return true
	}
	for i > 0 && m.part[i] {
		i--
	}
	return i+1 < len(m.tokens) && m.part[i+1] && m.means[i].form == noVerb && m.means[i].set == setOf(filler)
}

// greets reports whether a message is small talk: "what's up?".
func (m bystander) greets() bool {
	var buf [40]byte // longer ones greet nobody
	text := buf[:0]
	for i, t := range m.tokens {
		if len(text)+1+len(t.text) > len(buf) {
			return false
		}
		if i > 0 {
			text = append(text, ' ')
		}
		text = append(text, t.text...)
	}
	return m.words.greetings[m.lang][string(text)] || m.words.greetings[0][string(text)]
}

// wantsToHear reports whether somebody is asked to tell something to who speaks: "can you tell
// me how far it is?".
func (m bystander) wantsToHear() bool {
	asked := slices.ContainsFunc(m.clauses, func(c clause) bool { return c.has.has(request) })
	return asked && slices.ContainsFunc(m.tokens, func(t token) bool { return m.words.me[m.lang].has(t.text) })
}

// mostOrder is how many words a message has at most that says nothing but an order.
const mostOrder = 8

// orders reports whether one clause asks for something to be done to a task, and the others say
// nothing. Where the task is named, a reason may stand beside it.
func (m bystander) orders() bool {
	var order *clause
	for i := range m.clauses {
		c := &m.clauses[i]
		switch {
		case order == nil && m.order(c):
			order = c
		case c.stray > 0, c.heavy > 0:
			return order != nil && order.refs > 0
		}
	}
	return order != nil && (order.refs > 0 || len(m.tokens) <= mostOrder && m.onlyOrders(order))
}

// order reports whether a clause asks for something to be done in words that we all know.
func (m bystander) order(c *clause) bool {
	return c.act >= 0 && m.means[c.at].form != says && c.stray == 0
}

// onlyOrders reports whether a clause points at a task, and has nothing besides but the verb and
// what goes with it.
func (m bystander) onlyOrders(c *clause) bool {
	for i := c.start; i < c.end; i++ {
		if w := m.means[i]; i != c.at && !m.part[i] && (w.form != noVerb || !w.set.any(ordering)) {
			return false
		}
	}
	return m.pronounIn(c) || c.has.has(taskWord)
}

// ordering are the classes of words that go with an order.
var ordering = setOf(filler, pronoun, taskWord, stepWord, nounWord, forWord, unit, cardinal, ordinal, request, yesWord, scratch, posWord)
