package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// row is what one way to watch costs and gives.
type row struct {
	How      string  `json:"how"`
	Median   float64 `json:"median_ms"` // from a report to its sight
	P99      float64 `json:"p99_ms"`
	Requests int64   `json:"requests"`
	Bytes    int64   `json:"bytes"`
}

// rowsOf puts together what was sent and what was seen of it.
func rowsOf(sent []sending, readers []*reader) []row {
	rows := make([]row, len(readers))
	for i, r := range readers {
		waits := waitsOf(sent, r.sights)
		rows[i] = row{r.how, quantile(waits, 0.5), quantile(waits, 0.99), max(r.meter.requests.Load(), r.meter.dials.Load()), r.meter.bytes.Load()}
	}
	return rows
}

// waitsOf are the times from each report to the first sight of a version that has
// it, in milliseconds, the shortest first.
func waitsOf(sent []sending, seen []sight) []float64 {
	waits := make([]float64, 0, len(sent))
	for _, s := range sent {
		i := slices.IndexFunc(seen, func(g sight) bool { return g.version >= s.version })
		if i >= 0 {
			waits = append(waits, float64(seen[i].at.Sub(s.at))/float64(time.Millisecond))
		}
	}
	slices.Sort(waits)
	return waits
}

// quantile is the smallest value that is not less than that share of them, 0 for
// none.
func quantile(sorted []float64, share float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[int(math.Ceil(share*float64(len(sorted))))-1]
}

// show prints the rows.
func show(out io.Writer, s settings, rows []row) error {
	if s.json {
		enc := json.NewEncoder(out)
		enc.SetIndent("", "  ")
		return enc.Encode(map[string]any{"reports": s.reports, "every_ms": s.every.Milliseconds(), "rows": rows})
	}
	fmt.Fprintf(out, "From %d reports, one each %s, to their sight:\n\n", s.reports, s.every)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, strings.Join([]string{"how", "median", "p99", "requests", "bytes"}, "\t"))
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%.1f ms\t%.1f ms\t%d\t%d\n", r.How, r.Median, r.P99, r.Requests, r.Bytes)
	}
	return w.Flush()
}
