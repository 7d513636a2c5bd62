package templates

import (
	"io/fs"
	"os"
	"path/filepath"

	"github.com/taskherald/herald/templates/words"
)

// Options are what a book is made of.
type Options struct {
	// Folder has a user's own words (words/LANGUAGE/*.yaml) and layouts
	// (layouts/*.tmpl), which stand in the place of those that come with Herald; ""
	// for none. It is read once.
	Folder string

	// Trouble is told of each file that is left out, or that fails later on: what
	// comes with Herald stands in for it. It may be called from many goroutines. Nil
	// for nobody.
	Trouble func(file string, err error)
}

// Book says what happened in words. It may be used from many goroutines.
type Book struct {
	lexicon *words.Lexicon
	layouts layouts
	own     fs.FS // a user's layouts, nil for none
	trouble func(file string, err error)
}

// Langs are the languages that the book speaks, English first.
func Langs() []string { return words.Langs() }

// New opens the book. It always succeeds: what is wrong in the folder is told to
// Trouble.
func New(o Options) *Book {
	if o.Trouble == nil {
		o.Trouble = func(string, error) {}
	}
	b := &Book{lexicon: words.Open(words.Options{Overlay: o.overlay("words"), Trouble: o.within("words")})}
	b.layouts = ourLayouts()
	if o.Folder != "" {
		if _, err := os.ReadDir(o.Folder); err != nil {
			o.Trouble(o.Folder, err)
		}
	}
	if b.own, b.trouble = o.overlay("layouts"), o.within("layouts"); b.own != nil {
		b.replace()
	}
	return b
}

// Tongue is the language that suits a reader best.
func (b *Book) Tongue(r Reader) *words.Tongue { return b.lexicon.Tongue(r.Lang) }

// overlay is a part of the folder; nil if there is none.
func (o Options) overlay(part string) fs.FS {
	if o.Folder == "" {
		return nil
	}
	return os.DirFS(filepath.Join(o.Folder, part))
}

// within is Trouble for files of a part of the folder.
func (o Options) within(part string) func(string, error) {
	return func(file string, err error) {
		if file != "" {
			file = filepath.Join(o.Folder, part, file)
		}
		o.Trouble(file, err)
	}
}
