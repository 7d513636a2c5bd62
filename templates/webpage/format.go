package webpage

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"math"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates/textcard"
	"github.com/taskherald/herald/templates/web"
)

// funcs are what the templates call.
func funcs(assets map[string]web.Asset) template.FuncMap {
	return template.FuncMap{
		"asset": func(name string) string { return assets[name].Path() },
		"at":    at, "percent": percent, "took": took, "pretty": pretty, "value": value, "line": plain, "clean": clean, "remaining": textcard.Remaining,
		"path": path, "status": taskStatus, "stepStatus": stepStatus, "via": via, "who": who, "names": progress.Names,
		"bar":      func(of int, percent float64, label string) bar { return bar{of, percent, label} },
		"kindPath": kindPath, "seconds": seconds, "lasted": lasted, "share": share, "part": textcard.Share, "trend": trend, "endSign": endSign,
		"hundredths": func(share float64) float64 { return 100 * share },
		"dec":        func(n int) int { return n - 1 },
		"wrong":      func(field, say string) pair { return pair{field, say} },
	}
}

// bar is a progress bar.
type bar struct {
	Of      int // the step's order, 0 for the task
	Percent float64
	Label   string // what it is the progress of
}

// moment is a time as an element shows it.
type moment struct{ ISO, UTC string }

// at shows a time.
func at(i progress.Instant) moment {
	t := time.Time(i).UTC()
	return moment{i.String(), t.Format("2006-01-02 15:04:05 UTC")}
}

// percent is rounded down: 100 is for what is done.
func percent(p float64) string { return fmt.Sprintf("%d%%", int(math.Floor(p))) }

// took says how long something lasted.
func took(ms *int64) string {
	if ms == nil {
		return ""
	}
	return span(time.Duration(*ms) * time.Millisecond)
}

// span shows a duration by its two largest units.
func span(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min %d s", int(d.Minutes()), int(d.Seconds())%60)
	case d < 24*time.Hour:
		return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%d d %d h", int(d.Hours())/24, int(d.Hours())%24)
}

// How much of a text that others wrote a page shows, in bytes.
const (
	mostJSON = 32 << 10
	mostLine = 2 << 10
)

// pretty shows JSON on many lines, the beginning of what is very long.
func pretty(raw json.RawMessage) string {
	var out bytes.Buffer
	if json.Indent(&out, raw, "", "  ") != nil {
		return cut(string(raw), mostJSON)
	}
	return cut(out.String(), mostJSON)
}

// value shows a number or the like; a text without its quotes.
func value(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	return pretty(raw)
}

// cut shortens a text to at most so many bytes, at the end of a character.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// painted are the sequences with which terminals are told of colours and titles.
var painted = regexp.MustCompile(`\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])`)

// plain is a line of output, the beginning of a very long one.
func plain(s string) string {
	return clean(cut(s, mostLine))
}

// clean is a text without what is only for terminals.
func clean(s string) string {
	s = painted.ReplaceAllString(s, "")
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' || r == 0x7f {
			return -1
		}
		return r
	}, s)
}

// path is where a task's page is.
func path(id progress.TaskID) string { return "/tasks/" + url.PathEscape(string(id)) }
