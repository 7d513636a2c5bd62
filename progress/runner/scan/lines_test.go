package scan

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestLines(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want []string
	}{
		{"", []string{}},
		{"a\nb\n", []string{"a", "b"}},
		{"a\r\nb\r\r\n", []string{"a", "b"}},
		{"a\n\nb", []string{"a", "", "b"}},
		{"  0%\r 50%\r100%\nend\n", []string{"100%", "end"}},
		{"a\rb\r\n", []string{"b"}},
		{"abc\r   \r\n", []string{"   "}},
		{"abc\r\x1b[Kd\n", []string{"d"}},
		{"abc\x1b[2K\x1b[1Gd\n", []string{"d"}},
		{"  0%\b\b\b\b 12%\b\b\b\b    \b\b\b\bok\n", []string{"ok"}},
		{"\x1b[1;31mred\x1b[0m \x1b]8;;http://x\x1b\\link\x1b]8;;\a\x1b(B!\n", []string{"red link!"}},
		{"\x1b]0;title\nnext\n", []string{"", "next"}},
		{"bell\a\x00\x01\x7f\xff\u0085\tend\n", []string{`bell\x00\x01\x7f\xff\u0085` + "\tend"}},
		{"ünïcode ✓\n", []string{"ünïcode ✓"}},
		{"\xe2\x96\n", []string{`\xe2\x96`}},
		{"one\ntwo\x1b[A\rone more\n\rtwo more\nend\n", []string{"one", "one more", "two more", "end"}},
		{"row 1%\x1b[A\n\rrow 2%\x1b[A\n\rrow 3%\nend\n", []string{"row 3%", "end"}},
		{"\x1b", []string{}},
		{"a\x1b[999999999999999999999Cb\n", []string{"a" + strings.Repeat(" ", 1) + "b"}},
		{"a\x1b[2Cb\x1b[3Dcd\n", []string{"acd"}},
	} {
		if got := lines(scanned(c.text)); !slices.Equal(got, c.want) {
			t.Errorf("%q gives %q, want %q", c.text, got, c.want)
		}
		if got := lines(scanned(strings.Split(c.text, "")...)); !slices.Equal(got, c.want) {
			t.Errorf("%q in pieces gives %q, want %q", c.text, got, c.want)
		}
	}
}

func TestLongLines(t *testing.T) {
	t.Parallel()
	for _, n := range []int{maxLine - 1, maxLine, maxLine + 1, 3 * maxLine} {
		for _, piece := range []string{"x", "ü", "✓", "\x01", "\xff"} {
			text := strings.Repeat(piece, n/len(piece))
			got := lines(scanned(text, "\n"))
			if len(got) != 1 || len(got[0]) > maxLine || !utf8.ValidString(got[0]) {
				t.Fatalf("%d bytes of %q give %d lines, the first of %d bytes", n, piece, len(got), len(got[0]))
			}
			cut := len(text) > maxLine || len(piece) == 1 && piece != "x"
			if marked := strings.HasSuffix(got[0], " more bytes)"); marked != cut {
				t.Errorf("%d bytes of %q: marked is %v; the line ends with %q", n, piece, marked, got[0][len(got[0])-30:])
			}
		}
	}
}

func TestSkipLines(t *testing.T) {
	t.Parallel()
	var got []Finding
	s := New(func(f Finding) { got = append(got, f) })
	s.SkipLines()
	_, _ = s.Write([]byte("a\nb\rc\n[ 45%] x\n"))
	if s.Close(); len(got) != 1 || got[0].Percent != 45 {
		t.Errorf("without lines it gives %v", got)
	}
}
