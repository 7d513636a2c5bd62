package words

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"

	"github.com/goccy/go-yaml"
	"golang.org/x/text/language"
)

// layer is a tree of files of words.
type layer struct {
	fsys    fs.FS
	trouble func(file string, err error)
}

// read gives the entries of a language that are right; what is not is told. Each
// has to fit that of its key in the measure; without a measure, itself.
func (l layer) read(lang string, measure map[string]entry) map[string]entry {
	all := map[string]entry{}
	for _, name := range glob(l.fsys, lang+"/*.yaml") {
		texts, err := l.file(name)
		if err != nil {
			l.trouble(name, err)
			continue
		}
		for _, key := range slices.Sorted(maps.Keys(texts)) {
			if e, err := check(key, texts[key], language.Make(lang), measure); err != nil {
				l.trouble(name, fmt.Errorf("%s: %w", key, err))
			} else if _, twice := all[key]; twice {
				l.trouble(name, fmt.Errorf("%s: another file of %s has it too", key, path.Dir(name)))
			} else {
				all[key] = e
			}
		}
	}
	return all
}

func (l layer) file(name string) (map[string]any, error) {
	source, err := fs.ReadFile(l.fsys, name)
	if err != nil {
		return nil, err
	}
	var texts map[string]any
	if err := yaml.Unmarshal(source, &texts); err != nil {
		return nil, fmt.Errorf("it is no YAML of keys and texts: %w", err)
	}
	return texts, nil
}

// check reads what stands for a key.
func check(key string, value any, lang language.Tag, measure map[string]entry) (entry, error) {
	e, err := entryOf(value)
	if err != nil {
		return nil, err
	}
	want, known := measure[key]
	switch {
	case measure == nil:
		want = e
	case !known:
		return nil, fmt.Errorf("there is no such key")
	}
	return e, e.fits(want, lang)
}

// glob finds files in order. What cannot be listed is as if it were empty.
func glob(fsys fs.FS, pattern string) []string {
	names, err := fs.Glob(fsys, pattern)
	if err != nil {
		return nil
	}
	return names
}
