package api

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/store"
)

const (
	maxPage          = 1<<53 - 1 // the largest number that every JSON reader keeps
	executionPage    = 50
	maxExecutionPage = 100
)

// executionsPage is a page of executions.
type executionsPage struct {
	Executions []progress.WireExecution `json:"executions"`
	Pagination pagination               `json:"pagination"`
}

// pagination is where a page stands among all.
type pagination struct {
	Page  int  `json:"page"`
	Size  int  `json:"page_size"`
	Items int  `json:"total_items"`
	Pages int  `json:"total_pages"`
	More  bool `json:"has_next"`
	Less  bool `json:"has_prev"`
	Next  *int `json:"next_page"`
	Prev  *int `json:"prev_page"`
}

// paginate says where a page stands; it may be past the end.
func paginate(page, size, items int) pagination {
	p := pagination{Page: page, Size: size, Items: items, Pages: (items + size - 1) / size, Less: page > 1}
	p.More = page < p.Pages
	if next := page + 1; p.More {
		p.Next = &next
	}
	if prev := page - 1; p.Less {
		p.Prev = &prev
	}
	return p
}

// listExecutions is GET /executions.
func listExecutions(c *call) error {
	q := &executionQuery{call: c}
	ask := store.Query{Eyes: c.who.Actor, Kind: q.word("type", executionTypes), Status: q.statuses()}
	if target := q.text("target_id"); target != "" {
		ask.Labels = []store.Label{{Name: progress.TargetKey, Value: target}}
	}
	page := q.whole("page", maxPage, 1)
	ask.Limit = q.whole("page_size", maxExecutionPage, executionPage)
	q.word("sort", []string{"created_at"})
	ask.Ascending = q.word("order", []string{"asc", "desc"}) == "asc"
	if err := unfit(q.wrong...); err != nil {
		return err
	}
	out := executionsPage{Executions: []progress.WireExecution{}}
	total, err := c.Index.Page(c.ctx(), ask, (page-1)*ask.Limit, func(t progress.Task) {
		out.Executions = append(out.Executions, progress.ExecutionOf(t))
	})
	if err != nil {
		return unreadable(err)
	}
	out.Pagination = paginate(page, ask.Limit, total)
	c.reply(http.StatusOK, out)
	return nil
}

// executionQuery reads a URL's parameters, and keeps all that is wrong with
// them. One that is empty is as good as absent.
type executionQuery struct {
	*call
	wrong []misfit
}

func (q *executionQuery) blame(name, kind, msg string) {
	q.wrong = append(q.wrong, misfit{Loc: []any{"query", name}, Msg: msg, Type: kind})
}

// whole is a number from 1 to most.
func (q *executionQuery) whole(name string, most, absent int) int {
	text := q.Query(name)
	if text == "" {
		return absent
	}
	n, err := strconv.Atoi(text) // far out of range it is the outermost number
	switch {
	case err != nil && !errors.Is(err, strconv.ErrRange):
		q.blame(name, "int_parsing", "Input should be a valid integer, unable to parse string as an integer")
	case n < 1:
		q.blame(name, "greater_than_equal", "Input should be greater than or equal to 1")
	case n > most:
		q.blame(name, "less_than_equal", "Input should be less than or equal to "+strconv.Itoa(most))
	}
	return n
}

// word is one of some words, "" if it is absent.
func (q *executionQuery) word(name string, words []string) string {
	text := q.Query(name)
	if text != "" && !slices.Contains(words, text) {
		q.blame(name, "literal_error", "Input should be "+either(words))
	}
	return text
}

// text is any text that a task may hold.
func (q *executionQuery) text(name string) string {
	text := q.Query(name)
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		q.blame(name, "value_error", "Value error, it must be UTF-8 without NUL characters")
	}
	return text
}

// statuses are those of the tasks that show the status which is asked for.
func (q *executionQuery) statuses() (out []progress.Status) {
	var words []string
	for _, s := range progress.Statuses() {
		if s.Execution() == s {
			words = append(words, string(s))
		}
	}
	asked := q.word("status", words)
	for _, s := range progress.Statuses() {
		if string(s.Execution()) == asked {
			out = append(out, s)
		}
	}
	return out
}
