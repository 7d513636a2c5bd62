package worlds

import (
	"bufio"
	"cmp"
	"encoding/json"
	"io"
	"slices"
)

// The lines, as the backtest reads them.
type (
	startLine struct {
		Op         string   `json:"op"`
		Run        string   `json:"run"`
		Workflow   string   `json:"workflow"`
		Plan       []string `json:"plan"`
		Complexity *float64 `json:"complexity"`
		T          float64  `json:"t"`
	}
	stepLine struct {
		Op   string  `json:"op"`
		Run  string  `json:"run"`
		Step string  `json:"step"`
		T    float64 `json:"t"`
	}
	progressLine struct {
		Op      string  `json:"op"`
		Run     string  `json:"run"`
		Step    string  `json:"step"`
		Percent float64 `json:"percent"`
		T       float64 `json:"t"`
	}
	stepEndLine struct {
		Op     string  `json:"op"`
		Run    string  `json:"run"`
		Step   string  `json:"step"`
		Status string  `json:"status"`
		T      float64 `json:"t"`
	}
	endLine struct {
		Op     string  `json:"op"`
		Run    string  `json:"run"`
		Status string  `json:"status"`
		T      float64 `json:"t"`
	}

	// queryLine carries the truth, and which question of how many it is, so
	// that one without an answer is missed.
	queryLine struct {
		Op        string  `json:"op"`
		Run       string  `json:"run"`
		T         float64 `json:"t"`
		Kind      string  `json:"kind"`
		Nth       int     `json:"nth"`
		Steps     int     `json:"steps"`
		Frac      float64 `json:"frac"`
		Remaining float64 `json:"actual_remaining"`
		Total     float64 `json:"actual_total"`
		Family    string  `json:"family"`
		Query     int     `json:"query"`
		Queries   int     `json:"queries"`
	}
)

// Write plays worlds at the same time and writes what happens in them: a line
// of JSON for each thing, in the order of time, with queries among them. An
// error is the writer's.
func Write(to io.Writer, worlds []World) error {
	out := bufio.NewWriter(to)
	lines := json.NewEncoder(out)
	for _, e := range happenings(worlds) {
		if err := lines.Encode(e.what); err != nil {
			return err
		}
	}
	return out.Flush()
}

// happenings is all that happens in worlds, in the order of time.
func happenings(worlds []World) []entry {
	var all []entry
	for _, w := range worlds {
		all = append(all, w.play(diceOf(w.seed, 1))...)
	}
	slices.SortStableFunc(all, func(a, b entry) int { return cmp.Compare(a.t, b.t) })
	number(all)
	return all
}

// number numbers the queries.
func number(all []entry) {
	var queries []*queryLine
	for _, e := range all {
		if q, ok := e.what.(*queryLine); ok {
			queries = append(queries, q)
		}
	}
	for i, q := range queries {
		q.Query, q.Queries = i+1, len(queries)
	}
}
