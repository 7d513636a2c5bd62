package scan

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzScanner cuts any output in any pieces: the findings are the same, and
// sound.
func FuzzScanner(f *testing.F) {
	for _, file := range samples(f) {
		b, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b[:min(len(b), 600)], uint16(7))
	}
	f.Add([]byte("::progress 45 a\n::metric a=1 b=x\n::result {\"a\":1}\n::step b\n::substep c done\n::message d\n\x1b]9;4;1;45\a"), uint16(1))
	f.Fuzz(func(t *testing.T, b []byte, piece uint16) {
		whole := scanned(string(b))
		for _, x := range whole {
			sound(t, x)
		}
		var pieces []string
		for size, rest := int(piece)+1, string(b); rest != ""; {
			n := min(size, len(rest))
			pieces = append(pieces, rest[:n])
			rest = rest[n:]
			if size = (size*7 + 3) % 61; size == 0 {
				size = 1
			}
		}
		want := toldAll(whole)
		for _, some := range [][]string{pieces, strings.SplitAfter(string(b), "\n"), bytewise(b)} {
			if got := toldAll(scanned(some...)); got != want {
				t.Fatalf("in %d pieces the findings are\n%s\nwant\n%s", len(some), got, want)
			}
		}
		bounded(t, b)
	})
}

func bytewise(b []byte) []string {
	all := make([]string, len(b))
	for i, c := range b {
		all[i] = string([]byte{c})
	}
	return all
}

// sound checks what every finding promises.
func sound(t *testing.T, f Finding) {
	if f.Percent < 0 || f.Percent > 100 || math.IsNaN(f.Percent) {
		t.Fatalf("%s: a percent out of range", told(f))
	}
	if f.Value != nil && (!json.Valid(f.Value) || !utf8.Valid(f.Value)) {
		t.Fatalf("%s: a value that is not JSON", told(f))
	}
	for _, s := range []string{f.Line, f.Shape, f.Label, f.Text, f.Name, f.Key} {
		if len(s) > maxLine || !utf8.ValidString(s) || strings.IndexFunc(s, func(r rune) bool { return r != '\t' && (r < 0x20 || r >= 0x7f && r < 0xa0) }) >= 0 {
			t.Fatalf("%s: a text that is too long or has controls: %q", told(f), s)
		}
	}
	if f.Kind == Wrong && f.Text == "" || f.Kind == Step && f.Name == "" || f.Kind == Metric && f.Key == "" {
		t.Fatalf("%s: says nothing", told(f))
	}
}

// bounded repeats an output without end, as far as the scanner can tell.
func bounded(t *testing.T, b []byte) {
	s := New(func(Finding) {})
	for range 16 {
		_, _ = s.Write(b)
		s.Idle()
	}
	kept := cap(s.term.row.now.text) + cap(s.term.row.kept.text) + cap(s.term.saved.text)
	for _, r := range s.term.rows {
		kept += cap(r.text)
	}
	if most := 6*maxResult + 2*maxRows*maxLine; kept > most {
		t.Fatalf("it keeps %d bytes, more than %d", kept, most)
	}
}

// FuzzWhole folds any findings: the percent never falls.
func FuzzWhole(f *testing.F) {
	f.Add([]byte{0x10, 50, 0x21, 90, 0x10, 20, 0x32, 100})
	f.Add([]byte{0x20, 10, 0x20, 50, 0x20, 0, 0x21, 60})
	f.Fuzz(func(t *testing.T, b []byte) {
		var w Whole
		last := 0.0
		shapes := []string{"", "a", "b", "git Receiving objects", "git Resolving deltas", "curl", "c", "d"}
		for ; len(b) > 1; b = b[2:] {
			x := Finding{Kind: Percent, Percent: float64(b[1]) - 20, Span: Span(b[0] >> 4 & 3), Strong: b[0]&0x40 != 0, Declared: b[0] > 0xf0, Shape: shapes[b[0]&7]}
			switch b[1] {
			case 255:
				x.Percent = math.NaN()
			case 254:
				x.Percent = math.Inf(1)
			case 253:
				x.Kind = Line
			}
			p, rose := w.Add(x)
			if p < last || p > 100 || math.IsNaN(p) || rose != (p > last) || p != w.Percent() {
				t.Fatalf("after %v it is %v, rose %v; before it was %v", told(x), p, rose, last)
			}
			last = p
		}
	})
}
