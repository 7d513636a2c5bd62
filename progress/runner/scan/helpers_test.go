package scan

import (
	"fmt"
	"strings"
)

// scanned is what a scanner finds in pieces of output.
func scanned(pieces ...string) []Finding {
	var all []Finding
	s := New(func(f Finding) { all = append(all, f) })
	for _, p := range pieces {
		if n, err := s.Write([]byte(p)); n != len(p) || err != nil {
			panic(fmt.Sprint("Write says ", n, err))
		}
	}
	s.Close()
	return all
}

// only keeps the findings of one kind.
func only(kind Kind, all []Finding) []Finding {
	var some []Finding
	for _, f := range all {
		if f.Kind == kind {
			some = append(some, f)
		}
	}
	return some
}

// lines are the texts of the finished lines.
func lines(all []Finding) []string {
	texts := []string{}
	for _, f := range only(Line, all) {
		texts = append(texts, f.Line)
	}
	return texts
}

// told is a finding as one line of a golden file.
func told(f Finding) string {
	switch f.Kind {
	case Line:
		return "line " + f.Line
	case Percent:
		return fmt.Sprintf("percent %.2f %s strong=%v declared=%v shape=%q label=%q", f.Percent, [...]string{"item", "phase", "job"}[f.Span], f.Strong, f.Declared, f.Shape, f.Label)
	}
	return strings.TrimSpace(fmt.Sprintf("%s %s %s %v %s %s", f.Kind, f.Text, f.Name, f.Done, f.Key, f.Value))
}

func toldAll(all []Finding) string {
	var out strings.Builder
	var w Whole
	for _, f := range all {
		out.WriteString(told(f) + "\n")
		w.Add(f)
	}
	fmt.Fprintf(&out, "whole %.2f\n", w.Percent())
	return out.String()
}
