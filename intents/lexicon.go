package intents

import (
	"embed"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/taskherald/herald/progress"
)

//go:embed lexicon/*.yaml
var lexiconFiles embed.FS

// langs are the languages that are read, English first, which stands in for words that the
// language of a message does not know.
var langs = [...]string{"en", "es", "pt", "de", "fr"}

// acts are what verbs of a lexicon ask for; a meaning has an index of it.
var acts = [...]struct {
	intent Intent
	verb   progress.Verb
}{
	{Cancel, progress.VerbCancel}, {Restart, progress.VerbRestart}, {Pause, progress.VerbPause}, {Resume, progress.VerbResume},
	{Approve, progress.VerbApprove}, {Reject, progress.VerbReject}, {Retry, progress.VerbRetry}, {Skip, progress.VerbSkip},
}

const (
	actCancel  = 0
	actRestart = 1
	actPause   = 2
	actResume  = 3
	actApprove = 4
	actReject  = 5
	actRetry   = 6
	actSkip    = 7
)

// states are what tasks of a list can be.
var states = [...]progress.Status{
	progress.Failed, progress.Running, progress.Paused, progress.Waiting, progress.Completed, progress.Pending, progress.Cancelled,
}

var stateNames = [...]string{"failed", "running", "paused", "approval", "completed", "pending", "cancelled"}

// lexicon is all words of all languages.
type lexicon struct {
	words  map[string]*lemmas
	near   map[string][]string // words without one of their letters, for spelling
	unlike map[string]bool
	months [len(langs)]wordSet

	// you are words for who is spoken to, me those for who speaks and wants to be told something;
	// lasting go with how long a thing takes, and greetings are whole messages.
	you, me, lasting, greetings [len(langs)]wordSet

	// suffixes are pronouns that a language writes together with a verb, longest first.
	suffixes [len(langs)][]string

	// endings are those by which the forms of a word differ.
	endings [len(langs)][]string
}

// wordSet are words without a meaning of their own.
type wordSet map[string]bool

func setOfWords(list []string) wordSet {
	out := wordSet{}
	for _, word := range list {
		out[word] = true
	}
	return out
}

func (s wordSet) has(word string) bool { return s[word] }

// lemmas are what a word is in each language.
type lemmas [len(langs)]lemma

// lemma is what a word is by itself, and the phrases that begin with it, longest first.
type lemma struct {
	meaning

	phrases []phrase
}

// phrase is the rest of an entry of several words.
type phrase struct {
	rest []part
	meaning
}

// part is a word of a phrase. Up to mostGap others may stand before one that is loose.
type part struct {
	text  string
	loose bool
}

const mostGap = 7

// source is a lexicon as its file has it.
type source struct {
	Verbs map[string]struct {
		Asks  []string `yaml:"asks"`
		Faint []string `yaml:"faint"`
		Says  []string `yaml:"says"`
	} `yaml:"verbs"`
	States    map[string][]string `yaml:"states"`
	Numbers   map[string]int32    `yaml:"numbers"`
	Ordinals  map[string]int32    `yaml:"ordinals"`
	Units     map[string]int32    `yaml:"units"`
	Unlike    []string            `yaml:"unlike"`
	Months    []string            `yaml:"months"`
	You       []string            `yaml:"you"`
	Me        []string            `yaml:"me"`
	Lasting   []string            `yaml:"lasting"`
	Greetings []string            `yaml:"greetings"`
	Suffixes  []string            `yaml:"suffixes"`
	Endings   []string            `yaml:"endings"`
}

// readLexicon reads the languages that come with Herald.
func readLexicon() (*lexicon, error) {
	l := &lexicon{words: map[string]*lemmas{}, near: map[string][]string{}, unlike: map[string]bool{}}
	var wrong []error
	for i, lang := range langs {
		name := "lexicon/" + lang + ".yaml"
		text, err := lexiconFiles.ReadFile(name)
		if err == nil {
			err = l.read(i, text)
		}
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", name, err))
		}
	}
	l.finish()
	return l, errors.Join(wrong...)
}

// read takes in one language.
func (l *lexicon) read(lang int, text []byte) error {
	var s source
	var sections map[string]any
	if err := errors.Join(yaml.Unmarshal(text, &s), yaml.Unmarshal(text, &sections)); err != nil {
		return err
	}
	b := builder{lexicon: l, lang: lang}
	b.verbs(s)
	b.lists(sections)
	b.valued(s)
	for _, word := range s.Unlike {
		l.unlike[word] = true
	}
	l.endings[lang] = s.Endings
	l.suffixes[lang] = s.Suffixes
	slices.SortStableFunc(l.suffixes[lang], func(a, b string) int { return len(b) - len(a) })
	l.months[lang], l.lasting[lang] = setOfWords(s.Months), setOfWords(s.Lasting)
	l.you[lang], l.me[lang], l.greetings[lang] = setOfWords(s.You), setOfWords(s.Me), setOfWords(s.Greetings)
	return errors.Join(b.wrong...)
}

// builder adds the words of a language.
type builder struct {
	*lexicon

	lang  int
	wrong []error
}

