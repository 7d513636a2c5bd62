package intents

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// mostTokens is how many words of a message are looked at. A longer one is cut, and what is
// cut proves nothing.
const mostTokens = 400

// gap is what stands between two words.
type gap uint8

const (
	joined   gap = iota // nothing, or a sign within a word: stop-loss, T-42
	spaced              // only space
	comma               // a comma, a dash, a colon, dots, brackets
	sentence            // the end of a sentence
)

// token is a word of a message.
type token struct {
	text       string // folded
	lo, hi     int    // where it stands among the folded letters
	start, end int    // where it stands in the message
	before     gap
	asked      bool // its sentence ends with a question mark
	quote      int8 // the number of the quotation that it is in, 0 for none
	hash       bool // # stands right before it
	mark       byte // the sign of the gap before it, as far as it matters: ':' and '-'
}

// scanner cuts a text into tokens.
type scanner struct {
	text   string
	folded []byte
	tokens []token
	gap    gap
	hash   bool
	mark   byte
	quote  int8
	quotes int8
	from   int // the first token of the present sentence

	accents [len(langs)]int // letters that tell of a language
}

// scan cuts a text into words and folds them: small letters without accents, apostrophes
// gone, emoji that mean something as words of their own.
func (s *scanner) scan(text string) {
	s.folded, s.tokens, s.accents = s.folded[:0], s.tokens[:0], [len(langs)]int{}
	s.cut(text, mostTokens)
	s.spell(string(s.folded))
}

// spell gives the tokens their texts, of all folded letters.
func (s *scanner) spell(folded string) {
	for i := range s.tokens {
		if t := &s.tokens[i]; t.text == "" {
			t.text = folded[t.lo:t.hi]
		}
	}
}

// cut adds the tokens of a text, at most most.
func (s *scanner) cut(text string, most int) {
	most += len(s.tokens)
	s.text, s.gap = text, sentence
	s.quote, s.quotes, s.from, s.hash, s.mark = 0, 0, len(s.tokens), false, 0
	for i := 0; i < len(text) && len(s.tokens) < most; {
		r, n := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == '<' && mention(text[i:]) > 0:
			i += mention(text[i:])
			s.space()
			continue
		case wordly(r):
			i = s.word(i)
			continue
		}
		if !s.emoji(i, n) {
			s.sign(r, i, n)
		}
		i += n
	}
}

// mention is how long a mention of a chat is that a text begins with, such as <@U123>; 0 if
// it is none.
func mention(text string) int {
	if len(text) < 3 || !strings.ContainsRune("@!#", rune(text[1])) {
		return 0
	}
	if end := strings.IndexByte(text[:min(len(text), 80)], '>'); end > 0 {
		return end + 1
	}
	return 0
}

