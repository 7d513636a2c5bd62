package notify

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/taskherald/herald/progress"
)

// The bounds of the texts in rules.
const (
	MostName   = 200 // characters of a name, a kind, an owner, a label or its value
	MostLabels = 64
)

// wrong says what is wrong with a field.
func wrong(field, format string, args ...any) error {
	return &progress.Error{Code: progress.Invalid, Field: field, Say: fmt.Sprintf(format, args...)}
}

// checkText refuses a text that is too long, and one that no database keeps.
func checkText(field, text string) error {
	switch {
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		return wrong(field, "must be UTF-8 text without NUL")
	case utf8.RuneCountInString(text) > MostName:
		return wrong(field, "is %d characters long; at most %d are taken", utf8.RuneCountInString(text), MostName)
	}
	return nil
}

// checkName is checkText of what must not be empty.
func checkName(field, text string) error {
	if text == "" {
		return wrong(field, "must not be empty")
	}
	return checkText(field, text)
}

// checkLabels says what is wrong with labels that are asked for: their names, and the
// patterns of their values.
func checkLabels(field string, labels map[string]string) error {
	if len(labels) > MostLabels {
		return wrong(field, "are %d; at most %d are taken", len(labels), MostLabels)
	}
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		if err := checkName(field, name); err != nil {
			return err
		}
		if err := checkStar(field+"."+name, labels[name]); err != nil {
			return err
		}
	}
	return nil
}

// checkClass refuses what is no class.
func checkClass(field string, c Class) error {
	if slices.Contains(Classes(), c) {
		return nil
	}
	return wrong(field, "%.50q is no class; the classes are %s", c, joined(Classes()))
}

// joined are names one after another, for a sentence.
func joined[T ~string](names []T) string {
	words := make([]string, len(names))
	for i, n := range names {
		words[i] = string(n)
	}
	return strings.Join(words, ", ")
}
