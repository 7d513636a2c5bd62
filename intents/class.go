package intents

// class is something that a word can be, besides a verb of an act.
type class uint8

// The classes. Their names in lexicons are in classNames.
const (
	filler    class = iota // says nothing here: please, now, articles
	pronoun                // it, this
	taskWord               // task, job, run
	stepWord               // step
	linesWord              // lines
	forWord                // before a duration
	unit                   // a unit of time; its value is in seconds
	cardinal               // a number; its value
	ordinal                // first, second, last; its value, from the end if negative
	otherWord              // other
	posWord                // number, before a position
	bulk                   // all, both
	negator
	ifWord
	laterWord
	wishWord
	toldWord   // already, said that
	subject    // I, we, she: who tells and does not ask
	adviceWord // should I
	request    // can you, I want you to
	howTo      // how do I, can one, what happens if
	because
	correction // no wait, actually
	butWord
	andWord
	yesWord
	noWord
	leave   // leave it, let it run
	scratch // from scratch
	noticeWord
	mute
	follow
	logsWord
	etaWord
	historyWord
	statusWord
	listWord
	helpWord
	why
	when
	who
	what
	which
	how
	howLong
	howOften
	isIt     // is, was, has: a question begins with it
	endWord  // done, finished, ready
	badWord  // failed, broke: what logs are asked for
	plural   // tasks, jobs
	state    // running, paused: a list of those; its value is an index of states
	nounWord // of tasks in general, and so no name of one: thing, stuff, one
	untilWord
	tellWord  // ping, text: what somebody does who tells
	onWord    // of messages: enable, want
	offWord   // of messages: off, too many
	jobNoun   // deploy, build: what a task may be
	clockWord // before a time of day
	ofWord    // of, in: before what something belongs to
	goAhead   // go ahead, proceed: of what waits for approval that approves it, of what is paused it goes on
	againWord // again, once more: with a please it asks by itself
	verdict   // approved, rejected: who says no more than that decides
	classes
)

// A set has room for 64 of them.
const _ = uint(64 - classes)

// classNames are the sections of a lexicon that are lists of words.
var classNames = map[string]class{
	"filler": filler, "pronoun": pronoun, "task": taskWord, "step": stepWord, "lines": linesWord, "for": forWord,
	"other": otherWord, "number_word": posWord, "bulk": bulk, "negation": negator, "if": ifWord, "later": laterWord,
	"wish": wishWord, "told": toldWord, "subject": subject, "advice": adviceWord, "request": request, "how_to": howTo,
	"because": because, "correction": correction, "but": butWord, "and": andWord, "yes": yesWord, "no": noWord, "leave": leave,
	"scratch": scratch, "notice": noticeWord, "mute": mute, "follow": follow, "logs": logsWord, "eta": etaWord,
	"history": historyWord, "status": statusWord, "list": listWord, "help": helpWord, "why": why, "when": when, "who": who,
	"what": what, "which": which, "how": how, "how_long": howLong, "how_often": howOften, "is_it": isIt, "end": endWord,
	"failure": badWord, "tasks": plural, "thing": nounWord, "until": untilWord, "tell": tellWord, "on": onWord, "off": offWord, "job": jobNoun, "clock": clockWord, "of": ofWord, "verdict": verdict, "go_ahead": goAhead, "again": againWord,
}

// set is a set of classes.
type set uint64

func setOf(cs ...class) (s set) {
	for _, c := range cs {
		s |= 1 << c
	}
	return s
}

func (s set) has(c class) bool { return s&(1<<c) != 0 }
func (s set) any(o set) bool   { return s&o != 0 }

// form is how a verb of an act stands there.
type form uint8

const (
	noVerb form = iota
	asks        // as one asks for it: cancel
	says        // as one tells or asks about it: cancelled, cancelling
	faint       // as one asks for it, but of many other things too: drop; it needs a task
)

// meaning is what a word can be in one language.
type meaning struct {
	set   set
	form  form
	verb  uint8 // an index of acts
	value int32
}

func (m meaning) known() bool { return m.set != 0 || m.form != noVerb }