func wordly(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

// accent counts a letter that tells of a language, and against English.
func (s *scanner) accent(r rune) {
	s.accents[0] -= 2
	for i := range s.accents {
		switch {
		case strings.ContainsRune(ownLetters[i], r):
			s.accents[i] += 4
		case strings.ContainsRune(sharedLetters[i], r):
			s.accents[i]++
		}
	}
}

// Letters that one language has alone, and those that some share.
var (
	ownLetters    = [len(langs)]string{1: "ñ¿¡Ñ", 2: "ãõÃÕ", 3: "äöüßÄÖÜ", 4: "èùœÈÙŒ"}
	sharedLetters = [len(langs)]string{1: "áéíóúÁÉÍÓÚ", 2: "áéíóúâêôçÁÉÍÓÚÂÊÔÇ", 4: "éâêôçÉÂÊÔÇ"}
)

func apostrophe(r rune) bool { return r == '\'' || r == '’' || r == '‘' || r == '`' || r == '´' }

// word reads a word that begins at a place, and returns where it ends. An apostrophe within
// it is dropped; after one or two letters that French puts before a vowel it parts words.
func (s *scanner) word(i int) int {
	start, from := i, len(s.folded)
	for i < len(s.text) {
		r, n := utf8.DecodeRuneInString(s.text[i:])
		if wordly(r) {
			if r >= utf8.RuneSelf {
				s.accent(r)
			}
			s.folded = fold(s.folded, r)
			i += n
			continue
		}
		next, _ := utf8.DecodeRuneInString(s.text[i+n:])
		if unicode.Is(unicode.Mn, r) {
			i += n
			continue
		}
		if !apostrophe(r) || r == '`' || !wordly(next) {
			break
		}
		if own := i + n + 1; next == 's' && hasDigit(string(s.folded[from:])) && (own == len(s.text) || !wordly(rune(s.text[own]))) {
			s.add(start, i, from)
			return own // p2's
		}
		if string(s.folded[from:]) == "we" && next == 'r' {
			s.folded = append(s.folded, 'a') // we're is not were
		}
		if elided(s.folded[from:]) {
			s.add(start, i, from)
			s.gap = spaced
			return i + n
		}
		i += n
	}
	s.add(start, i, from)
	return i
}

// elided reports whether a word stands before an apostrophe in French only.
func elided(word []byte) bool {
	switch string(word) {
	case "l", "d", "j", "n", "m", "t", "s", "c", "qu", "jusqu", "puisqu", "lorsqu":
		return true
	}
	return false
}

func (s *scanner) add(start, end, from int) {
	if from == len(s.folded) {
		return
	}
	s.shorten(from)
	s.tokens = append(s.tokens, token{
		lo: from, hi: len(s.folded), start: start, end: end, before: s.gap, quote: s.quote, hash: s.hash, mark: s.mark,
	})
	s.gap, s.hash, s.mark = joined, false, 0
}

// shorten makes one letter of three or more of the same: pleeease.
func (s *scanner) shorten(from int) {
	n := from
	for i := from; i < len(s.folded); {
		j := i
		for j < len(s.folded) && s.folded[j] == s.folded[i] {
			j++
		}
		run := j - i
		if run > 2 && 'a' <= s.folded[i] && s.folded[i] <= 'z' {
			run = 1
		}
		n += copy(s.folded[n:], s.folded[i:i+run])
		i = j
	}
	s.folded = s.folded[:n]
}

func (s *scanner) space() { s.gap = max(s.gap, spaced) }

// sign takes in a sign that is no part of a word.
func (s *scanner) sign(r rune, i, n int) {
	next, _ := utf8.DecodeRuneInString(s.text[i+n:])
	switch {
	case r == '\n':
		s.gap = sentence
		s.from = len(s.tokens)
	case unicode.IsSpace(r):
		s.space()
	case r == '#':
		s.hash = true
		s.space()
	case r == '?' || r == '？':
		s.ask()
		s.gap, s.from = sentence, len(s.tokens)
	case r == '¡' || r == '¿':
		s.accent(r)
		s.gap, s.from = sentence, len(s.tokens)
	case r == '!' || r == ';':
		s.gap, s.from = sentence, len(s.tokens)
	case r == '.' || r == '…':
		s.dot(i, n, next)
	case quoting(r):
		s.quoteAt(r, next)
	case r == '&' && s.gap == spaced && next == ' ':
		s.tokens = append(s.tokens, token{text: "and", start: i, end: i + n, before: s.gap})
		s.gap = spaced
	case r == '_' || r == '/' || r == '-' || r == '+' || r == '@' || r == '&':
		if s.gap != joined || !wordly(next) {
			s.space()
			if r == '-' {
				s.gap, s.mark = comma, '-'
			}
		}
	case r == '—' || r == '–':
		s.gap, s.mark = max(s.gap, comma), '-'
	case r == ':':
		if s.gap == joined && unicode.IsDigit(next) {
			return // a time of day
		}
		s.gap, s.mark = max(s.gap, comma), ':'
	case r == ',' || r == '(' || r == ')' || r == '[' || r == ']':
		s.gap = max(s.gap, comma)
	case unicode.IsSymbol(r) && r > 0x2000:
		s.gap = max(s.gap, comma)
	default:
		s.space()
	}
}

// dot takes in a full stop: within a word it joins, many of them are a pause.
func (s *scanner) dot(i, n int, next rune) {
	switch {
	case wordly(next) && s.gap == joined:
	case s.numbering() && i+n+1 < len(s.text) && unicode.IsDigit(rune(s.text[i+n+1])):
		s.space() // no. 3
	case next == '.' || i > 0 && s.text[i-1] == '.' || s.text[i:i+n] == "…":
		s.gap = max(s.gap, comma)
	default:
		s.gap, s.from = sentence, len(s.tokens)
	}
}

// numbering reports whether the last word stands before a number and ends with a full stop.
func (s *scanner) numbering() bool {
	if len(s.tokens) == 0 {
		return false
	}
	switch last := s.tokens[len(s.tokens)-1]; string(s.folded[last.lo:last.hi]) {
	case "no", "nr", "num", "n":
		return true
	}
	return false
}

// ask marks the present sentence as a question.
func (s *scanner) ask() {
	for i := s.from; i < len(s.tokens); i++ {
		s.tokens[i].asked = true
	}
}

func quoting(r rune) bool {
	switch r {
	case '"', '“', '”', '„', '«', '»', '`', '‹', '›', '\'', '‘', '’':
		return true
	}
	return false
}

// quoteAt opens or closes a quotation.
func (s *scanner) quoteAt(r, next rune) {
	s.space()
	switch {
	case s.quote != 0:
		s.quote = 0
	case r != '’' && r != '”' && wordly(next) && s.quotes < 100:
		s.quotes++
		s.quote = s.quotes
	}
}

// fold adds a letter in its plain form.
func fold(to []byte, r rune) []byte {
	if r < utf8.RuneSelf {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return append(to, byte(r))
	}
	r = unicode.ToLower(r)
	if plain, ok := plains[r]; ok {
		return append(to, plain...)
	}
	return utf8.AppendRune(to, r)
}

// plains are letters of the languages we read, without their accents.
var plains = func() map[rune]string {
	m := map[rune]string{'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'ł': "l"}
	for plain, accented := range map[string]string{
		"a": "àáâãäåāă", "c": "çćč", "e": "èéêëēę", "i": "ìíîïī", "n": "ñń", "o": "òóôõöō", "u": "ùúûüū", "y": "ýÿ", "s": "šś", "z": "žźż",
	} {
		for _, r := range accented {
			m[r] = plain
		}
	}
	return m
}()

// emoji adds a word for an emoji that means something.
func (s *scanner) emoji(i, n int) bool {
	if n < 3 {
		return false
	}
	word, ok := emojis[s.text[i:i+n]]
	if !ok {
		return false
	}
	s.space()
	s.tokens = append(s.tokens, token{text: word, start: i, end: i + n, before: s.gap})
	s.gap = spaced
	return true
}

// emojis are the words that some emoji stand for. They are words of every lexicon.
var emojis = map[string]string{
	"👍": ":yes", "👌": ":yes", "✅": ":yes", "🆗": ":yes", "👎": ":no", "❌": ":no", "🚫": ":no",
}