// lists adds the sections that are lists of words.
func (b *builder) lists(sections map[string]any) {
	for name, section := range sections {
		c, ok := classNames[name]
		if !ok && !slices.Contains(otherSections[:], name) {
			b.wrong = append(b.wrong, fmt.Errorf("there is no section %q", name))
		}
		list, _ := section.([]any)
		for _, entry := range list {
			word, isText := entry.(string)
			if !isText {
				b.wrong = append(b.wrong, fmt.Errorf("%s: %v is no text; write it in quotes", name, entry))
			}
			if ok && isText {
				b.add(word, meaning{set: setOf(c)})
			}
		}
	}
}

// otherSections are those of a lexicon that are no class.
var otherSections = [...]string{"verbs", "states", "numbers", "ordinals", "units", "unlike", "months", "suffixes", "endings", "you", "me", "lasting", "greetings"}

func (b *builder) verbs(s source) {
	for i, a := range acts {
		v := s.Verbs[string(a.intent)]
		b.all(v.Asks, meaning{form: asks, verb: uint8(i)})
		b.all(v.Faint, meaning{form: faint, verb: uint8(i)})
		b.all(v.Says, meaning{form: says, verb: uint8(i)})
		delete(s.Verbs, string(a.intent))
	}
	for name := range s.Verbs {
		b.wrong = append(b.wrong, fmt.Errorf("verbs: there is no act %q", name))
	}
}

// valued adds the words that have a value.
func (b *builder) valued(s source) {
	for i, name := range stateNames {
		b.all(s.States[name], meaning{set: setOf(state), value: int32(i)})
		delete(s.States, name)
	}
	for name := range s.States {
		b.wrong = append(b.wrong, fmt.Errorf("states: there is no state %q", name))
	}
	b.values(ordinal, s.Ordinals)
	b.values(cardinal, s.Numbers)
	b.values(unit, s.Units)
}

// values adds words with their values. Of a word with two the first counts: "segundo" is
// rather the second than a second.
func (b *builder) values(c class, words map[string]int32) {
	for word, value := range words {
		b.add(word, meaning{set: setOf(c), value: value})
	}
}

func (b *builder) all(list []string, m meaning) {
	for _, entry := range list {
		b.add(entry, m)
	}
}

// add puts in an entry of one word or several.
func (b *builder) add(entry string, m meaning) {
	parts := partsOf(entry)
	if len(parts) == 0 {
		b.wrong = append(b.wrong, fmt.Errorf("%q says nothing", entry))
		return
	}
	first := b.words[parts[0].text]
	if first == nil {
		first = &lemmas{}
		b.words[parts[0].text] = first
	}
	lem := &first[b.lang]
	if len(parts) == 1 {
		lem.meaning = lem.plus(m)
		return
	}
	for i := range lem.phrases {
		if slices.Equal(lem.phrases[i].rest, parts[1:]) {
			lem.phrases[i].meaning = lem.phrases[i].plus(m)
			return
		}
	}
	lem.phrases = append(lem.phrases, phrase{parts[1:], m})
}

// plus is both of two meanings. Of two verbs the one that asks more plainly stays, then the
// one that comes first.
func (m meaning) plus(o meaning) meaning {
	if o.form != noVerb && (m.form == noVerb || o.form < m.form || o.form == m.form && o.verb < m.verb) {
		m.form, m.verb = o.form, o.verb
	}
	if o.value != 0 && m.value == 0 {
		m.value = o.value
	}
	m.set |= o.set
	return m
}

// partsOf cuts an entry into its words, as messages are cut.
func partsOf(entry string) (parts []part) {
	if strings.HasPrefix(entry, ":") {
		return []part{{text: entry}}
	}
	for i, piece := range strings.Split(entry, "…") {
		var s scanner
		s.scan(piece)
		for j, t := range s.tokens {
			parts = append(parts, part{t.text, i > 0 && j == 0})
		}
	}
	return parts
}

// finish sorts what is looked up in order, and makes the index for spelling.
func (l *lexicon) finish() {
	var verbs []string
	for word, ls := range l.words {
		for i := range ls {
			slices.SortFunc(ls[i].phrases, longestFirst)
			if (ls[i].form == asks || ls[i].set.any(spelled)) && len(word) >= leastSpelt && !slices.Contains(verbs, word) {
				verbs = append(verbs, word)
			}
		}
	}
	slices.Sort(verbs)
	for _, word := range verbs {
		l.near[word] = append(l.near[word], word)
		for i := range word {
			short := word[:i] + word[i+1:]
			if !slices.Contains(l.near[short], word) {
				l.near[short] = append(l.near[short], word)
			}
		}
	}
}

// spelled are the classes of words that are known although they are misspelt, besides verbs.
var spelled = setOf(logsWord, etaWord, historyWord, statusWord, listWord, helpWord, endWord, badWord, stepWord)

func longestFirst(a, b phrase) int {
	if d := len(b.rest) - len(a.rest); d != 0 {
		return d
	}
	return looseness(a) - looseness(b)
}

// looseness is how many words of a phrase may have others before them: exact ones first.
func looseness(p phrase) (n int) {
	for _, q := range p.rest {
		if q.loose {
			n++
		}
	}
	return n
}
