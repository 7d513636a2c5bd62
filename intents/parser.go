package intents

import (
	"sync"
)

// Parser understands messages. It may be used from many goroutines.
type Parser struct {
	words *lexicon
	works sync.Pool // of *message
}

// ours are the words that come with Herald. They are read once, as nothing changes them.
var ours = sync.OnceValues(readLexicon)

// New makes a parser with the words that come with Herald.
func New() *Parser {
	words, err := ours()
	if err != nil {
		panic("intents: " + err.Error()) // the files are ours, and tests read them
	}
	return &Parser{words: words, works: sync.Pool{New: func() any { return new(message) }}}
}

// Parse says what a message means.
func (p *Parser) Parse(in Input) Reading {
	m, _ := p.works.Get().(*message) // it has no others
	defer p.works.Put(m)
	m.words, m.in = p.words, in
	r := m.read()
	m.in, m.words = Input{}, nil
	return r
}
