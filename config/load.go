package config

import (
	"fmt"
	"slices"
	"strings"
)

// Source is where settings come from besides their defaults.
type Source struct {
	File    string            // given by the flag --config; "" means the one that HERALD_CONFIG names, if any
	Environ []string          // NAME=value, as os.Environ gives it
	Flags   map[string]string // the flags that were given, without their dashes
}

// Load reads all settings. The error is [Problems].
func Load(s Source) (Config, error) {
	l := loader{config: Config{places: map[string]string{}}}
	env := variables(s.Environ)
	l.defaults()
	if s.File != "" {
		l.file(s.File, "--config")
	} else if env[fileVar] != "" {
		l.file(env[fileVar], fileVar)
	}
	l.environment(env)
	l.flags(s.Flags)
	l.settle(env)
	if len(l.problems) > 0 {
		return Config{}, l.problems
	}
	return l.config, nil
}

// A loader is a Config in the making.
type loader struct {
	config   Config
	problems Problems
}

// A word is a text that somebody gave, and where.
type word struct {
	text, place string
}

func (l *loader) problem(place, format string, args ...any) {
	l.problems = append(l.problems, Problem{Place: place, Say: fmt.Sprintf(format, args...)})
}

// wrong reports whether a setting has a problem already.
func (l *loader) wrong(key string) bool {
	return slices.ContainsFunc(l.problems, func(p Problem) bool { return strings.HasPrefix(p.Say, key+": ") })
}

// give sets a setting to words: one, or any number for a list. Nothing, or an
// empty word, means the default.
func (l *loader) give(s Setting, place string, words []word) {
	if len(words) == 0 || len(words) == 1 && words[0].text == "" {
		words = asWords(s, s.Default, place)
	}
	list := make([]string, len(words))
	for i, w := range words {
		list[i] = w.text
	}
	for i, err := range s.field.set(&l.config, list) {
		if err != nil {
			l.problem(words[i].place, "%s: %s", s.Key, err)
		}
	}
	l.config.places[s.Key] = place
}

// asWords reads what a variable or a flag says, where commas part a list.
func asWords(s Setting, text, place string) []word {
	parts := []string{text}
	if s.field.list {
		parts = strings.Split(text, ",")
	}
	var words []word
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			words = append(words, word{p, place})
		}
	}
	return words
}

// byDefault is the place of what nobody gave.
const byDefault = "default"

func (l *loader) defaults() {
	for _, s := range Settings() {
		l.give(s, byDefault, nil)
	}
	l.config.places[rulesKey] = byDefault
}

// flags reads the command line, whose parser has refused unknown flags.
func (l *loader) flags(given map[string]string) {
	for _, s := range Settings() {
		if text, ok := given[s.Flag]; ok && s.Flag != "" {
			place := "--" + s.Flag
			l.give(s, place, asWords(s, text, place))
		}
	}
}
