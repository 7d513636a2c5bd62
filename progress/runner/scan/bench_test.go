package scan

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// chunk is 64 KiB made of lines.
func chunk(line func(i int) string) []byte {
	var b strings.Builder
	for i := 0; b.Len() < 64<<10; i++ {
		b.WriteString(line(i))
	}
	return []byte(b.String()[:64<<10])
}

func BenchmarkScanner(b *testing.B) {
	bar, err := os.ReadFile("testdata/captured/tqdm.txt")
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		skip  bool
		chunk []byte
	}{
		{"plain", false, chunk(func(i int) string {
			return fmt.Sprintf("2026-11-21 10:11:%02d.%03d INFO server: request served method=GET path=/api/tasks id=%d took=12ms\n", i%60, i%1000, i)
		})},
		{"plain-skipped", true, chunk(func(i int) string {
			return fmt.Sprintf("2026-11-21 10:11:%02d.%03d INFO server: request served method=GET path=/api/tasks id=%d took=12ms\n", i%60, i%1000, i)
		})},
		{"short", false, chunk(func(int) string { return "compiling main.go\n" })},
		{"unicode", false, chunk(func(i int) string { return fmt.Sprintf("✓ größer als %d\n", i) })},
		{"crlf", false, chunk(func(i int) string { return fmt.Sprintf("request %d served\r\n", i) })},
		{"colours", false, chunk(func(i int) string { return fmt.Sprintf("\x1b[32mINFO\x1b[0m request %d served in 12 ms\n", i) })},
		{"percents", false, chunk(func(i int) string { return fmt.Sprintf("[%3d%%] Building C object %d.o\n", i%101, i) })},
		{"bar", false, chunk(func(int) string { return string(bar) })},
	} {
		b.Run(c.name, func(b *testing.B) {
			s := New(func(Finding) {})
			if c.skip {
				s.SkipLines()
			}
			b.SetBytes(int64(len(c.chunk)))
			b.ReportAllocs()
			for b.Loop() {
				_, _ = s.Write(c.chunk)
			}
		})
	}
}

func TestPlainLinesAllocateOnlyTheirText(t *testing.T) {
	s := New(func(Finding) {})
	text := []byte("2026-11-21 10:11:12 INFO request served path=/api/tasks took=12ms\n")
	if n := testing.AllocsPerRun(100, func() { _, _ = s.Write(text) }); n > 1 {
		t.Errorf("a line allocates %v times", n)
	}
	s.SkipLines()
	if n := testing.AllocsPerRun(100, func() { _, _ = s.Write(text) }); n > 0 {
		t.Errorf("a skipped line allocates %v times", n)
	}
}
