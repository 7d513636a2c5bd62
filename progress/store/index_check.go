package store

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/taskherald/herald/progress"
)

const (
	maxLimit  = 200  // tasks a page
	maxLabels = 16   // that a query names
	maxTitle  = 1000 // bytes of a query's title
	maxWords  = 16   // in it
)

// check refuses a query that a database would stumble over, or take too long
// for.
func (q Query) check() error {
	switch {
	case q.Limit < 1 || q.Limit > maxLimit:
		return wrong("limit", "must be 1 to %d", maxLimit)
	case len(q.Labels) > maxLabels:
		return wrong("label", "may be given %d times at most", maxLabels)
	case len(q.Title) > maxTitle || len(strings.Fields(q.Title)) > maxWords:
		return wrong("q", "may have %d words and %d bytes at most", maxWords, maxTitle)
	}
	for _, s := range q.Status {
		if !slices.Contains(progress.Statuses(), s) {
			return wrong("status", "%q is none", s)
		}
	}
	return q.checkTexts()
}

// checkTexts refuses what no task can say and PostgreSQL does not take.
func (q Query) checkTexts() error {
	texts := []struct{ field, text string }{
		{"kind", q.Kind}, {"owner", q.Owner}, {"q", q.Title}, {"cursor", string(q.After.ID)},
	}
	for _, l := range q.Labels {
		texts = append(texts, struct{ field, text string }{"label", l.Name + l.Value})
	}
	for _, t := range texts {
		if !plain(t.text) {
			return wrong(t.field, "must be UTF-8 without NUL characters")
		}
	}
	return nil
}

func plain(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

func wrong(field, format string, args ...any) error {
	return &progress.Error{Code: progress.Invalid, Field: field, Say: fmt.Sprintf(format, args...)}
}
