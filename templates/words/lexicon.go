package words

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/language"
)

//go:embed en pt es de fr
var builtin embed.FS

// Langs are the languages, English first, which stands in for all others.
func Langs() []string { return []string{"en", "pt", "es", "de", "fr"} }

// Options are what a lexicon is made of.
type Options struct {
	// Overlay changes texts: files LANGUAGE/ANY.yaml, with any of the keys. Nil for
	// none. It is read once.
	Overlay fs.FS

	// Trouble is told of each file and key of the overlay that is left out, and once
	// of each thing that a caller wants said and that no text is made for: a mistake
	// in the program, for which tests fail here. File is "" then. It may be called
	// from many goroutines. Nil for nobody.
	Trouble func(file string, err error)
}

// Lexicon is all languages. It may be used from many goroutines.
type Lexicon struct {
	tongues map[string]*Tongue
	matcher language.Matcher
}

// Open reads the languages, and the overlay over them. It always succeeds: what is
// wrong in the overlay is told to Trouble, and the text that comes with Herald
// stands.
func Open(o Options) *Lexicon {
	trouble := o.Trouble
	if trouble == nil {
		trouble = func(string, error) {}
	}
	over := layer{fsys: o.Overlay, trouble: trouble}
	if o.Overlay != nil {
		strays(o.Overlay, trouble)
	}
	return newLexicon(over, &once{trouble: trouble})
}

// ours are the entries of each language that come with Herald, read once in a process:
// nobody changes an entry, and to read them takes longer than anything else that opens
// a book. What is wrong in them is nobody's trouble but the tests', which read them too.
var ours = sync.OnceValue(func() map[string]map[string]entry {
	l := layer{fsys: builtin, trouble: func(string, error) {}}
	all := map[string]map[string]entry{"en": l.read("en", nil)}
	for _, lang := range Langs()[1:] {
		all[lang] = l.read(lang, all["en"])
	}
	return all
})

// newLexicon is ours with an overlay, whose file system may be nil.
func newLexicon(over layer, told *once) *Lexicon {
	l := &Lexicon{tongues: map[string]*Tongue{}}
	english := ours()["en"]
	tags := make([]language.Tag, 0, len(Langs()))
	for _, lang := range Langs() {
		t := newTongue(lang, english, told)
		maps.Copy(t.entries, ours()[lang])
		if over.fsys != nil {
			maps.Copy(t.entries, over.read(lang, english))
		}
		l.tongues[lang] = t
		tags = append(tags, t.tag)
	}
	l.matcher = language.NewMatcher(tags)
	return l
}

// strays tells of files in an overlay that are of no language.
func strays(overlay fs.FS, trouble func(string, error)) {
	for _, dir := range glob(overlay, "*") {
		files := glob(overlay, dir+"/*.yaml")
		if len(files) > 0 && !slices.Contains(Langs(), dir) {
			trouble(files[0], fmt.Errorf("there is no language %q; there are %v", dir, Langs()))
		}
	}
}

// Tongue is the language that suits a BCP 47 tag best: pt for pt-BR, en for one
// that nothing suits, and for "".
func (l *Lexicon) Tongue(tag string) *Tongue {
	base, _, _ := strings.Cut(tag, "-")
	if t, ok := l.tongues[base]; ok {
		return t
	}
	if wanted, err := language.Parse(tag); err == nil {
		_, i, sure := l.matcher.Match(wanted)
		if sure != language.No {
			return l.tongues[Langs()[i]]
		}
	}
	return l.tongues["en"]
}

// once tells of each mistake one time, however often it is made.
type once struct {
	trouble func(string, error)
	told    sync.Map // by the error's text
}

func (o *once) tell(err error) {
	if _, again := o.told.LoadOrStore(err.Error(), true); !again {
		o.trouble("", err)
	}
}
